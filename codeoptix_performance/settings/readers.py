"""Readers of single values: what JSON, YAML, environment or flags give → what Settings hold.

Each takes a value of any type and raises ``RefusedValueError`` with what is accepted. Numbers may
come as text, since environment variables and command lines know nothing else.
"""

from __future__ import annotations

import math
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

from codeoptix_performance.settings.refusal import RefusedValueError
from codeoptix_performance.units import parse_duration, parse_size

Reader = Callable[[Any], Any]

_LEAST_MEMORY = 16 * 2**20
_DURATIONS = 'such as "30s", "2m", "1h30m", "250ms" or 45 (seconds)'
_YES_NO = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def whole_number(at_least: int) -> Reader:
    """A reader of whole numbers not below ``at_least``."""

    def read(value: Any) -> int:
        number = _number(value, f"it must be a whole number of at least {at_least}")
        if isinstance(value, float) or number < at_least or number != int(number):
            raise RefusedValueError(f"it must be a whole number of at least {at_least}")
        return int(number)

    return read


def above_zero(what: str) -> Reader:
    """A reader of numbers above 0; ``what`` names them: ``a number of users per second``."""

    def read(value: Any) -> float:
        number = _number(value, f"it must be {what}, above 0")
        if number <= 0:
            raise RefusedValueError(f"it must be {what}, above 0")
        return number

    return read


def from_zero(what: str) -> Reader:
    """A reader of numbers from 0 on; ``what`` names them: ``a target``."""

    def read(value: Any) -> float:
        number = _number(value, f"it must be {what} from 0 on")
        if number < 0:
            raise RefusedValueError(f"it must be {what} from 0 on")
        return number

    return read


def duration(value: Any) -> float:
    """Seconds, above 0."""
    seconds = _seconds(value)
    if seconds is None or seconds <= 0:
        raise RefusedValueError(f"it must be a duration above 0 {_DURATIONS}")
    return seconds


def duration_from_zero(value: Any) -> float:
    """Seconds; 0 for what happens at once."""
    seconds = _seconds(value)
    if seconds is None or seconds < 0:
        raise RefusedValueError(f"it must be a duration {_DURATIONS}")
    return seconds


def pause(value: Any) -> tuple[float, float]:
    """Least and greatest pause in seconds, from one duration or a pair of them."""
    pair = value if isinstance(value, list | tuple) else (value, value)
    seconds = [_seconds(part) for part in pair]
    match seconds:
        case [float() as least, float() as greatest] if least <= greatest:
            return least, greatest
    raise RefusedValueError(
        'it must be a pause such as 1, "500ms", or a pair of the least and the greatest: [0.5, 2]'
    )


def memory(value: Any) -> int:
    """Bytes, at least 16 MiB, so that a forgotten unit is noticed."""
    try:
        count = parse_size(value)
    except ValueError:
        count = 0
    if count < _LEAST_MEMORY:
        raise RefusedValueError('it must be a size of at least 16 MiB such as "512MiB" or "1GB"')
    return count


def milliseconds(value: Any) -> float:
    """Seconds, above 0, from a number of milliseconds or a duration with its unit."""
    try:
        seconds = _number(value, "") / 1000
    except RefusedValueError:
        seconds = _seconds(value) or 0.0
    if seconds <= 0:
        raise RefusedValueError(
            'it must be a number of milliseconds above 0 or a duration such as "500ms" or "1.5s"'
        )
    return seconds


def ratio(value: Any) -> float:
    """A ratio 0..1, from a number or a percentage such as ``1%``."""
    accepted = 'it must be a ratio from 0 to 1 or a percentage such as "1%"'
    percent = isinstance(value, str) and value.strip().endswith("%")
    share = _number(value.strip()[:-1] if percent else value, accepted) / (100 if percent else 1)
    if not 0 <= share <= 1:
        raise RefusedValueError(accepted)
    return share


def yes_or_no(value: Any) -> bool:
    """A bool, from one or from ``true``/``false``, ``yes``/``no``, ``1``/``0``."""
    answer = _YES_NO.get(str(value).strip().lower())
    if answer is None:
        raise RefusedValueError("it must be true or false")
    return answer


def text(value: Any) -> str:
    """A text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise RefusedValueError("it must be a text that is not empty")
    return value.strip()


def code(value: Any) -> str:
    """The agent's answer as it came; an empty one is the target's finding, no bad setting."""
    if not isinstance(value, str):
        raise RefusedValueError("it must be a text")
    return value


def command(value: Any) -> str:
    """A shell-quoted command line, from one or from a list of words."""
    if isinstance(value, list | tuple) and value and all(isinstance(word, str) for word in value):
        return shlex.join(value)
    if not isinstance(value, str) or not value.strip():
        raise RefusedValueError(
            'it must be a command line such as "python app.py", or a list of its words'
        )
    return value.strip()


def folder(value: Any) -> Path:
    """A path; whether the folder exists is asked only where it is needed."""
    if isinstance(value, Path):
        return value
    if not isinstance(value, str) or not value.strip():
        raise RefusedValueError("it must be the path of a folder")
    return Path(value).expanduser()


def one_of(*names: str) -> Reader:
    """A reader of one of ``names``."""
    listed = " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))

    def read(value: Any) -> str:
        if value not in names:
            raise RefusedValueError(f"it must be {listed}")
        return str(value)

    return read


def _number(value: Any, accepted: str) -> float:
    """A finite number, also from text; bools and everything else are refused."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise RefusedValueError(accepted)
    try:
        number = float(value)
    except (ValueError, OverflowError) as error:
        raise RefusedValueError(accepted) from error
    if not math.isfinite(number):
        raise RefusedValueError(accepted)
    return number


def _seconds(value: Any) -> float | None:
    if not isinstance(value, int | float | str):
        return None
    try:
        return parse_duration(value)
    except (ValueError, OverflowError):
        return None
