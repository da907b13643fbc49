"""Many users without pauses: what fails only then, and whether limits hold at the app's best."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

from codeoptix_performance.examination.alone import Alone
from codeoptix_performance.examination.examination import Crowding
from codeoptix_performance.examination.stretch import Prober, Stretch
from codeoptix_performance.target.endpoint import Endpoint

CROWD = 16
CROWD_SECONDS = 0.5
FEWER_SECONDS = 0.4
FEWEST_AT_KNEE = 2
LONGEST_AT_KNEE = 8.0
"""Seconds; an app too slow for what is wanted in that time is not proven to keep its limits."""
BEYOND_KNEE = 2.0
MOST_STILL = 5
"""Looks, five a second, without one more answer: all users wait for one that hangs."""


def crowd(
    prober: Prober,
    endpoints: tuple[Endpoint, ...],
    alone: Alone,
    keeps_limits: Callable[[Stretch], bool],
) -> Crowding:
    """``CROWD`` users ask everything for half a second.

    Where that breaks limits, half as many do, and so on: one instance serves what the most users
    are served within them.
    """
    many = prober.run(endpoints, CROWD, CROWD_SECONDS, whole=True)
    fewer: list[Stretch] = []
    users = CROWD // 2
    while users > 1 and not keeps_limits(fewer[-1] if fewer else many):
        fewer.append(prober.run(endpoints, users, FEWER_SECONDS, whole=True))
        users //= 2
    return Crowding(alone.mix, many, fewer=tuple(fewer), sound_alone=alone.sound)


def at_its_best(
    prober: Prober,
    endpoints: tuple[Endpoint, ...],
    crowding: Crowding,
    wanted: Mapping[str, int],
) -> Crowding:
    """The crowding with a stretch in which there are ``wanted`` requests of each name.

    All endpoints are asked throughout: one may be slow only beside another.
    """
    missing = [wanted.get(endpoint.name, 0) for endpoint in endpoints]
    if not any(missing):
        return crowding
    alike = tuple(replace(endpoint, weight=1) for endpoint in endpoints)
    users = users_at_knee(crowding.one, crowding.many)
    at_knee = prober.run(alike, users, LONGEST_AT_KNEE, whole=True, enough=_AtLeast(missing))
    return replace(crowding, at_knee=at_knee)


def users_at_knee(one: Stretch, many: Stretch) -> int:
    """Twice the users beyond which more of them only wait: enough to have the app at its best.

    The knee of a closed system is its greatest rate times the time a request takes alone, here
    the inverse of a single user's rate.
    """
    if not one.rate:
        return CROWD
    knee = max(one.rate, many.rate) / one.rate
    return min(CROWD, max(FEWEST_AT_KNEE, math.ceil(BEYOND_KNEE * knee)))


class _AtLeast:
    """Enough of each, or a stretch in which nothing has moved for ``MOST_STILL`` looks."""

    def __init__(self, wanted: list[int]) -> None:
        self._wanted = wanted
        self._seen = 0
        self._still = 0

    def __call__(self, finished: list[int]) -> bool:
        moved, self._seen = sum(finished) > self._seen, sum(finished)
        self._still = 0 if moved else self._still + 1
        there = all(count >= wanted for count, wanted in zip(finished, self._wanted, strict=True))
        return there or self._still >= MOST_STILL
