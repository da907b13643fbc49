"""Broken limits as findings: each names endpoint, figure, limit, load, and what is behind it."""

from __future__ import annotations

import math

from codeoptix_performance.measurement.measurement import EndpointMeasurement, Measurement
from codeoptix_performance.settings.limits import Limit
from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.units import format_milliseconds, format_rate, format_ratio
from codeoptix_performance.verdict.checks import Check, is_maximum
from codeoptix_performance.verdict.collapse import log_says, main_cause
from codeoptix_performance.verdict.hanging import (
    broken_by_hanging_alone,
    hanging_words,
    hung_after,
)
from codeoptix_performance.verdict.verdict import Finding, Unit
from codeoptix_performance.verdict.wording import requests, share, show_endpoint, users, were

_SEVERITY = {"hung": 0, "failures": 0, "latency": 1, "request-rate": 2, "requests": 2, "dropped": 2}
_UNITS: dict[str, tuple[Unit, float]] = {
    "response_time": ("ms", 1000.0),
    "service_time": ("ms", 1000.0),
    "failure_rate": ("ratio", 1.0),
    "request_rate": ("1/s", 1.0),
    "requests": ("requests", 1.0),
    "dropped_requests": ("requests", 1.0),
    "dropped_rate": ("1/s", 1.0),
}
_IDS = {
    "response_time": "latency",
    "service_time": "latency",
    "failure_rate": "failures",
    "request_rate": "request-rate",
    "requests": "requests",
    "dropped_requests": "dropped",
    "dropped_rate": "dropped",
}


def find_breaches(
    settings: Settings, measurement: Measurement, checks: tuple[Check, ...], log_tail: str
) -> tuple[Finding, ...]:
    """A finding per broken limit, decisive first; hung requests once per endpoint."""
    after = hung_after(settings)
    found: list[Finding] = []
    for check in (check for check in checks if check.broken):
        if broken_by_hanging_alone(check, after):
            found.append(_finding(check, "hung", _hung_sentence(check, after, measurement)))
        else:
            sentence = _sentence(check, after, measurement, log_tail)
            found.append(_finding(check, _IDS[check.limit.metric], sentence))
    found.extend(_never_answered(checks, after, measurement))
    return _decisive_first(_hung_once(found))


def figure_and_limit(limit: Limit, value: float) -> str:
    """``P95 1240 ms (limit 1000 ms)``, ``Request rate 12/s (must be >= 50/s)``."""
    return f"{limit.label} {show_value(limit, value)} ({_asked(limit)})"


def load_words(measurement: Measurement) -> str:
    """``20 users, 16.2 requests/s``; with open arrivals ``60 requests/s due, 45.1/s sent``."""
    if measurement.arrivals is not None:
        due = format_rate(measurement.arrivals.requested_per_second).removesuffix("/s")
        sent = format_rate(measurement.arrivals.achieved_per_second)
        return f"{due} requests/s due, {sent} sent"
    rate = format_rate(measurement.total.requests_per_second).removesuffix("/s")
    return f"{users(measurement.users_reached)}, {rate} requests/s"


def show_value(limit: Limit, value: float) -> str:
    """``value`` in the words of the limit's unit."""
    match limit.metric:
        case "response_time" | "service_time":
            return format_milliseconds(value)
        case "failure_rate":
            return format_ratio(value)
        case "request_rate" | "dropped_rate":
            return format_rate(value)
        case _:
            return f"{value:g}"


def _finding(check: Check, finding_id: str, sentence: str) -> Finding:
    unit, per_inner_unit = _UNITS[check.limit.metric]
    limit, value = check.limit, check.value
    return Finding(
        id=finding_id,
        outcome="fail",
        sentence=sentence,
        endpoint=check.endpoint,
        statistic=f"p{limit.percentile:g}" if limit.percentile is not None else limit.statistic,
        value=None if value is None else value * per_inner_unit,
        limit=limit.value * per_inner_unit,
        unit=unit,
    )


def _sentence(check: Check, after: float, measurement: Measurement, log_tail: str) -> str:
    where, value = show_endpoint(check.endpoint), check.value or 0.0
    load = load_words(measurement)
    if check.limit.metric == "failure_rate":
        return (
            f"{where}: {format_ratio(value)} of {requests(check.figures.requests)} failed "
            f"({_asked(check.limit)}) at {load}{main_cause(check.figures)}{log_says(log_tail)}."
        )
    if not check.limit.is_time:
        return f"{where}: {figure_and_limit(check.limit, value)} at {load}."
    if math.isinf(value):
        return f"{_not_reached(check, where)} at {load}{main_cause(check.figures)}."
    detail = _slower(check, after) if is_maximum(check.limit) else ""
    return f"{where}: {figure_and_limit(check.limit, value)} at {load}{detail}."


def _asked(limit: Limit) -> str:
    asked = show_value(limit, limit.value)
    return f"limit {asked}" if is_maximum(limit) else f"must be {limit.operator} {asked}"


def _not_reached(check: Check, where: str) -> str:
    latencies, limit = check.latencies, check.limit
    lost = latencies.failures + latencies.overdue(limit.value)
    share_lost = share(lost, latencies.observed(limit.value))
    return f"{where}: {limit.label} was not reached: {share_lost} failed or hung ({_asked(limit)})"


def _slower(check: Check, after: float) -> str:
    """``; 31 % of 134 requests were slower than 500 ms (8 failed)``."""
    latencies, limit = check.latencies, check.limit
    slow = latencies.exceedances(limit.value)
    asked = show_value(limit, limit.value)
    counted = share(slow, latencies.observed(limit.value))
    failed = f"{latencies.failures} failed" if latencies.failures else None
    parts = [part for part in (failed, hanging_words(latencies, after)) if part]
    among = f" ({'; '.join(parts)})" if parts else ""
    return f"; {counted} {were(slow)} slower than {asked}{among}"


def _hung_sentence(check: Check, after: float, measurement: Measurement) -> str:
    where, figures = show_endpoint(check.endpoint), check.figures
    hung = hanging_words(check.latencies, after, counted="request")
    broken = (
        f"{check.limit.label} is then {show_value(check.limit, check.value)}"
        if check.value is not None and math.isfinite(check.value)
        else f"{check.limit.label} was not reached"
    )
    finished = f"{figures.requests} finished" if figures.requests else "none finished"
    load = load_words(measurement)
    return f"{where} hung: {hung} ({finished}); {broken} ({_asked(check.limit)}) at {load}."


def _never_answered(
    checks: tuple[Check, ...], after: float, measurement: Measurement
) -> list[Finding]:
    """Endpoints none of whose requests finished, where no limit on response times says so."""
    told = {check.endpoint for check in checks if check.broken}
    return [
        Finding(
            id="hung",
            outcome="fail",
            sentence=_never_answered_sentence(figures, after, measurement),
            endpoint=figures.name,
            statistic="max",
            value=figures.latencies.in_flight[-1] * 1000,
            limit=after * 1000,
            unit="ms",
        )
        for figures in measurement.endpoints
        if not figures.requests and figures.latencies.overdue(after) and figures.name not in told
    ]


def _never_answered_sentence(
    figures: EndpointMeasurement, after: float, measurement: Measurement
) -> str:
    hung = hanging_words(figures.latencies, after, counted="request")
    where = show_endpoint(figures.name)
    return f"{where} hung: {hung} (none finished) at {load_words(measurement)}."


def _hung_once(found: list[Finding]) -> list[Finding]:
    kept: list[Finding] = []
    for finding in found:
        known = {(other.id, other.endpoint) for other in kept}
        if finding.id != "hung" or ("hung", finding.endpoint) not in known:
            kept.append(finding)
    return kept


def _decisive_first(found: list[Finding]) -> tuple[Finding, ...]:
    """The worst finding of each endpoint, worst endpoint first, then the second of each, …."""
    by_severity = sorted(found, key=lambda it: (_SEVERITY[it.id], -_excess(it)))
    turns: dict[str | None, int] = {}
    turn_of: list[tuple[int, Finding]] = []
    for finding in by_severity:
        turns[finding.endpoint] = turns.get(finding.endpoint, 0) + 1
        turn_of.append((turns[finding.endpoint], finding))
    return tuple(finding for _, finding in sorted(turn_of, key=lambda pair: pair[0]))


def _excess(finding: Finding) -> float:
    if finding.value is None or not finding.limit:
        return math.inf
    return finding.value / finding.limit
