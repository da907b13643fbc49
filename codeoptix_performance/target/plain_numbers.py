"""Numbers of the size people use, inside their schema's bounds."""

from __future__ import annotations

import math
import random as random_module
from typing import Any

from codeoptix_performance.target.operation import Schema
from codeoptix_performance.target.plain_text import snake_case

_USUAL = (1, 100)
_USUAL_BY_NAME = {
    "year": (1990, 2024),
    "month": (1, 12),
    "day": (1, 28),
    "hour": (0, 23),
    "minute": (0, 59),
    "age": (18, 80),
    "rating": (1, 5),
    "stars": (1, 5),
    "quantity": (1, 3),
    "qty": (1, 3),
    "page": (1, 1),
    "limit": (10, 10),
    "size": (10, 10),
    "page_size": (10, 10),
    "per_page": (10, 10),
    "offset": (0, 0),
    "skip": (0, 0),
    "latitude": (-80, 80),
    "lat": (-80, 80),
    "longitude": (-170, 170),
    "lng": (-170, 170),
    "lon": (-170, 170),
    "n": (1, 10),
}
_IDS = (10_000, 2_000_000_000)


def whole_number_for(
    schema: Schema, name: str, random: random_module.Random, *, unique: bool = False
) -> int:
    """A whole number; ``unique`` draws from the widest range, so that two hardly ever meet."""
    usual = _IDS if unique else _USUAL_BY_NAME.get(snake_case(name), _USUAL)
    least, most = _range(schema, usual)
    step = schema.get("multipleOf", 1)
    step = int(step) if isinstance(step, int | float) and step >= 1 else 1
    low, high = math.ceil(least / step), math.floor(most / step)
    return random.randint(low, max(low, high)) * step


def number_for(schema: Schema, name: str, random: random_module.Random) -> float:
    """A number with at most two decimals, or a whole one where the schema demands steps."""
    if "multipleOf" in schema:
        return float(whole_number_for(schema, name, random))
    least, most = _range(schema, _USUAL_BY_NAME.get(snake_case(name), _USUAL), step=0.01)
    drawn = random.uniform(least, max(least, most))
    return next(
        (rounded for rounded in (round(drawn, 2), drawn) if least <= rounded <= most), least
    )


def _range(schema: Schema, usual: tuple[int, int], step: float = 1) -> tuple[float, float]:
    """The usual range moved and cut so that it lies inside the schema's; the least comes first."""
    least = _bound(schema, "minimum", "exclusiveMinimum", step)
    most = _bound(schema, "maximum", "exclusiveMaximum", -step)
    low, high = usual
    lower = low if least is None else max(low, least)
    upper = high if most is None else min(high, most)
    if lower <= upper:
        return lower, upper
    if least is not None and most is not None:
        if most - least < abs(step) and step != 1:
            middle = (least + most) / 2
            return middle, middle
        return least, min(most, least + (high - low))
    if least is not None:
        return least, least + (high - low)
    return (most or 0) - (high - low), most or 0


def _bound(schema: Schema, inclusive: str, exclusive: str, step: float) -> float | None:
    bounds: list[Any] = []
    if _is_number(schema.get(inclusive)):
        bounds.append(schema[inclusive])
    if _is_number(schema.get(exclusive)):
        bounds.append(schema[exclusive] + step)
    if not bounds:
        return None
    return float(max(bounds) if step > 0 else min(bounds))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
