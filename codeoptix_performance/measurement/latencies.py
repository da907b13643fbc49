"""Response times of one endpoint, with those that have no time yet."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from codeoptix_performance.measurement.times import Times


@dataclass(frozen=True, slots=True)
class Latencies:
    """Times in seconds, ascending, beside the requests that never got one.

    ``successes`` are a tuple or ``Times``: every single time, or a histogram that answers the same.
    A failed request counts as slower than any limit. A request still in flight when the run ended
    counts as at least as slow as it was old then, and only if it is older than the limit asked
    about: a young one says nothing yet.
    """

    successes: Sequence[float]
    failures: int
    in_flight: tuple[float, ...]

    @property
    def exact(self) -> bool:
        """Every time is known; where not, it is at most half a percent from what it was."""
        return not isinstance(self.successes, Times) or self.successes.exact

    @property
    def finished(self) -> int:
        """Requests that were answered or failed."""
        return len(self.successes) + self.failures

    def overdue(self, limit: float) -> int:
        """Requests in flight that are already older than ``limit`` seconds."""
        return len(self.in_flight) - bisect_right(self.in_flight, limit)

    def observed(self, limit: float) -> int:
        """Requests that tell something about ``limit``: finished, or overdue."""
        return self.finished + self.overdue(limit)

    def exceedances(self, limit: float) -> int:
        """Requests slower than ``limit`` seconds: successes over it, failures, and overdue ones."""
        over = len(self.successes) - bisect_right(self.successes, limit)
        return over + self.failures + self.overdue(limit)

    def quantile(self, q: float, limit: float = math.inf) -> float | None:
        """Nearest-rank quantile: the ⌈q·n⌉-th smallest of n, in seconds; None without data.

        Failures count as infinitely slow; requests in flight older than ``limit`` with their age.
        """
        aged = self._aged(limit)
        timed = len(self.successes) + len(aged)
        count = timed + self.failures
        if not count:
            return None
        rank = max(1, math.ceil(q * count - 1e-9))
        return _smallest(rank, self.successes, aged) if rank <= timed else math.inf

    def mean(self, limit: float = math.inf) -> float | None:
        """Mean seconds of successes and of requests in flight older than ``limit``."""
        aged = self._aged(limit)
        count = len(self.successes) + len(aged)
        return (_sum(self.successes) + math.fsum(aged)) / count if count else None

    def greatest(self, limit: float = math.inf) -> float | None:
        """Greatest seconds of successes and of requests in flight older than ``limit``."""
        times = [*self.successes[-1:], *self._aged(limit)[-1:]]
        return max(times) if times else None

    def least(self) -> float | None:
        """Least seconds of the successes."""
        return self.successes[0] if self.successes else None

    def _aged(self, limit: float) -> tuple[float, ...]:
        return self.in_flight[len(self.in_flight) - self.overdue(limit) :]


def _sum(seconds: Sequence[float]) -> float:
    return seconds.sum() if isinstance(seconds, Times) else math.fsum(seconds)


def _smallest(rank: int, times: Sequence[float], ages: Sequence[float]) -> float:
    """The ``rank``-th smallest, from 1, of two ascending rows that may be long."""

    def rank_of_age(place: int) -> int:
        return place + 1 + bisect_right(times, ages[place])

    among = bisect_right(range(len(ages)), rank, key=rank_of_age)
    if among and rank_of_age(among - 1) == rank:
        return ages[among - 1]
    return times[rank - among - 1]
