"""A run's figures from every single request."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import chain

from codeoptix_performance.load.engine import LoadReport
from codeoptix_performance.measurement.account import RunTimes, Second, Stretch
from codeoptix_performance.measurement.latencies import Latencies
from codeoptix_performance.measurement.recorder import Unfinished
from codeoptix_performance.measurement.samples import Columns, Excerpt, Samples
from codeoptix_performance.measurement.times import exact_times


class ExactAccount:
    """See ``Account``. Of the ``unfinished`` requests the last ``waiting`` were never sent."""

    def __init__(
        self,
        samples: tuple[Samples, ...],
        unfinished: Sequence[Unfinished],
        waiting: int,
        report: LoadReport,
    ) -> None:
        self._samples = samples
        self._report = report
        self._due_unfinished = [request.due for request in unfinished]
        left = unfinished[: max(0, len(unfinished) - waiting)]
        sent = chain.from_iterable(each.sent for each in samples)
        self._sent = array("d", sorted(chain(sent, (request.sent for request in left))))

    @property
    def stopped_at(self) -> float:
        """See ``Account``."""
        return self._report.stopped_at

    def times(self, endpoints: Sequence[int]) -> RunTimes:
        """See ``Account``."""
        chosen = [self._samples[number] for number in endpoints]
        excerpts = [samples.excerpt(samples.columns, slice(None)) for samples in chosen]
        responses = exact_times(_responses(excerpts))
        if all(each.services is each.responses for each in excerpts):
            return RunTimes(responses, responses)
        services = exact_times(chain.from_iterable(each.services for each in excerpts))
        return RunTimes(responses, services)

    def finished_from(self, endpoint: int, moment: float) -> tuple[int, int]:
        """See ``Account``."""
        samples = self._samples[endpoint]
        first = samples.columns.first_finished_from(moment)
        counted = samples.excerpt(samples.columns, slice(first, None))
        return counted.requests, counted.failures

    def stretch(self, begins_at: float, ends_at: float) -> Stretch:
        """See ``Account``."""
        last = ends_at >= self._report.stopped_at
        excerpts = [
            _finished_between(samples, begins_at, None if last else ends_at)
            for samples in self._samples
        ]
        failures = sum(each.failures for each in excerpts)
        successes = exact_times(_responses(excerpts))
        latencies = Latencies(successes, failures, ())
        sent_before = len(self._sent) if last else bisect_left(self._sent, ends_at)
        return Stretch(
            sent=sent_before - bisect_left(self._sent, begins_at),
            requests=sum(each.requests for each in excerpts),
            failures=failures,
            p50=latencies.quantile(0.50),
            p95=latencies.quantile(0.95),
        )

    def seconds(self, count: int) -> list[Second]:
        """See ``Account``."""
        started_at = self._report.started_at
        due = [0] * count
        moments = chain.from_iterable(samples.columns.due for samples in self._samples)
        for moment in chain(moments, self._due_unfinished):
            second = int(moment - started_at)
            due[second if 0 <= second < count else 0 if second < 0 else count - 1] += 1
        ends = [started_at + number for number in range(1, count)]
        parts = [_finished_by(samples, ends) for samples in self._samples]
        return [_second(*each) for each in zip(due, zip(*parts, strict=True), strict=True)]


def _finished_by(samples: Samples, ends: Sequence[float]) -> list[Excerpt]:
    """What finished before the first of these moments, up to each of the others, and after it."""
    columns: Columns = samples.columns
    firsts = [columns.first_finished_from(moment) for moment in ends]
    limits = zip([0, *firsts], [*firsts, len(columns)], strict=True)
    return [samples.excerpt(columns, slice(first, end)) for first, end in limits]


def _finished_between(samples: Samples, begins_at: float, ends_at: float | None) -> Excerpt:
    columns: Columns = samples.columns
    end = None if ends_at is None else columns.first_finished_from(ends_at)
    return samples.excerpt(columns, slice(columns.first_finished_from(begins_at), end))


def _second(due: int, finished: Sequence[Excerpt]) -> Second:
    latencies = Latencies(exact_times(_responses(finished)), 0, ())
    return Second(
        due=due,
        requests=sum(each.requests for each in finished),
        failures=sum(each.failures for each in finished),
        p50=latencies.quantile(0.50),
        p95=latencies.quantile(0.95),
    )


def _responses(excerpts: Sequence[Excerpt]) -> Iterator[int]:
    return chain.from_iterable(each.responses for each in excerpts)
