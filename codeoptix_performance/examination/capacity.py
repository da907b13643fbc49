"""Which endpoints are worth a closer look, and the look: many users on one, a canary beside it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from codeoptix_performance.examination.examination import Focus
from codeoptix_performance.examination.stretch import Prober, Stretch
from codeoptix_performance.target.endpoint import Endpoint, Request

FOCUS_USERS = 8
SLOW = 0.010
"""Seconds; an endpoint answered sooner by an app at rest is looked at no closer."""
SLOWER_THAN_CANARY = 4.0
MOST_FOCUSES = 2
SHORTEST_FOCUS = 0.7
LONGEST_FOCUS = 1.6
UNKNOWN_PATH = Endpoint("GET", "/no-such-page", "routes", (Request("GET", "/no-such-page"),))
UNKNOWN_PATH_SECONDS = 0.15


@dataclass(frozen=True, slots=True)
class Suspect:
    """An endpoint as a single user saw it: its median and its least time in seconds."""

    endpoint: Endpoint
    alone: float
    at_best: float


@dataclass(frozen=True, slots=True)
class Canary:
    """The endpoint that is asked beside a suspect: its median for a single user in seconds.

    ``at_best`` is the least that any read of the app took.
    """

    endpoint: Endpoint
    alone: float
    at_best: float


def find_suspects(endpoints: Iterable[Endpoint], one: Stretch) -> tuple[Suspect, ...]:
    """At most ``MOST_FOCUSES``, the slowest first; ``one`` is a single user on the whole mix."""
    timed = [
        Suspect(endpoint, part.median, part.least or part.median)
        for endpoint in endpoints
        if (part := one.part(endpoint.name)) and part.median is not None
    ]
    cheapest = min((suspect.alone for suspect in timed), default=0.0)
    slow = [
        suspect
        for suspect in timed
        if suspect.alone >= max(SLOW, SLOWER_THAN_CANARY * cheapest) and not _makes_items(suspect)
    ]
    return tuple(sorted(slow, key=lambda suspect: -suspect.alone)[:MOST_FOCUSES])


def choose_canary(endpoints: Iterable[Endpoint], one: Stretch, suspect: Suspect) -> Canary | None:
    """The read that a single user waited for least; None if that is not much less long."""
    reads = [
        Canary(endpoint, part.median, part.least)
        for endpoint in endpoints
        if endpoint.method == "GET"
        and (part := one.part(endpoint.name))
        and part.median is not None
        and part.least is not None
        and not part.failures
    ]
    quickest = min(reads, key=lambda canary: canary.alone, default=None)
    if quickest is None or quickest.alone * SLOWER_THAN_CANARY > suspect.alone:
        return None
    return replace(quickest, at_best=min(read.at_best for read in reads))


def unknown_path(prober: Prober) -> Canary:
    """The canary of an app without a quick read: even a 404 is late where everything is blocked."""
    part = prober.run((UNKNOWN_PATH,), 1, UNKNOWN_PATH_SECONDS).parts[0]
    return Canary(UNKNOWN_PATH, part.median or 0.0, part.least or 0.0)


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


def _makes_items(suspect: Suspect) -> bool:
    """Whether it needs a new item each time: its time would be that of two requests."""
    creation = suspect.endpoint.creation
    return creation is not None and not creation.kept
