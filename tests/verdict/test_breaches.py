"""Broken limits: findings, their order and their sentences."""

from __future__ import annotations

import pytest

from codeoptix_performance.measurement.measurement import ArrivalsMeasurement

TRACEBACK = 'Traceback (most recent call last):\n  File "app.py", line 3\nValueError: boom\n'


def ids(verdict):
    return [finding.id for finding in verdict.findings]


def test_a_slow_endpoint_is_named_with_figure_limit_and_load(settings, figures, judged):
    """The first line alone tells an agent what to look at."""
    verdict = judged(
        settings(),
        figures("GET /api/users", [0.1] * 92 + [1.24] * 8),
        figures("GET /b", [0.1] * 62),
    )
    assert (
        (
            "Failed: GET /api/users: P95 1240 ms (limit 1000 ms) at 20 users, 16.2 requests/s; "
            "8 of 100 requests were slower than 1000 ms."
        ),
    ) == verdict.evidence
    (finding,) = verdict.findings
    assert ("latency", "fail", "GET /api/users", "p95", 1240.0, 1000.0, "ms") == (
        finding.id,
        finding.outcome,
        finding.endpoint,
        finding.statistic,
        finding.value,
        finding.limit,
        finding.unit,
    )
    assert 0.85 == verdict.score


def test_the_first_three_lines_name_three_endpoints(settings, figures, judged):
    """Evolution reads three lines: the worst of each endpoint comes before its second fault."""
    verdict = judged(
        settings(),
        figures("GET /a", [3.0] * 60),
        figures("GET /b", [2.0] * 60),
        figures("GET /c", [0.6] * 60),
    )
    assert ["GET /a", "GET /b", "GET /c", "GET /a", "GET /b"] == [
        finding.endpoint for finding in verdict.findings
    ]
    assert verdict.evidence[0].startswith("Failed: GET /a: Avg 3000 ms (limit 500 ms)")


@pytest.mark.parametrize(
    ("outcome", "seconds"), [("pass", 0.5), ("fail", 0.5000001)], ids=["equal", "above"]
)
def test_a_figure_on_the_limit_passes(outcome, seconds, settings, figures, judged):
    """The guide's ``>`` decides."""
    assert outcome == judged(settings(), figures("GET /a", [seconds] * 200)).outcome


def test_failures_are_named_with_their_cause_and_the_logs_last_exception(settings, figures, judged):
    """What the client saw and what the app said stand in one sentence."""
    verdict = judged(
        settings(max_p95_response_time=None),
        figures("GET /a", [0.1] * 90, failures=10, causes={"HTTP 500": 8, "timed out": 2}),
        figures("GET /b", [0.1] * 62),
        log=TRACEBACK,
    )
    assert (
        (
            "Failed: GET /a: 10 % of 100 requests failed (limit 1 %) at 20 users, 16.2 requests/s; "
            "most often: HTTP 500 (8 of 10); the app's log says: ValueError: boom."
        ),
        (
            "Last lines of the app's log: Traceback (most recent call last): | "
            'File "app.py", line 3 | ValueError: boom'
        ),
    ) == verdict.evidence
    assert ["failures"] == ids(verdict)


def test_a_quantile_lost_to_failures_is_said_in_words(settings, figures, judged):
    """No infinite number of milliseconds reaches a reader."""
    verdict = judged(
        settings(), figures("GET /a", [0.1] * 90, failures=12, causes={"HTTP 503": 12})
    )
    assert ["failures", "latency"] == ids(verdict)
    assert float("inf") == verdict.findings[1].value
    assert (
        "GET /a: P95 was not reached: 12 % of 102 requests failed or hung (limit 1000 ms) "
        "at 20 users, 10.2 requests/s; cause: HTTP 503."
    ) == verdict.findings[1].sentence


def test_a_wanted_number_of_requests_is_judged(settings, figures, judged):
    """k6's ``http_reqs: count``."""
    asked = settings(thresholds={"http_reqs": "count>=500"})
    verdict = judged(asked, figures("GET /a", [0.1] * 200))
    assert ("fail", ["requests"]) == (verdict.outcome, ids(verdict))
    assert verdict.evidence[0].startswith("Failed: All requests: Requests 200 (must be >= 500) at")


ARRIVALS = ArrivalsMeasurement(200, 150, 50, 20.0, 15.0, 12.5)


def test_open_arrivals_are_named_as_the_load(settings, figures, judged):
    """What was due and what was sent, since users are not what was asked for."""
    verdict = judged(settings(), figures("GET /a", [2.0] * 200), arrivals=ARRIVALS)

    assert "Avg 2000 ms (limit 500 ms) at 20 requests/s due, 15/s sent;" in verdict.evidence[0]


def test_dropped_requests_and_service_times_are_findings(settings, figures, judged):
    """With figure, limit and load, like any other limit of k6's grammar."""
    asked = settings(
        thresholds={"dropped_iterations": ["count<10", "rate<1"], "service_time": "p(95)<100"}
    )

    verdict = judged(asked, figures("GET /a", [0.3] * 200, service=[0.2] * 200), arrivals=ARRIVALS)

    assert [
        ("latency", "p95", 200.0, 100.0, "ms"),
        ("dropped", "count", 50.0, 10.0, "requests"),
        ("dropped", "rate", 5.0, 1.0, "1/s"),
    ] == [
        (finding.id, finding.statistic, finding.value, finding.limit, finding.unit)
        for finding in verdict.findings
    ]
    load = "at 20 requests/s due, 15/s sent"
    slower = "200 of 200 requests were slower than 100 ms"
    assert (
        f"Failed: All requests: Service P95 200 ms (limit 100 ms) {load}; {slower}.",
        f"All requests: Dropped requests 50 (limit 10) {load}.",
        f"All requests: Dropped request rate 5/s (limit 1/s) {load}.",
    ) == verdict.evidence


def test_requests_that_hung_break_a_limit_on_service_times(settings, figures, judged):
    """They were sent, and not answered."""
    asked = settings(max_avg_response_time=None, thresholds={"service_time": "p(95)<1000"})

    verdict = judged(asked, figures("GET /a", [0.1] * 150, in_flight=[8.0] * 20))

    assert "hung" in ids(verdict)
    assert "Service P95 is then 8000 ms (limit 1000 ms)" in " ".join(verdict.evidence)
