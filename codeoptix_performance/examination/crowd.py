"""Many users without pauses: what fails only then, and whether limits hold even then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from codeoptix_performance.examination.examination import Crowding
from codeoptix_performance.examination.stretch import Enough, Prober, Stretch
from codeoptix_performance.target.endpoint import Endpoint

CROWD = 16
CROWD_SECONDS = 0.5
LONGEST_MORE = 3.0
"""Seconds; an app too slow for what is wanted in that time is not proven to keep its limits."""
LACKING_WEIGHT = 3


def crowd(
    prober: Prober, endpoints: tuple[Endpoint, ...], one: Stretch, wanted: Mapping[str, int]
) -> Crowding:
    """``CROWD`` users for half a second, and on until there are ``wanted`` requests of each name.

    All endpoints are asked throughout: one may be slow only beside another.
    """
    many = prober.run(endpoints, CROWD, CROWD_SECONDS, whole=True)
    missing = [max(0, wanted.get(part.name, 0) - part.requests) for part in many.parts]
    if not any(missing):
        return Crowding(one, many)
    pressed = tuple(
        replace(endpoint, weight=LACKING_WEIGHT if lacking else 1)
        for endpoint, lacking in zip(endpoints, missing, strict=True)
    )
    more = prober.run(pressed, CROWD, LONGEST_MORE, whole=True, enough=_at_least(missing))
    return Crowding(one, many, more)


def _at_least(missing: list[int]) -> Enough:
    def enough(finished: list[int]) -> bool:
        return all(there >= lacking for there, lacking in zip(finished, missing, strict=True))

    return enough
