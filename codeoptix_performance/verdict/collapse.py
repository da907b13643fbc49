"""What makes every other figure of a run pointless: the app died, hung, failed or refused all."""

from __future__ import annotations

from codeoptix_performance.measurement.measurement import (
    Cause,
    EndpointMeasurement,
    Measurement,
)
from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.target.target import AppExit
from codeoptix_performance.units import format_bytes, format_duration
from codeoptix_performance.verdict.hanging import hung_after
from codeoptix_performance.verdict.refusals import rate_limited, refused
from codeoptix_performance.verdict.verdict import Finding
from codeoptix_performance.verdict.wording import (
    exit_words,
    last_exception,
    quote,
    requests,
    users,
    were,
)


def find_collapse(settings: Settings, measurement: Measurement, log_tail: str) -> Finding | None:
    """The one finding that explains the whole run, or None for a run worth judging by limits.

    An app that ended after Ctrl-C did not die under load.
    """
    if measurement.app_exit is not None and not measurement.interrupted:
        return _died(settings, measurement, measurement.app_exit)
    if not measurement.total.requests:
        return _nothing_finished(settings, measurement)
    if refused(measurement.total) == measurement.total.requests:
        return rate_limited(measurement)
    if measurement.total.failures == measurement.total.requests:
        return _all_failed(measurement, log_tail)
    return None


def main_cause(figures: EndpointMeasurement) -> str:
    """``; most often: HTTP 500 (12 of 14)``, or nothing where no cause is known."""
    if not figures.causes:
        return ""
    cause: Cause = max(figures.causes, key=lambda known: known.count)
    often = "; cause" if cause.count == figures.failures else "; most often"
    count = "" if cause.count == figures.failures else f" ({cause.count} of {figures.failures})"
    return f"{often}: {quote(cause.text)}{count}"


def log_says(log_tail: str) -> str:
    """``; the app's log says: ValueError: boom``, or nothing where it names no exception."""
    exception = last_exception(log_tail)
    return f"; the app's log says: {exception}" if exception else ""


def _died(settings: Settings, measurement: Measurement, ended: AppExit) -> Finding:
    after = (
        f"after {requests(measurement.total.requests)} in "
        f"{format_duration(measurement.duration)} at {users(measurement.users_reached)}"
    )
    how = exit_words(ended.code)
    if ended.out_of_memory:
        allowed = format_bytes(settings.memory_limit)
        sentence = f"The app ran out of memory under load (limit {allowed}) and ended {how} {after}"
        limit = float(settings.memory_limit)
        return Finding("out-of-memory", "fail", f"{sentence}.", limit=limit, unit="bytes")
    verb = "was killed" if ended.code < 0 else "ended by itself" if ended.code == 0 else "died"
    sentence = f"The app {verb} under load {how} {after}{log_says(ended.log_tail)}."
    return Finding("died-under-load", "fail", sentence)


def _nothing_finished(settings: Settings, measurement: Measurement) -> Finding:
    limit = hung_after(settings)
    latencies = measurement.total.latencies
    waiting, hung = len(latencies.in_flight), latencies.overdue(limit)
    run = f"in {format_duration(measurement.duration)} at {users(measurement.users_reached)}"
    if hung:
        oldest = latencies.in_flight[-1]
        sentence = (
            f"The app hung: none of {requests(waiting)} was answered {run}, and the oldest had "
            f"waited {format_duration(oldest)} (limit {format_duration(limit)})."
        )
        return Finding("hung", "fail", sentence, None, "max", oldest * 1000, limit * 1000, "ms")
    if waiting:
        sentence = (
            f"No request finished {run}; {waiting} {were(waiting)} still in flight, too young to "
            "be called hung; ask for a longer run_time."
        )
    else:
        sentence = f"No request was sent {run}, so nothing is known about the app."
    return Finding("no-requests", "inconclusive", sentence, value=0.0, unit="requests")


def _all_failed(measurement: Measurement, log_tail: str) -> Finding:
    total = measurement.total
    count = "The only request" if total.requests == 1 else f"All {requests(total.requests)}"
    sentence = (
        f"{count} failed at {users(measurement.users_reached)}"
        f"{main_cause(total)}{log_says(log_tail)}."
    )
    return Finding("all-failed", "fail", sentence, None, "rate", 1.0, unit="ratio")
