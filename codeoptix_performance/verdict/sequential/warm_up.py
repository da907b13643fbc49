"""Where a run's warm-up ends: the cut that leaves the steadiest mean behind it (MSER)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

FEWEST_BINS = 8


@dataclass(frozen=True, slots=True)
class Cut:
    """``bins`` to leave out at the start; ``settled`` is false where more might have to go."""

    bins: int
    settled: bool


def warm_up_cut(means: Sequence[float | None]) -> Cut:
    """The cut that minimises variance/n of what remains, at most half of it.

    ``means`` are those of the logarithms of response times, bin after bin, None for a bin
    without any. A cut at one half means that the run has not settled yet.
    """
    known = [(place, mean) for place, mean in enumerate(means) if mean is not None]
    count = len(known)
    if count < FEWEST_BINS:
        return Cut(0, settled=True)
    half = count // 2
    best, least = 0, float("inf")
    total = squares = 0.0
    for number in range(count - 1, -1, -1):
        mean = known[number][1]
        total += mean
        squares += mean * mean
        kept = count - number
        if number <= half:
            spread = max(0.0, squares - total * total / kept) / (kept * kept)
            if spread <= least:
                best, least = number, spread
    return Cut(known[best][0] if best else 0, settled=best < half)
