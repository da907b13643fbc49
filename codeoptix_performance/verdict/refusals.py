"""Requests an app refused with status 429, because too many came: a sound app may have a limit.

Such a refusal says nothing of how the app bears the load, so no limit breaks by it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from http import HTTPStatus

from codeoptix_performance.measurement.latencies import Latencies
from codeoptix_performance.measurement.measurement import EndpointMeasurement, Measurement
from codeoptix_performance.verdict.checks import Check, observe
from codeoptix_performance.verdict.verdict import Finding
from codeoptix_performance.verdict.wording import share, show_endpoint

REFUSED = f"{HTTPStatus.TOO_MANY_REQUESTS:d} {HTTPStatus.TOO_MANY_REQUESTS.phrase}"
"""The cause that the load gives to this status, whatever words the app has for it."""


def leave_refusals_out(checks: Iterable[Check]) -> tuple[Check, ...]:
    """The checks; limits on times and failures that broke are held against what was not refused."""
    return tuple(
        _without_refusals(check)
        if check.broken and (check.limit.is_time or check.limit.metric == "failure_rate")
        else check
        for check in checks
    )


def find_rate_limited(
    measurement: Measurement, measured: Iterable[Check], checks: Iterable[Check]
) -> tuple[Finding, ...]:
    """The finding where a limit that broke as ``measured`` holds without refusals."""
    pairs = zip(measured, checks, strict=True)
    excused = any(before.broken and not after.broken for before, after in pairs)
    return (rate_limited(measurement),) if excused else ()


def refused(figures: EndpointMeasurement) -> int:
    """How many requests were refused."""
    return sum(cause.count for cause in figures.causes if cause.text == REFUSED)


def rate_limited(measurement: Measurement) -> Finding:
    """What was refused, and what to do about it."""
    total, count = measurement.total, refused(measurement.total)
    most = max(measurement.endpoints, key=refused)
    where = f", {show_endpoint(most.name)} most often" if len(measurement.endpoints) > 1 else ""
    lower = "users" if measurement.arrivals is None else "arrival_rate"
    return Finding(
        id="rate-limited",
        outcome="inconclusive",
        sentence=f"The app refused {share(count, total.requests)} with {REFUSED}{where}, so it "
        f"was not put under the load asked for; raise its rate limit for the test, or lower "
        f"{lower}.",
        statistic="rate",
        value=count / total.requests,
        unit="ratio",
    )


def _without_refusals(check: Check) -> Check:
    figures, count = check.figures, refused(check.figures)
    if not count:
        return check
    served = replace(
        figures,
        requests=figures.requests - count,
        failures=figures.failures - count,
        latencies=_fewer_failures(figures.latencies, count),
        service=_fewer_failures(figures.service, count),
        causes=tuple(cause for cause in figures.causes if cause.text != REFUSED),
    )
    return replace(check, figures=served, value=observe(check.limit, served))


def _fewer_failures(latencies: Latencies, count: int) -> Latencies:
    return replace(latencies, failures=latencies.failures - count)
