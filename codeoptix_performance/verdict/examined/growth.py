"""Lists whose answers, or whose times, grow with all there is."""

from __future__ import annotations

from codeoptix_performance.examination.examination import ListGrowth
from codeoptix_performance.units import format_bytes, format_milliseconds
from codeoptix_performance.verdict.verdict import Finding
from codeoptix_performance.verdict.wording import show_endpoint

STEEP = 1.5
"""Time ~ rows^1.5 and more is neither a scan nor a larger answer, but work per pair of rows."""


def find_growth(growth: ListGrowth) -> Finding | None:
    """Steep growth is poor; an answer without an end, or time without one, acceptable."""
    exponent = growth.time_exponent
    is_steep = exponent is not None and exponent >= STEEP
    if not is_steep and not growth.is_unbounded:
        return _slower(growth) if growth.is_slower else None
    words = f"; its time grows as rows^{exponent:.1f}" if is_steep else ""
    return Finding(
        id="unbounded-list",
        outcome="fail",
        sentence=f"{_sentence(growth)}{words}; paginate it.",
        endpoint=growth.endpoint,
        statistic="rows",
        value=float(growth.rows[1]),
        dimension="growth",
        grade="poor" if is_steep else "acceptable",
    )


def _slower(growth: ListGrowth) -> Finding:
    further, seconds = growth.more or (0, 0.0)
    first, then, last = (format_milliseconds(each) for each in (*growth.seconds, seconds))
    sentence = (
        f"{show_endpoint(growth.endpoint)} takes longer with every row there is, though it answers "
        f"with {growth.rows[1]} of them: {first}, {then} after {growth.created} more were created, "
        f"{last} after {further} more; find, sort and limit rows in the store, by an index"
    )
    return Finding(
        id="slower-with-rows",
        outcome="fail",
        sentence=f"{sentence}.",
        endpoint=growth.endpoint,
        statistic="time",
        value=seconds * 1000,
        unit="ms",
        dimension="growth",
        grade="acceptable",
    )


def _sentence(growth: ListGrowth) -> str:
    size = format_bytes(growth.size[1])
    first, last = (format_milliseconds(seconds) for seconds in growth.seconds)
    return (
        f"{show_endpoint(growth.endpoint)} answers with {growth.rows[1]} rows, and with "
        f"{growth.rows[0]} before {growth.created} more were created ({size}, {last} instead of "
        f"{first})"
    )
