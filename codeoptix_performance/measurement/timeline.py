"""The run, second by second."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from codeoptix_performance.load.engine import LoadReport
from codeoptix_performance.measurement.latencies import Latencies
from codeoptix_performance.measurement.measurement import Moment
from codeoptix_performance.measurement.recorder import Recorder

SLIVER = 0.1
"""Seconds; a run that ends so little into a second gets no row for it, its last row is longer."""


def timeline(recorder: Recorder, report: LoadReport) -> tuple[Moment, ...]:
    """One ``Moment`` per second: what finished in it, and users and requests in flight at its end.

    The percentiles are of successes alone.
    """
    duration = report.stopped_at - report.started_at
    count = max(1, ceil(duration - SLIVER))
    times: list[list[float]] = [[] for _ in range(count)]
    failures = [0] * count
    begun = [0] * count
    for samples in recorder.samples:
        rows = zip(samples.columns.due, samples.seconds, samples.failed, strict=True)
        for due, seconds, failed in rows:
            begun[_second(due - report.started_at, count)] += 1
            second = _second(due + seconds - report.started_at, count)
            if failed:
                failures[second] += 1
            else:
                times[second].append(seconds)
    for request in recorder.in_flight():
        begun[_second(request.due - report.started_at, count)] += 1
    return _moments(begun, failures, times, _users_at_ends(recorder, report, count))


def _second(elapsed: float, count: int) -> int:
    return min(max(int(elapsed), 0), count - 1)


def _users_at_ends(recorder: Recorder, report: LoadReport, count: int) -> list[int]:
    users = [0] * count
    for at, active in recorder.user_changes:
        second = _second(at - report.started_at, count)
        users[second:] = [active] * (count - second)
    return users


def _moments(
    begun: Sequence[int],
    failures: Sequence[int],
    times: Sequence[list[float]],
    users: Sequence[int],
) -> tuple[Moment, ...]:
    moments: list[Moment] = []
    in_flight = 0
    for second, successes in enumerate(times):
        finished = len(successes) + failures[second]
        in_flight += begun[second] - finished
        latencies = Latencies(tuple(sorted(successes)), 0, ())
        moments.append(
            Moment(
                second=second,
                users=users[second],
                requests=finished,
                failures=failures[second],
                in_flight=in_flight,
                p50=latencies.quantile(0.50),
                p95=latencies.quantile(0.95),
            )
        )
    return tuple(moments)
