"""The load's figures by the table of grades: each that of the endpoint that comes off worst."""

from __future__ import annotations

import math
from collections.abc import Iterable

from codeoptix_performance.measurement.measurement import Measurement
from codeoptix_performance.settings.grade_table import GradedFigure
from codeoptix_performance.verdict.breaches import show_value
from codeoptix_performance.verdict.checks import Check, check_limits
from codeoptix_performance.verdict.verdict import Grade, Graded
from codeoptix_performance.verdict.wording import show_endpoint

_BEST_FIRST: tuple[Grade, ...] = ("target", "acceptable", "poor")


def grade_load(figures: Iterable[GradedFigure], measurement: Measurement) -> tuple[Graded, ...]:
    """A grade for each of ``figures`` that some endpoint has."""
    found = (_worst(figure, measurement) for figure in figures)
    return tuple(graded for graded in found if graded is not None)


def note_on_poor(grades: Iterable[Graded]) -> tuple[str, ...]:
    """What the table calls poor, in one sentence, or none."""
    poor = [
        f"{figure_words(graded)} of {show_endpoint(graded.endpoint)} "
        f"(acceptable: {show_value(graded.acceptable, graded.acceptable.value)})"
        for graded in grades
        if graded.grade == "poor"
    ]
    return (f"Note: graded poor, though no limit forbids it: {', '.join(poor)}.",) if poor else ()


def figure_words(graded: Graded) -> str:
    """``P95 740 ms``, or ``P95 not reached`` where too many requests failed for a number."""
    is_number = math.isfinite(graded.value)
    value = show_value(graded.target, graded.value) if is_number else "not reached"
    return f"{graded.target.label} {value}"


def _worst(figure: GradedFigure, measurement: Measurement) -> Graded | None:
    by_target = check_limits((figure.target,), measurement)
    by_acceptable = check_limits((figure.acceptable,), measurement)
    graded = [
        Graded(_grade(strict, mild), strict.endpoint, value, figure.target, figure.acceptable)
        for strict, mild in zip(by_target, by_acceptable, strict=True)
        if (value := strict.value) is not None
    ]
    return max(graded, key=lambda it: (_BEST_FIRST.index(it.grade), it.value), default=None)


def _grade(by_target: Check, by_acceptable: Check) -> Grade:
    if not by_target.broken:
        return "target"
    return "poor" if by_acceptable.broken else "acceptable"
