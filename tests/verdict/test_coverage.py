"""How much of an app answered, and what follows from too little."""

from __future__ import annotations

import pytest

from codeoptix_performance.examination.examination import (
    Examination,
    Integrity,
    MaskedErrors,
)
from codeoptix_performance.target.endpoint import Request, Skipped
from codeoptix_performance.target.login import Login, Step
from codeoptix_performance.target.target import Target
from codeoptix_performance.verdict.coverage import barely_exercised, coverage_of

LOGIN = Login(None, Step("POST /login", Request("POST", "/login")), None)
CLOSED = Skipped("GET /closed", "asks for a login (401)")
LOGOUT = Skipped("GET /logout", "would end the session or empty the app", on_purpose=True)


def coverage(measured, *skipped, login=None):
    return coverage_of(Target("http://h", "an app", (), skipped, login=login), measured)


@pytest.mark.parametrize(
    ("answered", "known", "skipped", "failures"),
    [
        pytest.param(2, 2, (), 0, id="everything"),
        pytest.param(2, 3, (CLOSED,), 0, id="one closed"),
        pytest.param(2, 2, (LOGOUT,), 0, id="left out on purpose"),
        pytest.param(1, 2, (), 5, id="one failed throughout"),
    ],
)
def test_endpoints_count_that_answered_at_least_once(
    figures, run, *, answered, known, skipped, failures
):
    """Of those that could have been asked."""
    second = [] if failures else [0.1]
    measured = run(
        figures("GET /a", [0.1], failures=1),
        figures("GET /b", second, failures=failures, causes={"404 Not Found": failures}),
    )

    found = coverage(measured, *skipped)

    assert (answered, known) == (found.answered, found.known)


def test_steps_of_a_login_count_on_neither_side(figures, run):
    """An app that lets its users in and then shows them nothing has shown nothing."""
    measured = run(figures("POST /login", [0.1]), figures("GET /a", failures=1))

    found = coverage(measured, login=LOGIN)

    assert (0, 1, "0 of 1 endpoints answered 2xx or 3xx (0 %)") == (
        found.answered,
        found.known,
        found.words,
    )


def test_less_than_half_is_too_little(figures, run):
    """The finding names what could not be asked, and what to do."""
    measured = run(figures("GET /a", [0.1]))

    (finding,) = barely_exercised(coverage(measured, CLOSED, CLOSED))

    assert ("barely-exercised", "inconclusive") == (finding.id, finding.outcome)
    assert "1 of 3 endpoints" in finding.sentence
    assert "GET /closed (asks for a login (401))" in finding.sentence
    assert () == barely_exercised(coverage(measured, CLOSED))


def test_an_answer_that_says_only_that_it_failed_exercised_nothing(figures, run):
    """Whatever its status."""
    failing = MaskedErrors("GET /a", 3, 3, 200, '{"ok": false}', always=True)
    sometimes = MaskedErrors("GET /b", 3, 24, 200, '{"ok": false}')
    examination = Examination(2.0, integrity=Integrity(masked_errors=(failing, sometimes)))
    measured = run(figures("GET /a", [0.1]), figures("GET /b", [0.1]))

    found = coverage_of(Target("http://h", "an app", ()), measured, examination)

    assert (1, 2) == (found.answered, found.known)
    assert ("GET /a (answered 200 and said that it failed)",) == found.silent
