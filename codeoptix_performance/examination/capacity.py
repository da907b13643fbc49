"""Which endpoints are worth a closer look, and the look: many users on one, a canary beside it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from statistics import fmean

from codeoptix_performance.examination.alone import Alone, ask_alone
from codeoptix_performance.examination.examination import Focus
from codeoptix_performance.examination.stretch import Prober
from codeoptix_performance.target.endpoint import Endpoint, Request

FOCUS_USERS = 8
SLOW = 0.010
"""Seconds; an endpoint answered sooner by an app at rest is looked at no closer."""
SLOWER_THAN_CANARY = 4.0
MOST_FOCUSES = 4
SHORTEST_FOCUS = 0.7
LONGEST_FOCUS = 1.6
MADE_SURE_BY = 12
LONGEST_MAKING_SURE = 1.0
UNKNOWN_PATH = Endpoint("GET", "/no-such-page", "routes", (Request("GET", "/no-such-page"),))
UNKNOWN_PATH_SECONDS = 0.15


@dataclass(frozen=True, slots=True)
class Suspect:
    """An endpoint as a single user saw it: times of successes, their median, the least of all."""

    endpoint: Endpoint
    alone: float
    at_best: float
    times: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Canary:
    """What is asked beside a suspect: its median for a single user in seconds.

    ``at_best`` is the least that any read of the app took.
    """

    endpoint: Endpoint
    alone: float
    at_best: float


def find_canary(prober: Prober, endpoints: Iterable[Endpoint], alone: Alone) -> Canary:
    """The quickest read; an unknown path where no read is quick, if that is.

    Even a 404 is late where everything is blocked, and hardly costs anything where all is dear.
    """
    reads = [
        Canary(endpoint, part.median, part.least)
        for endpoint in endpoints
        if endpoint.method == "GET"
        and (part := alone.part(endpoint.name))
        and part.median is not None
        and part.least is not None
        and not part.failures
    ]
    quickest = min(reads, key=lambda canary: canary.alone, default=None)
    if quickest is None or quickest.alone * SLOWER_THAN_CANARY > SLOW:
        reads.append(_unknown_path(prober))
        quickest = min(reads, key=lambda canary: canary.alone)
    return replace(quickest, at_best=min(read.at_best for read in reads))


def find_suspects(
    endpoints: Iterable[Endpoint], alone: Alone, canary: Canary
) -> tuple[Suspect, ...]:
    """At most ``MOST_FOCUSES``, the slowest first."""
    timed = [
        Suspect(endpoint, part.median, part.least, part.times)
        for endpoint in endpoints
        if (part := alone.part(endpoint.name))
        and part.times
        and part.median is not None
        and part.least is not None
    ]
    slow = [
        suspect
        for suspect in timed
        if suspect.alone >= max(SLOW, SLOWER_THAN_CANARY * canary.alone)
        and not _makes_items(suspect)
    ]
    return tuple(sorted(slow, key=lambda suspect: -suspect.alone)[:MOST_FOCUSES])


def look_closer(prober: Prober, suspect: Suspect, canary: Canary) -> Focus:
    """``FOCUS_USERS`` users on the suspect and the canary; blocks for 1.6 s at most."""
    seconds = min(max(SHORTEST_FOCUS, FOCUS_USERS * suspect.alone), LONGEST_FOCUS)
    both = (replace(suspect.endpoint, weight=1), replace(canary.endpoint, weight=1))
    return Focus(
        endpoint=suspect.endpoint.name,
        canary=canary.endpoint.name,
        alone=suspect.alone,
        canary_alone=canary.alone,
        times_dearer=suspect.at_best / canary.at_best if canary.at_best else math.inf,
        stretch=prober.run(both, FOCUS_USERS, seconds),
    )


def make_sure(prober: Prober, focus: Focus, suspect: Suspect) -> Focus:
    """The focus beside more of what the endpoint takes alone: a few times may mislead.

    Seconds alone become the mean of all, which Little's law asks for. The same where the app does
    not come to rest.
    """
    if not prober.settle(suspect.endpoint, suspect.alone):
        return focus
    seconds = min(LONGEST_MAKING_SURE, MADE_SURE_BY * suspect.alone)
    more = ask_alone(prober, suspect.endpoint, seconds).times
    return replace(focus, alone=fmean((*suspect.times, *more)))


def _unknown_path(prober: Prober) -> Canary:
    """Infinitely slow where it is not answered, so that it is never the quickest."""
    part = prober.run((UNKNOWN_PATH,), 1, UNKNOWN_PATH_SECONDS, whole=True).parts[0]
    return Canary(UNKNOWN_PATH, part.median or math.inf, part.least or math.inf)


def _makes_items(suspect: Suspect) -> bool:
    """Whether it needs a new item each time: its time would be that of two requests."""
    creation = suspect.endpoint.creation
    return creation is not None and not creation.kept
