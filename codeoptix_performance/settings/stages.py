"""How a level (users, or requests per second) goes up and down over a run."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stage:
    """For ``duration`` seconds the level goes to ``target`` and, once there, stays.

    ``rate`` is by how much it changes per second, up or down: above 0, and infinite for a jump.
    """

    duration: float
    target: float
    rate: float = math.inf


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a run in which the level goes straight from one value to another."""

    begins: float
    duration: float
    level_from: float
    level_to: float

    def level(self, inside: float) -> float:
        """The level so many seconds into the segment."""
        return self.level_from + self._slope * inside

    def area(self, inside: float) -> float:
        """The level summed over the segment's first seconds, ∫ level dt."""
        return (self.level_from + self._slope * inside / 2) * inside

    def inside_at(self, area: float) -> float:
        """The inverse of ``area``: seconds into the segment; infinite if it is never reached."""
        # The root of slope/2·x² + level_from·x = area that stays exact for slopes near 0.
        root = self.level_from**2 + 2 * self._slope * area
        below = self.level_from + math.sqrt(max(root, 0.0))
        if area <= 0:
            return 0.0
        return 2 * area / below if root >= 0 and below > 0 else math.inf

    @property
    def _slope(self) -> float:
        return (self.level_to - self.level_from) / self.duration


def segments(stages: tuple[Stage, ...]) -> Iterator[Segment]:
    """The straight stretches of ``stages``, in order; the level begins at 0.

    A stage too short for its change ends where the change got to, as in Locust.
    """
    begins = level = 0.0
    for stage in stages:
        change = stage.target - level
        changing, reached = abs(change) / stage.rate, stage.target
        if changing > stage.duration:
            changing = stage.duration
            reached = level + math.copysign(stage.rate * changing, change)
        if changing > 0:
            yield Segment(begins, changing, level, reached)
        if stage.duration > changing:
            yield Segment(begins + changing, stage.duration - changing, reached, reached)
        begins, level = begins + stage.duration, reached


def level_at(stages: tuple[Stage, ...], elapsed: float) -> float:
    """The level ``elapsed`` seconds after the start, and for ever after the end the last one."""
    level = 0.0
    for segment in segments(stages):
        if elapsed < segment.begins:
            break
        level = segment.level(min(elapsed - segment.begins, segment.duration))
    return level


def area_until(stages: tuple[Stage, ...], elapsed: float) -> float:
    """The level summed over time, ∫ level dt from the start to ``elapsed`` seconds after it."""
    return math.fsum(
        segment.area(min(elapsed - segment.begins, segment.duration))
        for segment in segments(stages)
        if segment.begins < elapsed
    )


def duration_of(stages: tuple[Stage, ...]) -> float:
    """Seconds from the first stage's begin to the last one's end."""
    return math.fsum(stage.duration for stage in stages)


def greatest_of(stages: tuple[Stage, ...]) -> float:
    """The highest level asked for."""
    return max(stage.target for stage in stages)
