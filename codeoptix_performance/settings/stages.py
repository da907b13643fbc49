"""How a level (users, or requests per second) goes up and down over a run."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stage:
    """For ``duration`` seconds the level goes to ``target`` and, once there, stays.

    ``rate`` is by how much it changes per second, up or down: above 0, and infinite for a jump.
    """

    duration: float
    target: float
    rate: float = math.inf


def level_at(stages: tuple[Stage, ...], elapsed: float) -> float:
    """The level ``elapsed`` seconds after the start; it begins at 0, and ends with the last stage.

    A stage too short for its change ends where the change got to, as in Locust.
    """
    level = 0.0
    for stage in stages:
        inside = min(elapsed, stage.duration)
        level = _towards(stage.target, level, stage.rate, inside)
        elapsed -= stage.duration
        if elapsed < 0:
            break
    return level


def _towards(target: float, level: float, rate: float, seconds: float) -> float:
    change = target - level
    if abs(change) <= rate * seconds or math.isinf(rate):
        return target
    return level + math.copysign(rate * seconds, change)


def area_until(stages: tuple[Stage, ...], elapsed: float) -> float:
    """The level summed over time, ∫ level(t) dt from 0 to ``elapsed``."""
    level = area = 0.0
    for stage in stages:
        inside = min(elapsed, stage.duration)
        reached = _towards(stage.target, level, stage.rate, inside)
        changing = abs(reached - level) / stage.rate
        area += (level + reached) / 2 * changing + reached * (inside - changing)
        level = reached
        elapsed -= stage.duration
        if elapsed < 0:
            break
    return area


def duration_of(stages: tuple[Stage, ...]) -> float:
    """Seconds from the first stage's begin to the last one's end."""
    return math.fsum(stage.duration for stage in stages)


def greatest_of(stages: tuple[Stage, ...]) -> float:
    """The highest level asked for."""
    return max(stage.target for stage in stages)
