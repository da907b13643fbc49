"""Reasons why a run decides nothing: too little data or load, an unfit generator or machine."""

from __future__ import annotations

from dataclasses import replace

from codeoptix_performance.load.engine import GENERATOR_FAULT
from codeoptix_performance.measurement.measurement import Doubt, Measurement
from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.units import format_duration, format_rate
from codeoptix_performance.verdict.checks import (
    Check,
    check_limits,
    is_maximum,
    names_endpoint,
)
from codeoptix_performance.verdict.verdict import Finding
from codeoptix_performance.verdict.wording import one_line, requests, show_endpoint, users

_SLOWED = frozenset({"latency", "hung", "request-rate", "requests", "dropped"})
_FAILED = frozenset({"failures", "all-failed"})
_SPOILS_PASS = frozenset(
    {"listener-errors", "users-died", "arrivals-not-sent"}
)  # data lost, or load never made
OF_THE_MACHINE = frozenset(
    {"machine-busy", "processors-stolen", "near-ceiling", "near-noise-floor"}
)
_ONLY_EXCUSES = {
    "near-noise-floor": frozenset({"latency"}),
    "near-ceiling": frozenset({"latency", "request-rate", "requests", "dropped"}),
}
"""What the machine's own figures can have caused; other doubts excuse any slowness."""
MOST_PLAUSIBLE_FLOOR = 0.02
"""Seconds: what no machine adds to a response time while it does nothing else."""
LEAST_PLAUSIBLE_CEILING = 4000.0
"""Requests per second that any machine makes of a server that answers at once."""
TIME_SLICES = 0.01
"""Seconds that a task waits for its turn on a busy machine, however short its own work is."""
_SLOWEST_RATE = 1e-9
_ENDPOINTS_NAMED = 5


def excuse(breaches: tuple[Finding, ...], measurement: Measurement) -> tuple[Finding, ...]:
    """Breaches as they stand, those the generator or the machine may have caused as inconclusive.

    What excused them stands before them. A limit that held needs no excuse: an overloaded
    generator and a busy machine make an app look slower, never faster.
    """
    doubts = tuple(doubt for doubt in measurement.doubts if doubt.spoils)
    causes = [[it for it in doubts if _may_excuse(it, one, measurement)] for one in breaches]
    if not any(causes):
        return _excuse_light_load(breaches, measurement)
    judged = tuple(zip(breaches, causes, strict=True))
    reasons = (doubt for doubt in doubts if any(doubt in found for found in causes))
    return (
        *(breach for breach, found in judged if not found),
        *(Finding(doubt.id, "inconclusive", doubt_sentence(doubt)) for doubt in reasons),
        *(replace(breach, outcome="inconclusive") for breach, found in judged if found),
    )


def could_be_the_machines(settings: Settings, measurement: Measurement) -> bool:
    """Whether a limit broke so near to what a machine does at all that this should be known."""
    if measurement.interrupted:
        return False
    broken = [check for check in check_limits(settings.limits, measurement) if check.broken]
    rates = [check.limit.value for check in broken if check.limit.metric == "request_rate"]
    asked = measurement.arrivals.requested_per_second if measurement.arrivals else 0.0
    rates += [asked, measurement.total.requests_per_second] if broken else []
    return max(rates, default=0.0) >= LEAST_PLAUSIBLE_CEILING or any(
        check.limit.value <= MOST_PLAUSIBLE_FLOOR
        and (check.value or 0.0) - check.limit.value <= MOST_PLAUSIBLE_FLOOR
        for check in broken
        if check.limit.is_time and is_maximum(check.limit)
    )


def _may_excuse(doubt: Doubt, breach: Finding, measurement: Measurement) -> bool:
    """True for slowness it can explain, and for failures few enough without the generator's own.

    What is further beyond its limit than the doubt reaches is the app's own.
    """
    excuses = _ONLY_EXCUSES.get(doubt.id, _SLOWED | _FAILED)
    if breach.id not in excuses:
        return False
    if breach.id in _SLOWED:
        return bool(measurement.total.requests) and not _is_beyond(breach, doubt)
    known = {figures.name: figures for figures in measurement.endpoints}
    figures = known.get(breach.endpoint or "", measurement.total)
    own = sum(it.count for it in figures.causes if it.text.startswith(GENERATOR_FAULT))
    asked = max(1, figures.requests - own)
    return own > 0 and (figures.failures - own) / asked <= (breach.limit or 0.0)


def _is_beyond(breach: Finding, doubt: Doubt) -> bool:
    value, limit = breach.value, breach.limit
    if value is None or limit is None:
        return False
    if breach.unit == "ms" and value > limit:
        slowed = limit * doubt.may_slow + TIME_SLICES * 1000
        return value - limit > doubt.may_add * 1000 or value > slowed
    if breach.id == "request-rate" and value < limit:
        too_slow = 1 / max(value, _SLOWEST_RATE) - doubt.may_add_each > 1 / limit
        return too_slow or value * doubt.may_slow < limit
    return False


def find_doubts(
    settings: Settings,
    measurement: Measurement,
    checks: tuple[Check, ...],
    *,
    already_failed: bool,
) -> tuple[Finding, ...]:
    """What else speaks against a verdict. Too few requests never excuse a limit that broke."""
    found = [
        Finding(doubt.id, "inconclusive", doubt_sentence(doubt))
        for doubt in measurement.doubts
        if doubt.id in _SPOILS_PASS
    ]
    if measurement.interrupted:
        found.append(interrupted(measurement))
    if measurement.users_reached < measurement.users_planned:
        found.append(_users_not_started(measurement))
    if measurement.total.requests < settings.min_requests and not already_failed:
        found.append(_too_few(settings, measurement))
    found.extend(_limits_without_endpoint(settings, measurement))
    found.extend(_limits_without_requests(checks))
    return tuple(found)


def interrupted(measurement: Measurement) -> Finding:
    """The run was ended by Ctrl-C."""
    after = format_duration(measurement.duration)
    return Finding("interrupted", "inconclusive", f"The run was interrupted after {after}.")


def doubt_sentence(doubt: Doubt) -> str:
    """The doubt and its advice on one line."""
    return one_line(f"{doubt.sentence} {doubt.advice}")


def _excuse_light_load(
    breaches: tuple[Finding, ...], measurement: Measurement
) -> tuple[Finding, ...]:
    """A minimal request rate that the load asked for cannot reach says nothing."""
    reachable = _reachable_rate(measurement)
    if reachable is None:
        return breaches
    reason = _why_out_of_reach(measurement, reachable)
    return tuple(
        replace(breach, outcome="inconclusive", sentence=f"{breach.sentence[:-1]}; {reason}.")
        if breach.id == "request-rate" and _is_out_of_reach(breach, reachable)
        else breach
        for breach in breaches
    )


def _why_out_of_reach(measurement: Measurement, reachable: float) -> str:
    if measurement.arrivals is not None:
        due = format_rate(reachable)
        return f"no more than {due} were asked for, however fast the app; raise arrival_rate"
    asked = f"{users(measurement.users_reached)} ask at most {format_rate(reachable)}"
    return f"with their pauses, {asked}, however fast the app; raise users or lower wait_time"


def _is_out_of_reach(breach: Finding, reachable: float) -> bool:
    if breach.value is None or breach.limit is None:
        return False
    return breach.value < breach.limit and reachable < breach.limit


def _reachable_rate(measurement: Measurement) -> float | None:
    """Requests per second of users N whose pauses last Z = N/X - R, if R were 0 (Little's law).

    X is the measured rate, R the mean response time. None where failed or hung requests, whose
    times R does not know, would make the pauses look longer than they are. With open arrivals, the
    rate at which requests fell due.
    """
    if measurement.arrivals is not None:
        return measurement.arrivals.requested_per_second
    total = measurement.total
    latencies, rate = total.latencies, total.requests_per_second
    if not rate or total.failures or not latencies.successes:
        return None
    if latencies.in_flight and latencies.in_flight[-1] > latencies.successes[-1]:
        return None
    pause = measurement.users_reached / rate - (latencies.mean() or 0.0)
    return measurement.users_reached / pause if pause > 0 else None


def _users_not_started(measurement: Measurement) -> Finding:
    reached, planned = measurement.users_reached, measurement.users_planned
    return Finding(
        id="users-not-started",
        outcome="inconclusive",
        sentence=f"Only {reached} of {users(planned)} could be started, so the asked load was "
        "never reached; raise spawn_rate or run_time.",
        value=float(reached),
        limit=float(planned),
    )


def _too_few(settings: Settings, measurement: Measurement) -> Finding:
    finished, needed = measurement.total.requests, settings.min_requests
    return Finding(
        id="too-few-requests",
        outcome="inconclusive",
        sentence=f"Only {requests(finished)} finished in {format_duration(measurement.duration)} "
        f"at {users(measurement.users_reached)}, and a verdict needs {needed}; raise run_time or "
        "users, shorten wait_time, or lower min_requests.",
        statistic="count",
        value=float(finished),
        limit=float(needed),
        unit="requests",
    )


def _limits_without_endpoint(settings: Settings, measurement: Measurement) -> list[Finding]:
    names = [figures.name for figures in measurement.endpoints]
    shown = ", ".join(show_endpoint(name) for name in names[:_ENDPOINTS_NAMED])
    more = len(names) - _ENDPOINTS_NAMED
    measured = f"{shown} and {more} more" if more > 0 else shown
    return [
        Finding(
            id="no-such-endpoint",
            outcome="inconclusive",
            sentence=f"No endpoint is called {show_endpoint(limit.endpoint)}, so the limit "
            f"{show_endpoint(limit.source)} could not be judged; measured were {measured}.",
            endpoint=limit.endpoint,
        )
        for limit in settings.limits
        if limit.endpoint is not None
        and not any(names_endpoint(limit.endpoint, name) for name in names)
    ]


def _limits_without_requests(checks: tuple[Check, ...]) -> list[Finding]:
    """Limits asked for one endpoint, or for all requests, that met no finished request."""
    return [
        Finding(
            id="no-requests",
            outcome="inconclusive",
            sentence=f"{show_endpoint(check.endpoint)}: no request finished, so the limit "
            f"{show_endpoint(check.limit.source)} could not be judged; raise run_time or users.",
            endpoint=check.endpoint,
        )
        for check in checks
        if check.value is None and not check.limit.each_endpoint
    ]
