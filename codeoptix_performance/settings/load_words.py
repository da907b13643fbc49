"""Which words about the load go together; what they mean for each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

from codeoptix_performance.settings.load_shapes import NAMED_SHAPES, is_too_far, resolved
from codeoptix_performance.settings.refusal import RefusedValueError, refuse
from codeoptix_performance.settings.stages import Stage
from codeoptix_performance.settings.words import Words
from codeoptix_performance.units import format_duration


@dataclass(frozen=True, slots=True)
class _Clash:
    """A setting that has no meaning beside another, and why."""

    key: str
    beside: str
    reason: str


_CLASHES = (
    _Clash("shape", "stages", "the stages say how the load goes; leave one of the two out"),
    _Clash("run_time", "stages", "the stages say how long the load lasts; leave it out"),
    _Clash("spawn_rate", "stages", "the stages say how fast users come; leave it out"),
    _Clash("wait_time", "arrival_rate", "requests arrive whether or not users pause; leave it out"),
    _Clash("spawn_rate", "arrival_rate", "all users are there from the start; leave it out"),
)


def shape(value: Any) -> str:
    """The name of a shape, or ``file.py:Class`` or ``module:Class`` of a ``LoadTestShape``."""
    if value in NAMED_SHAPES:
        return str(value)
    place, _, name = value.rpartition(":") if isinstance(value, str) else ("", "", "")
    if not place or not name.isidentifier():
        raise RefusedValueError(
            f"it must be {', '.join(NAMED_SHAPES)}, or the place of a Locust LoadTestShape such as "
            '"shapes.py:DoubleWave"'
        )
    if not place.endswith(".py"):
        return value.strip()  # type: ignore[no-any-return] # a str, see above
    path = Path(place).expanduser().resolve()
    if not path.is_file():
        raise RefusedValueError(f"there is no file {place}")
    return f"{path}:{name}"


def check_load(words: Words, values: Mapping[str, Any]) -> None:
    """Refuses words about the load that contradict each other."""
    for clash in _CLASHES:
        if values.get(clash.key) is not None and values.get(clash.beside) is not None:
            _refuse(words, clash.key, f"with {clash.beside}, {clash.reason}")
    named = values.get("shape", "steady")
    if named not in ("steady", None) and values.get("spawn_rate") is not None:
        _refuse(words, "spawn_rate", f"the shape {named} says how fast users come; leave it out")
    if named not in (*NAMED_SHAPES, None) and values.get("arrival_rate") is not None:
        _refuse(words, "shape", "a LoadTestShape counts users; with arrival_rate use stages")
    if values.get("users") is not None and values.get("stages") and not values.get("arrival_rate"):
        _refuse(words, "users", "the stages say how many users there are; leave it out")
    if values.get("arrival_pattern") == "poisson" and values.get("arrival_rate") is None:
        _refuse(words, "arrival_pattern", "it needs an arrival_rate")
    _check_users_can_arrive(words, values)


def _check_users_can_arrive(words: Words, values: Mapping[str, Any]) -> None:
    """Only where all three were named: what nobody named yields to the others."""
    users, rate, run_time = (values.get(key) for key in ("users", "spawn_rate", "run_time"))
    if users is None or rate is None or run_time is None or not is_too_far(users, rate, run_time):
        return
    enough = ceil(users / run_time * 100) / 100
    _refuse(
        words,
        "spawn_rate",
        f"{users} users need {format_duration(users / rate)} to arrive at {rate:g} per second, and "
        f"run_time is {format_duration(run_time)}; it must be {enough:g} at least",
    )


def stages_from(words: Words, values: Mapping[str, Any]) -> tuple[Stage, ...]:
    """The stages that were written down, from the arrival rate on if there is one; else none."""
    asked = values.get("stages")
    if not asked:
        return ()
    try:
        return resolved(asked, values.get("arrival_rate") or 0.0)
    except RefusedValueError as refused:
        refuse(words.origin("stages"), "stages", words["stages"], refused)


def _refuse(words: Words, key: str, reason: str) -> None:
    refuse(words.origin(key), key, words[key], RefusedValueError(reason))
