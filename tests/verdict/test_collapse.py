"""Runs that one finding explains: died, hung, failed throughout, or no data at all."""

from __future__ import annotations

import pytest

from codeoptix_performance.target.target import AppExit

TRACEBACK = 'Traceback (most recent call last):\n  File "app.py", line 3\nValueError: boom\n'


def ids(verdict):
    return [finding.id for finding in verdict.findings]


def test_an_app_that_answers_nothing_hung(settings, figures, judged):
    """Nothing finished is no perfect result."""
    verdict = judged(settings(), figures("GET /a", in_flight=[8.0] * 20))
    assert (("fail", 0.0), ["hung"]) == ((verdict.outcome, verdict.score), ids(verdict))
    assert (
        (
            "Failed: The app hung: none of 20 requests was answered in 10 s at 20 users, and the "
            "oldest had waited 8 s (limit 1 s)."
        ),
    ) == verdict.evidence


@pytest.mark.parametrize("in_flight", [[], [0.4] * 20], ids=["nothing-sent", "all-young"])
def test_no_data_is_never_a_pass(in_flight, settings, figures, judged):
    """Nor a fail: nobody knows."""
    verdict = judged(settings(), figures("GET /a", in_flight=in_flight))
    assert ("inconclusive", False, 0.5) == (verdict.outcome, verdict.passed, verdict.score)
    assert ["no-requests"] == ids(verdict)


def test_an_app_that_fails_every_request_gets_one_finding(settings, figures, judged):
    """Not one per endpoint and limit."""
    verdict = judged(
        settings(),
        figures("GET /a", failures=60, causes={"HTTP 500": 60}),
        figures("GET /b", failures=40, causes={"HTTP 500": 40}),
        log=TRACEBACK,
    )
    assert (("fail", 0.0), ["all-failed"]) == ((verdict.outcome, verdict.score), ids(verdict))
    assert (
        "Failed: All 100 requests failed at 20 users; cause: HTTP 500; "
        "the app's log says: ValueError: boom."
    ) == verdict.evidence[0]


@pytest.mark.parametrize(
    ("sentence", "ended"),
    [
        (
            (
                "Failed: The app died under load with exit code 1 after 50 requests in 10 s at "
                "20 users; the app's log says: ValueError: boom."
            ),
            AppExit(1, out_of_memory=False, log_tail=TRACEBACK),
        ),
        (
            (
                "Failed: The app was killed under load by SIGSEGV after 50 requests in 10 s at "
                "20 users."
            ),
            AppExit(-11, out_of_memory=False, log_tail=""),
        ),
        (
            (
                "Failed: The app ended by itself under load with exit code 0 after 50 requests in "
                "10 s at 20 users."
            ),
            AppExit(0, out_of_memory=False, log_tail=""),
        ),
        (
            (
                "Failed: The app ran out of memory under load (limit 1 GiB) and ended by SIGKILL "
                "after 50 requests in 10 s at 20 users."
            ),
            AppExit(-9, out_of_memory=True, log_tail=""),
        ),
    ],
    ids=["exit-code", "signal", "by-itself", "memory"],
)
def test_an_app_that_ended_is_told_with_how_it_ended(sentence, ended, settings, figures, judged):
    """Whatever was measured before."""
    finding = "out-of-memory" if ended.out_of_memory else "died-under-load"
    verdict = judged(settings(), figures("GET /a", [0.1] * 50), app_exit=ended)
    assert (("fail", 0.0), [finding]) == ((verdict.outcome, verdict.score), ids(verdict))
    assert sentence == verdict.evidence[0]


def test_ctrl_c_is_no_death_of_the_app(settings, figures, judged):
    """The app gets the same signal."""
    verdict = judged(
        settings(),
        figures("GET /a", [0.1] * 500),
        app_exit=AppExit(-2, out_of_memory=False, log_tail=""),
        interrupted=True,
    )
    assert ("inconclusive", ["interrupted"]) == (verdict.outcome, ids(verdict))
    assert ("Inconclusive: The run was interrupted after 10 s.",) == verdict.evidence


def test_an_interrupted_run_without_answers_is_told_so(settings, figures, judged):
    """Both facts, the lack of data first."""
    verdict = judged(settings(), figures("GET /a"), interrupted=True)
    assert ["no-requests", "interrupted"] == ids(verdict)
