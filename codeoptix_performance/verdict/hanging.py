"""Requests that were never answered: when they count as hung, and when they alone break a limit."""

from __future__ import annotations

from dataclasses import replace

from codeoptix_performance.measurement.latencies import Latencies
from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.units import format_duration
from codeoptix_performance.verdict.checks import Check, holds, is_maximum, observe
from codeoptix_performance.verdict.wording import were


def hung_after(settings: Settings) -> float:
    """Seconds after which a request in flight is called hung.

    The greatest response time any limit allows; half the request timeout where none does.
    """
    allowed = [limit.value for limit in settings.limits if limit.is_time and is_maximum(limit)]
    return max(allowed, default=settings.request_timeout / 2)


def broken_by_hanging_alone(check: Check, after: float) -> bool:
    """True where the limit would hold, or could not be judged, without the requests in flight."""
    if not check.limit.is_time or not check.latencies.overdue(after):
        return False
    answered = replace(check.latencies, in_flight=())
    value = observe(check.limit, replace(check.figures, latencies=answered, service=answered))
    return value is None or holds(check.limit, value)


def hanging_words(latencies: Latencies, after: float, *, counted: str = "") -> str | None:
    """``3 were still unanswered at the end, the oldest after 4.2 s``; None where none hung.

    ``counted`` says what is counted, where the sentence has not said so: ``request``.
    """
    count = latencies.overdue(after)
    if not count:
        return None
    noun = "" if not counted else f" {counted}" if count == 1 else f" {counted}s"
    oldest = format_duration(latencies.in_flight[-1])
    age = f"the oldest after {oldest}" if count > 1 else f"after {oldest}"
    return f"{count}{noun} {were(count)} still unanswered at the end, {age}"
