"""Requests that were never answered."""

from __future__ import annotations


def ids(verdict):
    return [finding.id for finding in verdict.findings]


def test_hung_requests_that_alone_break_a_limit_are_called_hung(settings, figures, judged):
    """One finding per endpoint, whichever limits they break."""
    verdict = judged(
        settings(),
        figures("GET /a", [0.1] * 60, in_flight=[6.0] * 12),
        figures("GET /b", [0.1] * 92),
    )
    assert ["hung"] == ids(verdict)
    assert (
        "Failed: GET /a hung: 12 requests were still unanswered at the end, the oldest after 6 s "
        "(60 finished); Avg is then 1083 ms (limit 500 ms) at 20 users, 15.2 requests/s."
    ) == verdict.evidence[0]


def test_an_endpoint_that_never_answers_fails_without_any_limit_on_time(settings, figures, judged):
    """Half the request timeout decides then."""
    no_limits = settings(max_avg_response_time=None, max_p95_response_time=None, request_timeout=4)
    verdict = judged(no_limits, figures("GET /a", in_flight=[3.0]), figures("GET /b", [0.1] * 150))
    assert ["hung"] == ids(verdict)
    assert ("fail", 0.65) == (verdict.outcome, verdict.score)
    assert (
        "Failed: GET /a hung: 1 request was still unanswered at the end, after 3 s (none finished) "
        "at 20 users, 15 requests/s."
    ) == verdict.evidence[0]


def test_few_hung_requests_are_told_beside_a_pass(settings, figures, judged):
    """They break no limit, and are not kept back."""
    verdict = judged(settings(), figures("GET /a", [0.1] * 200, in_flight=[1.5, 4.2]))
    assert "pass" == verdict.outcome
    assert (
        "Note: 2 requests were still unanswered at the end, the oldest after 4.2 s."
        == verdict.evidence[-1]
    )


def test_young_requests_in_flight_say_nothing(settings, figures, judged):
    """Every run ends with some users waiting."""
    verdict = judged(settings(), figures("GET /a", [0.1] * 200, in_flight=[0.4] * 20))
    assert "pass" == verdict.outcome
    assert not any("unanswered" in line for line in verdict.evidence)
