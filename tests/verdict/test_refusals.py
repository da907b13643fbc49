"""Apps with a rate limit: what they refuse with 429 breaks no limit, and passes none either."""

from __future__ import annotations

import pytest

from codeoptix_performance.load.answer import AnswerParser
from codeoptix_performance.measurement.measurement import ArrivalsMeasurement
from codeoptix_performance.verdict.refusals import REFUSED


def ids(verdict):
    return [finding.id for finding in verdict.findings]


@pytest.mark.parametrize("reason", [b"Too Many Requests", b"TOO MANY REQUESTS", b"", b"Slow down"])
def test_the_loads_own_word_for_the_status_is_known(reason):
    """Whatever the app calls it."""
    parser = AnswerParser()
    parser.expect("GET", keep_body=False)
    parser.feed(b"HTTP/1.1 429 " + reason + b"\r\nContent-Length: 0\r\n\r\n")

    assert REFUSED == parser.answer().cause


def test_a_sound_app_that_limits_its_rate_is_inconclusive(settings, figures, judged):
    """Fifty an hour, as Flask-Limiter's documentation has it: neither failures nor slowness."""
    verdict = judged(
        settings(),
        figures("GET /a", [0.1] * 30, failures=90, causes={REFUSED: 90}),
        figures("GET /b", [0.1] * 20, failures=60, causes={REFUSED: 60}),
    )

    assert ("inconclusive", 0.5, ["rate-limited"]) == (
        verdict.outcome,
        verdict.score,
        ids(verdict),
    )
    assert (
        "Inconclusive: The app refused 75 % of 200 requests with 429 Too Many Requests, GET /a "
        "most often, so it was not put under the load asked for; raise its rate limit for the "
        "test, or lower users."
    ) == verdict.evidence[0]
    assert (0.75, "ratio") == (verdict.findings[0].value, verdict.findings[0].unit)


def test_an_app_that_refuses_every_request_is_inconclusive(settings, figures, judged):
    """The limit was used up before the load began."""
    arrivals = ArrivalsMeasurement(200, 200, 0, 20.0, 20.0, 0.0)
    refused = figures("GET /a", failures=200, causes={REFUSED: 200})

    verdict = judged(settings(), refused, arrivals=arrivals)

    assert ("inconclusive", 0.5, ["rate-limited"]) == (
        verdict.outcome,
        verdict.score,
        ids(verdict),
    )
    assert verdict.evidence[0].endswith("for the test, or lower arrival_rate.")


@pytest.mark.parametrize(
    ("expected", "causes"),
    [
        pytest.param(
            ["rate-limited"], {REFUSED: 99, "503 Service Unavailable": 1}, id="nearly all"
        ),
        pytest.param(
            ["failures", "rate-limited"],
            {REFUSED: 90, "500 Internal Server Error": 10},
            id="others too",
        ),
        pytest.param(["failures", "latency"], {"HTTP 500": 100}, id="others"),
    ],
)
def test_other_failures_fail_by_themselves(expected, causes, settings, figures, judged):
    """Once refusals are left out; 1 % may fail."""
    verdict = judged(settings(), figures("GET /a", [0.1] * 190, failures=100, causes=causes))

    assert expected == ids(verdict)


def test_a_limit_that_breaks_all_the_same_is_told_by_what_was_served(settings, figures, judged):
    """The figure of the served requests, and beside it what was refused elsewhere."""
    verdict = judged(
        settings(max_avg_response_time=None),
        figures("GET /a", [2.0] * 60, failures=60, causes={REFUSED: 60}),
        figures("GET /b", [0.1] * 60, failures=60, causes={REFUSED: 60}),
    )

    assert ("fail", ["latency", "rate-limited"]) == (verdict.outcome, ids(verdict))
    assert (
        "Failed: GET /a: P95 2000 ms (limit 1000 ms) at 20 users, 24 requests/s; 60 of 60 requests "
        "were slower than 1000 ms."
    ) == verdict.evidence[0]
    assert 0.85 == verdict.score


def test_refusals_within_the_failure_limit_spoil_no_pass(settings, figures, judged):
    """Nothing broke by them."""
    verdict = judged(settings(), figures("GET /a", [0.1] * 400, failures=2, causes={REFUSED: 2}))

    assert verdict.passed


def test_refused_requests_count_as_made(settings, figures, judged):
    """An asked number of requests is reached by them."""
    asked = settings(thresholds={"http_reqs": "count>=200"})

    verdict = judged(asked, figures("GET /a", [0.1] * 150, failures=50, causes={REFUSED: 50}))

    assert ["rate-limited"] == ids(verdict)


def test_service_times_are_excused_alike(settings, figures, judged):
    """They lose the same requests."""
    asked = settings(
        max_avg_response_time=None,
        max_p95_response_time=None,
        max_failure_rate=None,
        thresholds={"service_time": "p(95)<1000"},
    )

    verdict = judged(asked, figures("GET /a", [0.1] * 150, failures=50, causes={REFUSED: 50}))

    assert ("inconclusive", ["rate-limited"]) == (verdict.outcome, ids(verdict))
