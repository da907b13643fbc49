"""Requests by the moment they were due, counted against levels while they come in.

A request tells whether it is slower than a level once it is as old as the level, finished or not:
from then on its answer cannot change. A bin is *closed* for a level when all its requests are
that old, and only closed bins are counted. So young requests neither flatter the figures (the fast
ones among them are known first) nor spoil them.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from codeoptix_performance.verdict.sequential.warm_up import Cut, warm_up_cut

BIN = 0.1
"""Seconds."""
LONG = 1.0
"""Seconds in flight after which a request tells more than that it is young."""
_LOG_ENDLESS = math.log(60.0)
_ROUNDING = 1e-9


class Finished(NamedTuple):
    """One request that is over; ``due`` in seconds since the load began, ``seconds`` from there."""

    due: float
    seconds: float
    failed: bool


class Count(NamedTuple):
    """Requests whose answer to a question is known, and those that exceed."""

    observed: int
    exceeding: int

    @property
    def share(self) -> float:
        """Exceeding per observed, 0 without any."""
        return self.exceeding / self.observed if self.observed else 0.0


@dataclass(slots=True)
class Bin:
    """What was due in one bin; ``times`` of successes are sorted."""

    times: list[float] = field(default_factory=list)
    total: float = 0.0
    log_total: float = 0.0
    failed: int = 0
    finished_then: int = 0
    """Requests that finished in this bin, whenever they were due."""

    @property
    def finished(self) -> int:
        """Requests due here that are over."""
        return len(self.times) + self.failed


class _Ledger:
    """Counts of the closed bins of one level, summed up from the start."""

    def __init__(self) -> None:
        self.observed = [0]
        self.exceeding = [0]

    @property
    def closed(self) -> int:
        return len(self.observed) - 1


class DueBins:
    """One endpoint's requests, or all together. Levels are seconds, known from the start."""

    def __init__(self, levels: Iterable[float]) -> None:
        self.bins: list[Bin] = []
        self.waiting: dict[int, list[float]] = {}
        """Ages of the requests in flight, by the bin they were due in."""
        self.now = 0.0
        self.finished = 0
        self.failed = 0
        self.total = 0.0
        """Seconds of all successes together."""
        self.slowest = 0.0
        """Seconds of the slowest success."""
        self._ledgers = {level: _Ledger() for level in levels}
        self._ordered: list[float] = []
        self._cut: Cut | None = None

    def add(self, finished: Iterable[tuple[float, float, bool]]) -> None:
        """Takes requests that are over (``Finished``, or plain tuples alike), in any order."""
        failed_in: Counter[int] = Counter()
        finished_in: Counter[int] = Counter()
        times_in: defaultdict[int, list[float]] = defaultdict(list)
        for due, seconds, failed in finished:
            # bin_at, written out: this runs for every request of a load
            place = int(due / BIN + _ROUNDING) if due > 0 else 0
            finished_in[int((due + seconds) / BIN + _ROUNDING)] += 1
            if failed:
                failed_in[place] += 1
            else:
                times_in[place].append(seconds)
        for place, count in finished_in.items():
            self._bin(max(0, place)).finished_then += count
            self.finished += count
        for place, count in failed_in.items():
            self._bin(place).failed += count
            self.failed += count
        for place, times in times_in.items():
            self._take(self._bin(place), times)

    def _take(self, home: Bin, times: list[float]) -> None:
        """Successes that were due in one bin."""
        home.times += times
        home.times.sort()
        together = sum(times)
        home.total += together
        self.total += together
        home.log_total += sum(map(math.log, (max(each, 1e-6) for each in times)))
        self._ordered += times
        self.slowest = max([self.slowest, *times])

    def close(self, now: float, in_flight: Iterable[float]) -> None:
        """Closes what can be at ``now``; ``in_flight`` are the due moments of what is not over."""
        self.now = now
        self._cut = None
        self.waiting = {}
        for due in in_flight:
            place = bin_at(min(due, now))
            self.waiting.setdefault(place, []).append(max(0.0, now - due))
        unanswered = Counter({place: len(ages) for place, ages in self.waiting.items()})
        self._bin(bin_at(now))
        for level, ledger in self._ledgers.items():
            for place in range(ledger.closed, bins_before(now - level)):
                one = self.bins[place]
                observed = one.finished + unanswered[place]
                slow = observed - bisect_right(one.times, level)
                ledger.observed.append(ledger.observed[-1] + observed)
                ledger.exceeding.append(ledger.exceeding[-1] + slow)

    def count(self, level: float, first: int = 0) -> Count:
        """Of requests due in bin ``first`` or later, those slower than ``level`` or failed."""
        ledger = self._ledgers[level]
        start = min(first, ledger.closed)
        return Count(
            ledger.observed[-1] - ledger.observed[start],
            ledger.exceeding[-1] - ledger.exceeding[start],
        )

    def closed(self, level: float) -> int:
        """How many bins are closed for ``level``."""
        return self._ledgers[level].closed

    def own_quantile(self, q: float) -> float:
        """Seconds that a share of ``q`` of the successes did not exceed; there must be one."""
        self._ordered.sort()
        return self._ordered[min(len(self._ordered) - 1, int(q * len(self._ordered)))]

    def warm_up(self) -> Cut:
        """Where the warm-up ends, as far as can be told now."""
        if self._cut is None:
            self._cut = warm_up_cut(self._mean_logs())
        return self._cut

    def _mean_logs(self) -> list[float | None]:
        """Bin by bin, the mean logarithm of seconds, None where none are known.

        A request in flight for ``LONG`` seconds counts as endless, so that a slow start shows
        before it is over, and an app that hangs looks steady rather than ever faster.
        """
        totals = [one.log_total for one in self.bins]
        counts = [len(one.times) for one in self.bins]
        for place, ages in self.waiting.items():
            endless = sum(age >= LONG for age in ages)
            totals[place] += endless * _LOG_ENDLESS
            counts[place] += endless
        return [
            total / count if count else None for total, count in zip(totals, counts, strict=True)
        ]

    @property
    def greatest(self) -> float:
        """Seconds of the slowest success, or of a request in flight that is older."""
        waiting = (age for ages in self.waiting.values() for age in ages)
        return max(self.slowest, max(waiting, default=0.0))

    def slower(self, seconds: float) -> int:
        """Successes that took longer than ``seconds``."""
        if self.slowest <= seconds:
            return 0
        return sum(len(one.times) - bisect_right(one.times, seconds) for one in self.bins)

    @property
    def answered(self) -> int:
        """Successes."""
        return self.finished - self.failed

    def _bin(self, place: int) -> Bin:
        while len(self.bins) <= place:
            self.bins.append(Bin())
        return self.bins[place]


def bin_at(moment: float) -> int:
    """The bin that holds ``moment``; what was due before the start is in the first."""
    return max(0, int(moment / BIN + _ROUNDING))


def bins_before(moment: float) -> int:
    """How many bins are over at ``moment``: those before the one that holds it."""
    return bin_at(moment)


def first_bin_from(moment: float) -> int:
    """The first bin that begins at ``moment`` or later."""
    return max(0, math.ceil(moment / BIN - _ROUNDING))
