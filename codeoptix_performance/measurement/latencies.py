"""Response times of one endpoint, with those that have no time yet."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from statistics import fmean


@dataclass(frozen=True, slots=True)
class Latencies:
    """Response times in seconds, sorted, beside the requests that never got one.

    A failed request counts as slower than any limit. A request still in flight when the run ended
    counts as at least as slow as it was old then, and only if it is older than the limit asked
    about: a young one says nothing yet.
    """

    successes: tuple[float, ...]
    failures: int
    in_flight: tuple[float, ...]

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
        aged = self.in_flight[len(self.in_flight) - self.overdue(limit) :]
        times = sorted((*self.successes, *aged)) if aged else self.successes
        count = len(times) + self.failures
        if not count:
            return None
        rank = max(1, math.ceil(q * count - 1e-9))
        return times[rank - 1] if rank <= len(times) else math.inf

    def mean(self, limit: float = math.inf) -> float | None:
        """Mean seconds of successes and of requests in flight older than ``limit``."""
        times = (*self.successes, *self.in_flight[len(self.in_flight) - self.overdue(limit) :])
        return fmean(times) if times else None

    def greatest(self, limit: float = math.inf) -> float | None:
        """Greatest seconds of successes and of requests in flight older than ``limit``."""
        times = (*self.successes[-1:], *(self.in_flight[-1:] if self.overdue(limit) else ()))
        return max(times) if times else None

    def least(self) -> float | None:
        """Least seconds of the successes."""
        return self.successes[0] if self.successes else None
