"""How strongly counts and means speak against a limit, however often one looks.

Each figure is the logarithm of an e-value: a bet against "the truth lies on the limit" whose
expected worth never grows while that is true. The chance that it *ever* reaches 1/LEVEL is at
most LEVEL (Ville's inequality), so a run may look after every request and stop at the first clear
answer.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache

from codeoptix_performance.verdict.sequential.design_effect import likeness_of_neighbours

LEVEL = 1e-3
"""Greatest chance that requests drawn alike and apart decide a limit against the truth."""
FEWEST_BATCHES = 8
_PRIOR_REQUESTS = 10.0
_PRIOR_EFFECTS = (1.0, 25.0)
_MOST_REQUESTS = 10**9
_ROUNDING = 1e-12
"""Variance per squared mean below which batches are equal but for rounding."""


def bar(tests: int = 1) -> float:
    """The log evidence that decides, where ``tests`` limits could each be wronged by chance."""
    return math.log(tests / LEVEL)


def log_evidence(observed: float, exceeding: float, share: float) -> float:
    """Log evidence that the true share of exceeding requests is not ``share`` (0 < share < 1).

    Which side it is on, ``exceeding / observed`` says. Counts may be fractions, as they are
    once divided by a design effect. The bet is a Beta(10·share, 10·(1 - share)) mixture.
    """
    a, b = _PRIOR_REQUESTS * share, _PRIOR_REQUESTS * (1 - share)
    kept = observed - exceeding
    return (
        math.lgamma(a + exceeding)
        + math.lgamma(b + kept)
        - math.lgamma(_PRIOR_REQUESTS + observed)
        - _log_beta(a, b)
        - exceeding * math.log(share)
        - kept * math.log1p(-share)
    )


def log_evidence_of_mean(deviations: Sequence[float]) -> float:
    """Log evidence that batches deviate from 0 in the mean; 0 for fewer than ``FEWEST_BATCHES``.

    A t-test mixed over effect sizes (normal, of variance 1 or 25 with even chances), which needs
    no variance to be known. Batches that resemble their neighbours count as fewer:
    k·(1 - r)/(1 + r) at a lag-1 correlation r.
    """
    count = len(deviations)
    if count < FEWEST_BATCHES:
        return 0.0
    mean = math.fsum(deviations) / count
    apart = [deviation - mean for deviation in deviations]
    variance = math.fsum(one * one for one in apart) / count
    if not mean:
        return 0.0
    alike = mean * mean * _ROUNDING
    likeness = likeness_of_neighbours(apart, count * variance) if variance > alike else 0.0
    effective = count * (1 - likeness) / (1 + likeness)
    t_squared = mean * mean / max(variance, alike)
    near, far = (_log_t_mixture(effective, t_squared, effect) for effect in _PRIOR_EFFECTS)
    most = max(near, far)
    return most + math.log((math.exp(near - most) + math.exp(far - most)) / 2)


def _log_t_mixture(count: float, t_squared: float, effect: float) -> float:
    spread = 1 + count * effect
    gain = math.log1p(t_squared) - math.log1p(t_squared / spread)
    return count / 2 * gain - math.log(spread) / 2


@lru_cache(maxsize=256)
def clean_requests(share: float) -> int | None:
    """Requests without one exceeding that prove a share below ``share``; None at 0: none can."""
    if share <= 0:
        return None
    return _first_deciding(1, lambda count: log_evidence(count, 0, min(share, 1 - 1e-9)))


def requests_needed(observed: int, exceeding: int, share: float) -> int | None:
    """Requests in all that would decide, if they went on exceeding at the share seen so far.

    None where no number would: at ``share`` itself, or where ``share`` is 0 and none exceeded.
    """
    if not exceeding:
        return clean_requests(share)
    if not 0 < share < 1:
        return None
    seen = exceeding / observed
    return _first_deciding(observed, lambda count: log_evidence(count, count * seen, share))


def _first_deciding(fewest: int, evidence: Callable[[int], float]) -> int | None:
    """The least count from ``fewest`` on whose evidence reaches the bar; evidence grows."""
    needed = bar()
    low, high = fewest, fewest
    while evidence(high) < needed:
        low, high = high + 1, high * 2
        if high > _MOST_REQUESTS:
            return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if evidence(middle) >= needed else (middle + 1, high)
    return low


@lru_cache(maxsize=256)
def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
