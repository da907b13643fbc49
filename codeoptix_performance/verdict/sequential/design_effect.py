"""How much less correlated requests tell than as many independent ones would."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate, pairwise

FEWEST_BATCHES = 4
FEWEST_NEIGHBOURS = 8
_MOST_LIKENESS = 0.9
BATCH_LENGTHS = (2, 5, 10, 20)
"""In bins: 0.2, 0.5, 1 and 2 seconds."""


def design_effect(observed: Sequence[int], exceeding: Sequence[int]) -> float:
    """Variance of the exceedances per batch against that of independent requests; at least 1.

    Both sequences count by bin of time, one after the other. The worst over ``BATCH_LENGTHS`` of
    those that give ``FEWEST_BATCHES``. Dividing counts by it leaves what they are worth.
    """
    total = sum(observed)
    share = sum(exceeding) / total if total else 0.0
    if not 0 < share < 1:
        return 1.0
    surplus = [slow - share * count for count, slow in zip(observed, exceeding, strict=True)]
    summed = list(accumulate(surplus, initial=0.0))
    effects = (
        _effect(summed, length, total, share)
        for length in BATCH_LENGTHS
        if len(surplus) // length >= FEWEST_BATCHES
    )
    return max(1.0, *effects) if len(surplus) // BATCH_LENGTHS[0] >= FEWEST_BATCHES else 1.0


def _effect(summed: Sequence[float], length: int, total: int, share: float) -> float:
    """``summed`` up to each bin; the last, shorter batch is left out."""
    sums = [after - before for before, after in pairwise(summed[::length])]
    batches = len(sums)
    centre = sum(sums) / batches
    apart = [one - centre for one in sums]
    squares = sum(one * one for one in apart)
    per_batch = total * length / (len(summed) - 1)
    return _memory(apart, squares) * squares / (batches - 1) / (per_batch * share * (1 - share))


def _memory(apart: Sequence[float], squares: float) -> float:
    """(1 + r)/(1 - r) for batches that resemble their neighbours at a correlation of r.

    What lasts longer than a batch shows no other way. Too few batches give no r worth having.
    """
    if len(apart) < FEWEST_NEIGHBOURS:
        return 1.0
    alike = likeness_of_neighbours(apart, squares)
    return (1 + alike) / (1 - alike)


def likeness_of_neighbours(apart: Sequence[float], squares: float) -> float:
    """Lag-1 correlation of deviations from a mean, whose ``squares`` are summed up; 0 to 0.9."""
    if not squares:
        return 0.0
    lagged = math.fsum(one * after for one, after in pairwise(apart))
    return min(_MOST_LIKENESS, max(0.0, lagged / squares))
