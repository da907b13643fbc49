"""How many users shall be active now: as the plan's stages say, or a shape of the user's own."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import Any, Protocol

from codeoptix_performance.errors import EngineError
from codeoptix_performance.load.engine import Phase, phases_run
from codeoptix_performance.load.plan import LoadPlan
from codeoptix_performance.settings.stages import level_at

SHAPE_INTERVAL = 1.0
"""Seconds between two questions to a ``LoadTestShape``, as in Locust."""


class Level(Protocol):
    """Asked again and again, with seconds since the start that never go back."""

    def users(self, elapsed: float) -> int | None:
        """So many shall be active; None for the end of the load."""

    def phases(self, started_at: float, stopped_at: float) -> tuple[Phase, ...]:
        """What was asked for between these moments of the engine's clock."""


class PlannedLevel:
    """The stages of a plan."""

    def __init__(self, plan: LoadPlan) -> None:
        self._plan = plan

    def users(self, elapsed: float) -> int | None:
        """The first user is there from the start, the last until the end."""
        if elapsed >= self._plan.run_time:
            return None
        level = level_at(self._plan.stages, elapsed)
        # A thousandth less: 0.1 + 0.2 users are 0.3, and rounding must not make a user of it.
        return max(ceil(level - 1e-3), 1 if elapsed == 0 else 0)

    def phases(self, started_at: float, stopped_at: float) -> tuple[Phase, ...]:
        """The stages the run came to."""
        return phases_run(self._plan, started_at, stopped_at)


class ShapedLevel:
    """A Locust ``LoadTestShape``: ``tick`` answers (users, spawn_rate), or None for the end."""

    def __init__(self, tick: Callable[[], Any], longest: float) -> None:
        self._tick = tick
        self._longest = longest
        self._asked_at = -SHAPE_INTERVAL
        self._level = 0.0
        self._seen_at = 0.0
        self._target = (0, 1.0)
        self._begins: list[tuple[float, int]] = []

    def users(self, elapsed: float) -> int | None:
        """Goes to what ``tick`` said last, at its rate."""
        self._move(elapsed)
        if elapsed >= self._longest:
            return None
        if elapsed - self._asked_at >= SHAPE_INTERVAL:
            self._asked_at = max(self._asked_at + SHAPE_INTERVAL, elapsed - SHAPE_INTERVAL / 2)
            answer = self._tick()
            if answer is None:
                return None
            target = _checked(answer)
            if not self._begins or target[0] != self._target[0]:
                self._begins.append((elapsed, target[0]))
            self._target = target
        return ceil(self._level - 1e-3)

    def phases(self, started_at: float, stopped_at: float) -> tuple[Phase, ...]:
        """One for each number of users that was asked for in turn."""
        ends = [at for at, _ in self._begins[1:]] + [stopped_at - started_at]
        return tuple(
            Phase(started_at + begins, started_at + end, users)
            for (begins, users), end in zip(self._begins, ends, strict=True)
        )

    def _move(self, elapsed: float) -> None:
        users, rate = self._target
        most = rate * (elapsed - self._seen_at)
        self._level += max(-most, min(most, users - self._level))
        self._seen_at = elapsed


def _checked(answer: Any) -> tuple[int, float]:
    match answer:
        case (int() as users, int() | float() as rate, *rest) if users >= 0 and rate > 0:
            if not any(rest):
                return users, float(rate)
    raise EngineError(
        f"The shape's tick() answered {answer!r}; it must be None or a pair (users, spawn_rate) of "
        "a whole number from 0 on and a number above 0."
    )
