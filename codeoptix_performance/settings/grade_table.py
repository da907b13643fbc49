"""The table of grades: what the figures of a load have to be, to be graded target or acceptable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from codeoptix_performance.settings import readers
from codeoptix_performance.settings.asked_limits import LIMIT_WORDS
from codeoptix_performance.settings.limits import Limit
from codeoptix_performance.settings.refusal import RefusedValueError, refuse
from codeoptix_performance.settings.words import Words
from codeoptix_performance.units import format_milliseconds, format_rate, format_ratio

FailOn = Literal["poor", "acceptable", "target", "limits"]


@dataclass(frozen=True, slots=True)
class GradedFigure:
    """A figure of each endpoint: within ``target``, else within ``acceptable``, else poor."""

    target: Limit
    acceptable: Limit


@dataclass(frozen=True, slots=True)
class _Row:
    """The setting that limits the same figure, and the two values where nobody named others."""

    limited_by: str
    target: float
    acceptable: float


_ROWS = {
    "median_response_time": _Row("max_median_response_time", 0.1, 0.2),
    "p95_response_time": _Row("max_p95_response_time", 0.5, 1.0),
    "p99_response_time": _Row("max_p99_response_time", 1.0, 2.0),
    "failure_rate": _Row("max_failure_rate", 0.001, 0.01),
}
"""Origin: the tables of X-Agent and OpenUser, which name the same P95 and rate of requests."""
_PER_SECOND = readers.above_zero("a number of requests per second")
GRADE_READERS: dict[str, readers.Reader] = {
    **{
        f"{level}_{name}": readers.ratio if name == "failure_rate" else readers.milliseconds
        for name in _ROWS
        for level in ("target", "acceptable")
    },
    "target_rps": _PER_SECOND,
    "acceptable_rps": _PER_SECOND,
}


def graded_figures(values: Mapping[str, Any]) -> tuple[GradedFigure, ...]:
    """The table, as changed by ``values``; None is a value that was not given."""

    def limit(level: str, name: str, fallback: float) -> Limit:
        key = f"{level}_{name}"
        given = values.get(key)
        word = LIMIT_WORDS[_ROWS[name].limited_by]
        return word.limit(key, fallback if given is None else given)

    return tuple(
        GradedFigure(limit("target", name, row.target), limit("acceptable", name, row.acceptable))
        for name, row in _ROWS.items()
    )


def check_grades(words: Words, values: Mapping[str, Any], least_rates: tuple[float, float]) -> None:
    """Refuses a target that is easier to meet than what is acceptable.

    ``least_rates`` are target and acceptable of the rate of requests.
    """
    for figure in graded_figures(values):
        target, acceptable = figure.target, figure.acceptable
        if target.value > acceptable.value:
            show = format_milliseconds if target.is_time else format_ratio
            shown = show(target.value), show(acceptable.value)
            _refuse(words, target.source, acceptable.source, shown, "above")
    if least_rates[0] < least_rates[1]:
        shown = format_rate(least_rates[0]), format_rate(least_rates[1])
        _refuse(words, "target_rps", "acceptable_rps", shown, "below")


def limits_of_grades(fail_on: FailOn, figures: Iterable[GradedFigure]) -> tuple[Limit, ...]:
    """What fails a verdict where a grade does: nothing, unless it was asked for."""
    match fail_on:
        case "target":
            return tuple(figure.target for figure in figures)
        case "acceptable":
            return tuple(figure.acceptable for figure in figures)
        case "poor" | "limits":
            return ()


def _refuse(
    words: Words, target: str, acceptable: str, shown: tuple[str, str], direction: str
) -> None:
    if words.get(target) is not None:
        key, reason = target, f"it must not be {direction} {acceptable} ({shown[1]})"
    else:
        key, reason = acceptable, f"{target} ({shown[0]}) must not be {direction} it"
    refuse(words.origin(key), key, words[key], RefusedValueError(reason))
