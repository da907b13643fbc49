"""Numbers as JSON can hold them."""

from __future__ import annotations

import math


def number(value: float | None) -> float | None:
    """``value`` as JSON can hold it: None for NaN and infinity; no digits that mean nothing."""
    if value is None or not math.isfinite(value):
        return None
    return value if isinstance(value, int) else round(value, 6)


def milliseconds(seconds: float | None) -> float | None:
    """Milliseconds to the nanosecond, or None where there is no finite number."""
    return None if seconds is None else number(seconds * 1000)
