"""A run's figures where its requests were too many to keep: from histograms and seconds."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from codeoptix_performance.load.engine import LoadReport
from codeoptix_performance.measurement.account import RunTimes, Second, Stretch
from codeoptix_performance.measurement.histogram import Histogram
from codeoptix_performance.measurement.latencies import Latencies
from codeoptix_performance.measurement.ledger import Ledger
from codeoptix_performance.measurement.samples import Samples
from codeoptix_performance.measurement.ticks import to_seconds

_SAME_STAGE = 0.5
"""Seconds by which a stage of the plan may differ from the stage that was run."""


class FoldedAccount:
    """See ``Account``. ``begun`` requests were told, of which the last ``waiting`` never left.

    A stretch has the whole seconds whose middle lies in it.
    """

    def __init__(
        self,
        samples: tuple[Samples, ...],
        ledger: Ledger,
        begun: int,
        waiting: int,
        report: LoadReport,
    ) -> None:
        self._samples = samples
        self._ledger = ledger
        self._report = report
        rows = ledger.seconds
        self._due = _by_second(rows.due_before, begun, len(rows))
        sent = _by_second(rows.sent_before, begun - waiting, len(rows))
        self._sent = [begun - unsent for begun, unsent in zip(sent, rows.unsent, strict=True)]

    @property
    def stopped_at(self) -> float:
        """See ``Account``."""
        return self._report.stopped_at

    def times(self, endpoints: Sequence[int]) -> RunTimes:
        """See ``Account``."""
        responses = _merged(self._ledger.responses[number] for number in endpoints).times()
        if all(self._ledger.services[number] is None for number in endpoints):
            return RunTimes(responses, responses)
        services = _merged(
            self._ledger.services[number] or self._ledger.responses[number] for number in endpoints
        )
        return RunTimes(responses, services.times())

    def finished_from(self, endpoint: int, moment: float) -> tuple[int, int]:
        """See ``Account``; known for the whole run, and from the moment most users were active."""
        samples, mark = self._samples[endpoint], self._ledger.mark
        if moment < mark.at:
            return len(samples), samples.failures
        return len(samples) - mark.finished[endpoint], samples.failures - mark.failures[endpoint]

    def stretch(self, begins_at: float, ends_at: float) -> Stretch:
        """See ``Account``; percentiles are None in a stretch that is no stage of the plan."""
        rows = self._ledger.seconds
        first = self._row_from(begins_at)
        end = len(rows) if ends_at >= self._report.stopped_at else self._row_from(ends_at)
        failures = sum(rows.failures[first:end])
        successes = self._successes(begins_at, ends_at)
        latencies = Latencies(successes.times(), failures, ()) if successes else None
        return Stretch(
            sent=sum(self._sent[first:end]),
            requests=sum(rows.finished[first:end]),
            failures=failures,
            p50=latencies.quantile(0.50) if latencies else None,
            p95=latencies.quantile(0.95) if latencies else None,
        )

    def seconds(self, count: int) -> list[Second]:
        """See ``Account``; seconds count from the first event, a moment after the start."""
        rows = self._ledger.seconds
        seconds = [Second(0, 0, 0, None, None)] * count
        shift = max(0, int(self._ledger.origin - self._report.started_at))
        for number, due in enumerate(self._due):
            finished, failures = rows.finished[number], rows.failures[number]
            known = finished > failures
            place = min(number + shift, count - 1)
            earlier = seconds[place]
            seconds[place] = Second(
                due=earlier.due + due,
                requests=earlier.requests + finished,
                failures=earlier.failures + failures,
                p50=to_seconds(rows.p50[number]) if known else earlier.p50,
                p95=to_seconds(rows.p95[number]) if known else earlier.p95,
            )
        return seconds

    def _row_from(self, moment: float) -> int:
        """The first row whose middle is not before the moment."""
        elapsed = moment - self._ledger.origin
        return bisect_left(range(len(self._ledger.seconds)), elapsed, key=lambda row: row + 0.5)

    def _successes(self, begins_at: float, ends_at: float) -> Histogram | None:
        ends, planned_from = self._ledger.stage_ends, self._ledger.planned_from
        for begin, end, successes in zip((0.0, *ends), ends, self._ledger.stages, strict=False):
            same_begin = abs(planned_from + begin - begins_at) < _SAME_STAGE
            planned_end = planned_from + end
            if (
                same_begin
                and abs(min(planned_end, self._report.stopped_at) - ends_at) < _SAME_STAGE
            ):
                return successes
        return None


def _by_second(before: Sequence[int], total: int, count: int) -> list[int]:
    """How many in each of ``count`` seconds, given how many before the end of those on record.

    What came later is in the last.
    """
    ends = [*before[: count - 1], *[total] * (count - min(len(before), count - 1))]
    return [
        min(end, total) - min(start, total) for start, end in zip((0, *ends), ends, strict=False)
    ]


def _merged(histograms: Iterable[Histogram]) -> Histogram:
    merged = Histogram()
    for histogram in histograms:
        merged.merge(histogram)
    return merged
