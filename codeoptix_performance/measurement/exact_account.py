"""A run's figures from every single request."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Sequence
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
        responses = exact_times(chain.from_iterable(each.responses for each in excerpts))
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
        successes = exact_times(chain.from_iterable(each.responses for each in excerpts))
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
        successes = [array("I") for _ in range(count)]
        due, failures = [0] * count, [0] * count
        for samples in self._samples:
            columns, failed = samples.columns, samples.failed
            for number, moment in enumerate(columns.due):
                due[self._second_of(moment, count)] += 1
                second = self._second_of(columns.finish(number), count)
                if failed[number]:
                    failures[second] += 1
                else:
                    successes[second].append(columns.response[number])
        for moment in self._due_unfinished:
            due[self._second_of(moment, count)] += 1
        return [_second(*each) for each in zip(due, failures, successes, strict=True)]

    def _second_of(self, moment: float, count: int) -> int:
        return min(max(int(moment - self._report.started_at), 0), count - 1)


def _finished_between(samples: Samples, begins_at: float, ends_at: float | None) -> Excerpt:
    columns: Columns = samples.columns
    end = None if ends_at is None else columns.first_finished_from(ends_at)
    return samples.excerpt(columns, slice(columns.first_finished_from(begins_at), end))


def _second(due: int, failures: int, successes: array[int]) -> Second:
    latencies = Latencies(exact_times(successes), 0, ())
    requests = failures + len(successes)
    return Second(due, requests, failures, latencies.quantile(0.50), latencies.quantile(0.95))
