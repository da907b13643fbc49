"""The load's figures by the table of grades."""

from __future__ import annotations

import pytest


def grades(verdict):
    return {graded.target.label: (graded.grade, graded.endpoint) for graded in verdict.grades}


@pytest.mark.parametrize(
    ("expected", "seconds"),
    [
        ("target", [0.1] * 200),
        ("acceptable", [0.101] * 200),
        ("acceptable", [0.2] * 200),
        ("poor", [0.201] * 200),
    ],
)
def test_a_figure_on_the_border_gets_the_better_grade(expected, seconds, settings, figures, judged):
    """As a figure equal to its limit keeps it."""
    verdict = judged(settings(), figures("GET /a", seconds))
    assert (expected, "GET /a") == grades(verdict)["Median"]


def test_the_endpoint_that_comes_off_worst_is_told(settings, figures, judged):
    """Each figure has an endpoint of its own; failures weigh in percentiles as slow requests."""
    slow_tail = figures("GET /tail", [0.05] * 185 + [0.7] * 15)
    failing = figures("GET /failing", [0.06] * 199, failures=1)
    verdict = judged(settings(), slow_tail, failing, figures("GET /quick", [0.001] * 200))

    assert {
        "Median": ("target", "GET /failing"),
        "P95": ("acceptable", "GET /tail"),
        "P99": ("target", "GET /tail"),
        "Failure rate": ("acceptable", "GET /failing"),
    } == grades(verdict)


def test_what_is_poor_is_a_note_where_no_limit_broke(settings, figures, judged):
    """By default no grade of the load fails."""
    verdict = judged(settings(), figures("GET /a", [0.3] * 200), figures("GET /b", [0.1] * 200))

    assert "pass" == verdict.outcome
    assert (
        "Note: graded poor, though no limit forbids it: Median 300 ms of GET /a "
        "(acceptable: 200 ms)."
    ) == verdict.evidence[-1]


@pytest.mark.parametrize(
    "row",
    [("target", 0.1, 0.15), ("acceptable", 0.2, 0.3), ("poor", 0.3, None), ("limits", 0.3, None)],
)
def test_grades_fail_where_that_was_asked(row, settings, figures, judged):
    """The column of the table is then in force like limits."""
    fail_on, kept, broken = row
    asked = settings(fail_on=fail_on)
    assert "pass" == judged(asked, figures("GET /a", [kept] * 200)).outcome
    if broken is not None:
        assert "fail" == judged(asked, figures("GET /a", [broken] * 200)).outcome


def test_without_requests_nothing_is_graded(settings, figures, judged):
    """No data is never on target."""
    assert () == judged(settings(), figures("GET /a")).grades
