"""How the load changes over a run: stages as k6 or Locust write them, and shapes by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codeoptix_performance.settings import readers
from codeoptix_performance.settings.refusal import RefusedValueError
from codeoptix_performance.settings.stages import Stage
from codeoptix_performance.units import format_duration

NAMED_SHAPES = ("steady", "ramp", "steps", "spike", "soak")
STEPS = 5
SPIKE_FLOOR = 0.1
"""What share of the peak there is before and after a spike."""

_ACCEPTED = (
    'it must be like "30s:50", {"duration": "30s", "target": 50} as in k6, or {"duration": "30s", '
    '"users": 50, "spawn_rate": 10} as in Locust'
)
_KEYS = frozenset({"duration", "target", "users", "spawn_rate"})


@dataclass(frozen=True, slots=True)
class AskedStage:
    """One stage as it was written; without a ``rate`` the level changes all along its duration."""

    duration: float
    target: float
    rate: float | None


def stages(value: Any) -> tuple[AskedStage, ...]:
    """The stages in the order they were named; a single one needs no list."""
    entries = value if isinstance(value, list | tuple) else [value]
    asked = tuple(_at(index, entry) for index, entry in enumerate(entries))
    if not asked or sum(stage.duration for stage in asked) <= 0:
        raise RefusedValueError("it must hold at least one stage that lasts")
    if max(stage.target for stage in asked) <= 0:
        raise RefusedValueError("at least one stage must have a target above 0")
    return asked


def _at(index: int, entry: Any) -> AskedStage:
    try:
        if isinstance(entry, str) and ":" in entry:
            duration, _, target = entry.rpartition(":")
            entry = {"duration": duration, "target": target}
        return _stage(entry)
    except RefusedValueError as refused:
        raise RefusedValueError(refused.reason, place=f"[{index}]", value=entry) from refused


def _stage(entry: Any) -> AskedStage:
    if not isinstance(entry, Mapping) or not set(entry) <= _KEYS or "duration" not in entry:
        raise RefusedValueError(_ACCEPTED)
    duration = readers.duration_from_zero(entry["duration"])
    match entry:
        case {"target": target} if len(entry) == 2:
            return AskedStage(duration, readers.from_zero("a target")(target), None)
        case {"users": users, "spawn_rate": rate} if len(entry) == 3:
            per_second = readers.above_zero("a spawn_rate")(rate)
            return AskedStage(duration, readers.whole_number(0)(users), per_second)
        case _:
            raise RefusedValueError(_ACCEPTED)


def resolved(asked: tuple[AskedStage, ...], start: float) -> tuple[Stage, ...]:
    """Stages with their rates, for a level that is at ``start`` before the first.

    Raises ``RefusedValueError`` for one that is too short for what it asks.
    """
    level = start
    found = [Stage(0.0, start)] if start else []
    for number, stage in enumerate(asked):
        change = abs(stage.target - level)
        if stage.rate is not None and is_too_far(change, stage.rate, stage.duration):
            raise RefusedValueError(
                f"going from {level:g} to {stage.target:g} at {stage.rate:g} per second takes "
                f"{format_duration(change / stage.rate)}; make the stage that long at least",
                place=f"[{number}]",
            )
        rate = stage.rate or (change / stage.duration if stage.duration and change else None)
        found.append(
            Stage(stage.duration, stage.target, rate)
            if rate
            else Stage(stage.duration, stage.target)
        )
        level = stage.target
    return tuple(found)


def is_too_far(change: float, rate: float, duration: float) -> bool:
    """Whether a level cannot change by so much; 0.29 per second do make 29 in 100 seconds."""
    return change > rate * duration * (1 + 1e-9)


def named_shape(name: str, peak: float, run_time: float, rate: float) -> tuple[Stage, ...]:
    """The stages of one of ``NAMED_SHAPES``; ``rate`` is how fast a steady level is reached.

    ramp: up all along. steps: five, each a fifth higher and a fifth of the time long. spike: the
    peak for the fifth of the time in the middle, a tenth of it before and after. soak: up and down
    within a twentieth of the time each, the peak in between.
    """
    match name:
        case "ramp":
            return (Stage(run_time, peak, peak / run_time),)
        case "steps":
            return tuple(
                Stage(run_time / STEPS, peak * step / STEPS) for step in range(1, STEPS + 1)
            )
        case "spike":
            floor = peak * SPIKE_FLOOR
            parts = ((0.4, floor), (0.2, peak), (0.4, floor))
            return tuple(Stage(run_time * share, level) for share, level in parts)
        case "soak":
            edge = run_time / 20
            return (Stage(run_time - edge, peak, peak / edge), Stage(edge, 0.0, peak / edge))
        case _:
            return (Stage(run_time, peak, rate),)
