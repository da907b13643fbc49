"""When requests fall due under open load."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from codeoptix_performance.load.plan import Arrivals
from codeoptix_performance.settings.stages import segments


def arrival_times(arrivals: Arrivals, seed: int) -> Iterator[float]:
    """Seconds after the start, ascending: the same for the same plan and seed.

    With a level λ(t) of requests per second, request k falls due when ∫ λ dt reaches k: evenly
    spaced for a constant level. For a Poisson process k is replaced by the sum of k + 1 draws from
    an exponential distribution of mean 1 (time change of a unit-rate process).
    """
    counts = _poisson_counts(seed) if arrivals.poisson else _even_counts()
    count, area = next(counts), 0.0
    for segment in segments(arrivals.stages):
        whole = segment.area(segment.duration)
        while count < area + whole:
            yield segment.begins + min(segment.inside_at(count - area), segment.duration)
            count = next(counts)
        area += whole


def _even_counts() -> Iterator[float]:
    count = 0.0
    while True:
        yield count
        count += 1.0


def _poisson_counts(seed: int) -> Iterator[float]:
    draw = Random(f"{seed}/arrivals").expovariate  # noqa: S311 # repeatable, not secret
    count = 0.0
    while True:
        count += draw(1.0)
        yield count
