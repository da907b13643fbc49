"""Times as whole ticks of 100 ns: 4 bytes each, and round decimals of a second stay round."""

from __future__ import annotations

TICKS_PER_SECOND = 10_000_000
MOST_TICKS = 2**32 - 1
"""About 429 s, the greatest time that is told apart from greater ones."""


def to_ticks(seconds: float) -> int:
    """The nearest tick, from 0 to ``MOST_TICKS``; seconds below 0 are 0."""
    if seconds <= 0:
        return 0
    return min(int(seconds * TICKS_PER_SECOND + 0.5), MOST_TICKS)


def to_seconds(ticks: float) -> float:
    """The seconds of so many ticks. A division, so that 3,000,000 ticks are 0.3 s and no other."""
    return ticks / TICKS_PER_SECOND
