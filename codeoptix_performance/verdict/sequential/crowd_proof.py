"""Limits that the load left open, proven by what a crowd saw after it.

Whatever else a crowd without pauses does to an app, it does not make it faster. So where every
endpoint was asked at least as often per second as the load asked it, and limits hold even then,
they hold for the load. The other way round nothing follows: what is slow in a crowd may be quick
without one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import batched

from codeoptix_performance.examination.examination import Examination
from codeoptix_performance.examination.stretch import LONGEST_ANSWER, Part, Stretch
from codeoptix_performance.measurement.measurement import Measurement
from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.verdict.sequential.due_bins import Count
from codeoptix_performance.verdict.sequential.evidence_value import (
    bar,
    clean_requests,
    log_evidence,
)
from codeoptix_performance.verdict.sequential.figures_of_means import signed_evidence
from codeoptix_performance.verdict.sequential.ladder import TIERS
from codeoptix_performance.verdict.sequential.looks import Decision
from codeoptix_performance.verdict.sequential.watches import CLEAN_SHARE

_FACTOR = TIERS[0].factor
MOST_WANTED = 200
"""Requests of an endpoint that a crowd may be asked for: P95 takes 164, P99 would take 731."""
_BATCHES = 15
_MOST_SLOW = 0.5
_MAXIMA = ("<", "<=")


def wanted_of_crowd(decisions: Iterable[Decision]) -> Mapping[str, int]:
    """How many requests of each endpoint would prove what is open and far from its limit."""
    wanted: dict[str, int] = {}
    for decision in decisions:
        if decision.state == "open" and decision.far_off and decision.endpoint is not None:
            needed = _needed(decision)
            wanted[decision.endpoint] = max(needed, wanted.get(decision.endpoint, 0))
    return wanted


def prove_in_crowd(
    decisions: tuple[Decision, ...],
    examination: Examination | None,
    measurement: Measurement,
    unchosen: frozenset[str] = frozenset(),
) -> tuple[Decision, ...]:
    """The decisions; what the load left open and the crowd proves is decided to pass.

    A crowd does not ask for ``unchosen`` endpoints, those of a login.
    """
    crowding = examination.crowding if examination else None
    if crowding is None:
        return decisions
    together = _parts(crowding.many, measurement, unchosen)  # the one in the load's own mixture
    each = _parts(crowding.at_knee, measurement, unchosen)
    return tuple(
        _proven(
            decision,
            together
            if decision.endpoint is None
            else [part for part in each if part.name == decision.endpoint],
        )
        for decision in decisions
    )


def wants_more_load(
    settings: Settings,
    decisions: Iterable[Decision],
    measurement: Measurement,
    unchosen: frozenset[str] = frozenset(),
) -> bool:
    """A load that gave way too early: to too few users or requests, or with limits left open.

    Not where a limit is known to fail: what is broken stays broken.
    """
    decided = tuple(decisions)
    if any(each.state == "fails" for each in decided):
        return False
    too_few = measurement.total.requests < settings.min_requests
    not_all = measurement.users_reached < measurement.users_planned
    left_open = any(each.keeps_going and each.endpoint not in unchosen for each in decided)
    return too_few or not_all or left_open


def _needed(decision: Decision) -> int:
    share = max(decision.allowed or 0.0, CLEAN_SHARE)
    return min(clean_requests(share) or MOST_WANTED, MOST_WANTED)


def _parts(
    stretch: Stretch | None, measurement: Measurement, unchosen: frozenset[str]
) -> tuple[Part, ...]:
    """Of a stretch in which each endpoint was asked at least as often per second as by the load."""
    if stretch is None or not stretch.whole:
        return ()
    asked = {
        figures.name: figures.requests_per_second
        for figures in measurement.endpoints
        if figures.requests and figures.name not in unchosen
    }
    is_harder = all(stretch.rate_of(name) >= rate for name, rate in asked.items())
    return stretch.parts if is_harder else ()


def _proven(decision: Decision, parts: Sequence[Part]) -> Decision:
    if decision.state != "open" or not decision.far_off or not parts:
        return decision
    limit, seen = decision.limit, sum(part.requests + part.in_flight for part in parts)
    if limit.operator not in _MAXIMA:
        return decision
    if limit.metric == "failure_rate":
        failed = Count(seen, sum(part.failures + part.in_flight for part in parts))
        proven, clean = _is_rare(failed, limit.value), not failed.exceeding
    elif limit.metric == "response_time" and limit.statistic == "avg":
        proven, clean = _mean_is_below(limit.value * _FACTOR, seen, parts), False
    elif limit.metric == "response_time" and decision.allowed is not None:
        slow = _slower(limit.value * _FACTOR, seen, parts)
        proven, clean = _is_rare(slow, decision.allowed), not slow.exceeding
    else:
        return decision
    if proven:
        return replace(decision, state="passes", tier=1, in_crowd=seen)
    enough = clean_requests(CLEAN_SHARE) or 0
    return replace(decision, clean=decision.clean or (clean and seen >= enough))


def _slower(seconds: float, seen: int, parts: Sequence[Part]) -> Count:
    """Failed ones and those in flight to the end are slower than anything."""
    within = sum(time <= seconds for part in parts for time in part.times)
    return Count(seen, seen - within)


def _is_rare(count: Count, allowed: float) -> bool:
    if not 0 < allowed < 1 or count.share >= allowed:
        return False
    return log_evidence(*count, allowed) >= bar()


def _mean_is_below(seconds: float, seen: int, parts: Sequence[Part]) -> bool:
    """One request that was never answered, or failed for it, could lift a mean over anything."""
    if any(part.in_flight or part.failures for part in parts):
        return False
    half = seconds / 2
    if _is_rare(_slower(half, seen, parts), min(half / LONGEST_ANSWER, _MOST_SLOW)):
        return True  # the rest is below half, and those few add less than the other half
    times = [time for part in parts for time in part.times]
    if len(times) < _BATCHES:
        return False
    means = [sum(batch) / len(batch) for batch in batched(times, len(times) // _BATCHES)]
    return -signed_evidence([mean - seconds for mean in means]) >= bar()
