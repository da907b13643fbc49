"""Limits on a mean: average response time, and requests per second."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise

from codeoptix_performance.verdict.sequential.due_bins import BIN, Bin, DueBins, bins_before
from codeoptix_performance.verdict.sequential.evidence_value import (
    log_evidence,
    log_evidence_of_mean,
)

_BATCHES = 15
"""At least so many, once there are so many bins."""
_WIDEST = 5
"""Bins: what lasts longer than half a second is left to the likeness of neighbours."""
_OLD_ENOUGH = 1.5
"""Times the figure in question: an age below it would speak for less than is known."""
_FAR = 4.0
_SHARE_THAT_IS_FAR = 1 / _FAR
"""If more than a quarter take longer than four limits, the mean is over the limit."""


class MeanFigure:
    """The mean response time of answered requests, which shall be below ``limit`` seconds.

    A request in flight older than the limit takes part: with its age where the mean could be too
    high, with ``timeout`` seconds where it could be low enough.
    """

    def __init__(self, bins: DueBins, limit: float, timeout: float) -> None:
        self._bins = bins
        self._limit = limit
        self._timeout = timeout

    @staticmethod
    def levels(limit: float) -> tuple[float, ...]:
        """The seconds it will ask the bins about."""
        return (limit * _FAR,)

    def is_within(self, factor: float) -> bool:
        """The mean of the whole run is at most ``factor`` limits; it never is without any."""
        overdue = [age for place in self._bins.waiting for age in self._overdue(place)]
        total, count = self._bins.total + sum(overdue), self._bins.answered + len(overdue)
        return total <= factor * self._limit * count if count else not self._bins.failed

    def proof_below(self, factor: float, first: int, *, correlated: bool) -> float:  # noqa: ARG002 # batches allow for it
        """Evidence for a mean below ``factor`` limits."""
        last = bins_before(self._bins.now - self._limit)
        return -min(0.0, self._evidence(factor, first, last, lambda _: self._timeout))

    def proof_above(self, factor: float, first: int, *, correlated: bool) -> float:  # noqa: ARG002 # as above
        """Evidence for a mean above ``factor`` limits, or for so many far above that it must be."""
        last = bins_before(self._bins.now - _OLD_ENOUGH * factor * self._limit)
        seen = self._evidence(factor, first, last, lambda age: age)
        return max(0.0, seen, self._far_above(first))

    def _evidence(
        self, factor: float, first: int, last: int, worth: Callable[[float], float]
    ) -> float:
        """Above 0 for a mean above ``factor`` limits, below 0 for one below."""
        target = factor * self._limit
        return signed_evidence([mean - target for mean in self._means(first, last, worth)])

    def _means(self, first: int, last: int, worth: Callable[[float], float]) -> list[float]:
        """Mean seconds of each batch in which something was due."""
        bins = self._bins.bins[first:last]
        totals, counts = [one.total for one in bins], [len(one.times) for one in bins]
        for place in self._bins.waiting:
            if first <= place < last:
                overdue = self._overdue(place)
                totals[place - first] += sum(map(worth, overdue))
                counts[place - first] += len(overdue)
        batches = zip(in_batches(totals), in_batches(counts), strict=True)
        return [total / count for total, count in batches if count]

    def _overdue(self, place: int) -> list[float]:
        return [age for age in self._bins.waiting.get(place, ()) if age > self._limit]

    def _far_above(self, first: int) -> float:
        far = self._bins.count(self._limit * _FAR, first)
        if far.share <= _SHARE_THAT_IS_FAR:
            return 0.0
        return log_evidence(far.observed, far.exceeding, _SHARE_THAT_IS_FAR)


class RateFigure:
    """Requests finished per second, which shall exceed ``limit``; ``factor`` divides it."""

    def __init__(self, bins: DueBins, limit: float) -> None:
        self._bins = bins
        self._limit = limit
        self.first = 0
        """The first bin in which all planned users were active."""

    def is_within(self, factor: float) -> bool:
        """The rate is at least the limit divided by ``factor``."""
        seen = self._steady(self.first)
        return sum(one.finished_then for one in seen) >= self._limit / factor * len(seen) * BIN

    def proof_below(self, factor: float, first: int, *, correlated: bool) -> float:  # noqa: ARG002 # as above
        """Evidence for more than the limit divided by ``factor``."""
        return max(0.0, self._evidence(factor, first))

    def proof_above(self, factor: float, first: int, *, correlated: bool) -> float:  # noqa: ARG002 # as above
        """Evidence for less than the limit divided by ``factor``."""
        return -min(0.0, self._evidence(factor, first))

    def _evidence(self, factor: float, first: int) -> float:
        """Above 0 for a higher rate."""
        per_bin = self._limit / factor * BIN
        steady = [one.finished_then - per_bin for one in self._steady(first)]
        return signed_evidence(in_batches(steady))

    def _steady(self, first: int) -> list[Bin]:
        """The last bin is still filling."""
        return self._bins.bins[max(first, self.first) : -1]


def in_batches(bins: Sequence[float]) -> list[float]:
    """Sums of as many neighbours as leave enough batches; a rest too short for one is left out."""
    width = max(1, min(_WIDEST, len(bins) // _BATCHES))
    summed = list(accumulate(bins, initial=0.0))[::width]
    return [after - before for before, after in pairwise(summed)]


def signed_evidence(batches: list[float]) -> float:
    """Log evidence that batches deviate from 0 in the mean, negative where they are below it."""
    evidence = max(0.0, log_evidence_of_mean(batches))
    return evidence if sum(batches) > 0 else -evidence
