"""Limits that allow a share of requests to exceed: percentiles of time, and failures."""

from __future__ import annotations

import math
from bisect import bisect_right
from typing import NamedTuple

from codeoptix_performance.verdict.sequential.design_effect import design_effect
from codeoptix_performance.verdict.sequential.due_bins import LONG, Count, DueBins
from codeoptix_performance.verdict.sequential.evidence_value import log_evidence
from codeoptix_performance.verdict.sequential.ladder import FACTORS

_OWN_QUANTILES = (0.75, 0.95)
_STALE = 1.1
_SHORT_WARM_UP = 0.2
"""Of the run; a longer one may as well be a slow wave."""


class _Effect(NamedTuple):
    at: float
    effect: float


class PercentileFigure:
    """The share of requests slower than ``limit`` seconds, which shall be below ``allowed``."""

    def __init__(self, bins: DueBins, limit: float, allowed: float) -> None:
        self._bins = bins
        self._limit = limit
        self._allowed = allowed
        self._effects: dict[int, _Effect] = {}

    @staticmethod
    def levels(limit: float) -> tuple[float, ...]:
        """The seconds it will ask the bins about."""
        return tuple(limit * factor for factor in FACTORS)

    def is_within(self, factor: float) -> bool:
        """The nearest-rank percentile of the whole run is at most ``factor`` limits."""
        return self._bins.count(self._limit * factor).share <= self._allowed

    def proof_below(self, factor: float, first: int, *, correlated: bool) -> float:
        """Evidence that fewer than allowed are slower than ``factor`` limits."""
        count = self._bins.count(self._limit * factor, first)
        if count.share >= self._allowed:
            return 0.0
        return _evidence(count, self._allowed, self._effect(first) if correlated else 1.0)

    def proof_above(self, factor: float, first: int, *, correlated: bool) -> float:
        """Evidence that more than allowed are slower than ``factor`` limits."""
        count = self._bins.count(self._limit * factor, first)
        if count.share <= self._allowed:
            return 0.0
        return _evidence(count, self._allowed, self._effect(first) if correlated else 1.0)

    def _effect(self, first: int) -> float:
        """The design effect, looked at anew once a tenth of the time has passed."""
        known = self._effects.get(first)
        if known is None or self._bins.now > known.at * _STALE:
            known = _Effect(self._bins.now, self._fresh_effect(first))
            self._effects = {first: known, **dict(list(self._effects.items())[:1])}
        return known.effect

    def _fresh_effect(self, first: int) -> float:
        """The worst over two quantiles of its own times: at the limit there may be no events.

        A short warm-up is no noise that could come again, so it is left out.
        """
        if not self._bins.answered:
            return 1.0
        end = self._bins.closed(self._limit)
        cut = self._bins.warm_up().bins
        begin = max(first, cut) if cut <= end * _SHORT_WARM_UP else first
        bins = self._bins.bins[begin:end]
        observed = [one.finished for one in bins]
        return max(
            design_effect(observed, [one.finished - bisect_right(one.times, own) for one in bins])
            for own in map(self._bins.own_quantile, _OWN_QUANTILES)
        )


class FailureFigure:
    """The share of requests that fail, which shall be below ``allowed``.

    Failures are told from successes at once, so it needs no ladder of distances: a pass needs
    proof at the limit itself, and an early fail twice the limit.
    """

    def __init__(self, bins: DueBins, allowed: float) -> None:
        self._bins = bins
        self._allowed = allowed

    def is_within(self, factor: float) -> bool:
        """The failure rate of the whole run is at most ``factor`` limits."""
        return self.count(0).share <= self._allowed * factor

    def count(self, first: int) -> Count:
        """Finished requests that were due in bin ``first`` or later, and the failed ones."""
        if not first:
            return Count(self._bins.finished, self._bins.failed)
        bins = self._bins.bins[first:]
        return Count(sum(one.finished for one in bins), sum(one.failed for one in bins))

    def proof_below(self, first: int) -> float:
        """Evidence for fewer failures than allowed, were all that hang to fail."""
        finished, failed = self.count(first)
        hanging = sum(
            age > LONG
            for place, ages in self._bins.waiting.items()
            if place >= first
            for age in ages
        )
        count = Count(finished + hanging, failed + hanging)
        if count.share >= self._allowed:
            return 0.0
        return _evidence(count, self._allowed, self._effect(first))

    def proof_above(self, *, correlated: bool) -> float:
        """Evidence for more failures than allowed."""
        count = self.count(0)
        if count.share <= self._allowed:
            return 0.0
        return _evidence(count, self._allowed, self._effect(0) if correlated else 1.0)

    def _effect(self, first: int) -> float:
        if not self._bins.failed:
            return 1.0
        bins = self._bins.bins[first:]
        return design_effect([one.finished for one in bins], [one.failed for one in bins])


def _evidence(count: Count, allowed: float, effect: float) -> float:
    if not count.observed or not 0 < allowed < 1:
        return -math.inf
    return log_evidence(count.observed / effect, count.exceeding / effect, allowed)
