"""What stays known of a run when its single requests are forgotten."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate

from codeoptix_performance.load.plan import LoadPlan
from codeoptix_performance.measurement.histogram import Histogram
from codeoptix_performance.measurement.latencies import Latencies
from codeoptix_performance.measurement.samples import Excerpt, Samples
from codeoptix_performance.measurement.ticks import to_ticks

MOST_EXACT = 1_000_000
"""So many requests of a run are kept one by one; with the next, only the ledger stays."""
LONG_RUN = 120.0
"""Seconds; a run planned to be longer keeps single requests of its first ``EXACT_SECONDS`` only.

So memory is flat from then on, whatever the rate. Not where a ``LoadTestShape`` steers: how long it
lasts, and where its stages end, is known afterwards only.
"""
EXACT_SECONDS = 60.0
FOLD_INTERVAL = 0.02
"""Seconds between two looks at what finished: each is short, and costs little per request."""
_RECENT_SECONDS = 5


@dataclass(frozen=True, slots=True)
class ClosedSecond:
    """A second that is over, with the times of its successes."""

    begins_at: float
    requests: int
    successes: Histogram


@dataclass(frozen=True, slots=True)
class Mark:
    """What each endpoint had finished, and how much of it had failed, by the moment ``at``."""

    at: float
    finished: tuple[int, ...]
    failures: tuple[int, ...]


class Seconds:
    """The run second by second, in 36 bytes each: counts, and percentiles in ticks.

    ``due_before`` and ``sent_before`` hold how many were due, and had begun, by the end of each.
    """

    def __init__(self) -> None:
        self.finished = array("I")
        self.failures = array("I")
        self.unsent = array("I")
        self.p50 = array("I")
        self.p95 = array("I")
        self.due_before = array("Q")
        self.sent_before = array("Q")

    def __len__(self) -> int:
        return len(self.finished)


class Ledger:
    """Takes up what ``samples`` gain, from the thread that fills them.

    Seconds count from ``origin``, the moment of the first event, the plan's stages from
    ``planned_from``. Once there
    are more than ``most_exact`` requests, or a long run is under way for a minute, the samples are
    told to forget each that was taken up.
    """

    def __init__(self, plan: LoadPlan, samples: tuple[Samples, ...], most_exact: int) -> None:
        self.exact = True
        """Every request is still there."""
        self.origin = 0.0
        self.planned_from = 0.0
        self.responses = tuple(Histogram() for _ in samples)
        self.services: list[Histogram | None] = [None for _ in samples]
        """None where no request was late, so that they are the responses."""
        self.seconds = Seconds()
        stages = plan.arrivals.stages if plan.arrivals else plan.stages
        self.stage_ends = tuple(accumulate(stage.duration for stage in stages))
        self.stages = tuple(Histogram() for _ in stages)
        self.mark = Mark(0.0, (0,) * len(samples), (0,) * len(samples))
        """At the moment when most users were active."""
        self.recent: tuple[ClosedSecond, ...] = ()
        """The last seconds that are over; another thread may read it."""
        self._samples = samples
        self._most_exact = most_exact
        is_long = plan.own_shape is None and plan.run_time > LONG_RUN
        self._exact_until = EXACT_SECONDS if is_long else math.inf
        self._open_second()

    def open(self, at: float) -> None:
        """The run begins."""
        self.origin = at
        self.mark = Mark(at, self.mark.finished, self.mark.failures)

    def fold(self, at: float) -> float:
        """Takes all that finished before the moment ``at``; the moment to call it again."""
        for number, samples in enumerate(self._samples):
            excerpt = samples.take()
            if excerpt is not None:
                self._take(number, excerpt)
        if self.exact and self._is_long_enough(at):
            self.exact = False
        if not self.exact:
            for samples in self._samples:
                samples.forget()
        while at >= self.origin + len(self.seconds) + 1:
            self._close_second()
        return min(self.origin + len(self.seconds) + 1, at + FOLD_INTERVAL)

    def mark_peak(self, at: float) -> None:
        """More users than ever are active from now on."""
        self.fold(at)
        finished = tuple(map(len, self._samples))
        self.mark = Mark(at, finished, tuple(samples.failures for samples in self._samples))

    def close(self, at: float) -> None:
        """The run ends; the second under way is over as well."""
        self.fold(at)
        if at > self.origin + len(self.seconds):
            self._close_second()

    def _is_long_enough(self, at: float) -> bool:
        many = sum(map(len, self._samples)) > self._most_exact
        return many or at - self.origin >= self._exact_until

    def _take(self, number: int, excerpt: Excerpt) -> None:
        responses = Histogram.of(excerpt.responses)
        services = self.services[number]
        if services is None and excerpt.services is not excerpt.responses:
            services = self.services[number] = Histogram()
            services.merge(self.responses[number])
        if services is not None:
            services.merge(Histogram.of(excerpt.services))
        self.responses[number].merge(responses)
        self._successes.merge(responses)
        self._finished += excerpt.requests
        self._failures += excerpt.failures
        self._unsent += excerpt.unsent

    def _open_second(self) -> None:
        self._successes = Histogram()
        self._finished = self._failures = self._unsent = 0

    def _close_second(self) -> None:
        successes, number = self._successes, len(self.seconds)
        latencies = Latencies(successes.times(), 0, ())
        self.seconds.failures.append(self._failures)
        self.seconds.unsent.append(self._unsent)
        self.seconds.p50.append(to_ticks(latencies.quantile(0.50) or 0.0))
        self.seconds.p95.append(to_ticks(latencies.quantile(0.95) or 0.0))
        self.seconds.finished.append(self._finished)
        elapsed = self.origin + number + 0.5 - self.planned_from
        stage = bisect_right(self.stage_ends, elapsed)
        if elapsed >= 0 and stage < len(self.stages):
            self.stages[stage].merge(successes)
        closed = ClosedSecond(self.origin + number, self._finished, successes)
        self.recent = (*self.recent[1 - _RECENT_SECONDS :], closed)
        self._open_second()
