"""How a run stands while it goes on."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from math import ceil
from time import perf_counter

from codeoptix_performance.measurement.recorder import Recorder
from codeoptix_performance.measurement.samples import Samples
from codeoptix_performance.measurement.ticks import to_seconds

RECENT_SECONDS = 5.0
_RECENT_SAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Progress:
    """Rates and percentiles are those of the last ``RECENT_SECONDS``.

    ``p95`` is the seconds from when a request was due to its answer, failures left out, and None
    where nothing succeeded lately; with much traffic it is taken from a sample of it.
    """

    elapsed: float
    users: int
    requests: int
    failures: int
    in_flight: int
    requests_per_second: float
    p95: float | None


def progress_of(recorder: Recorder, elapsed: float | None = None) -> Progress:
    """How the run stands ``elapsed`` seconds after its first event; by default, now.

    May be asked from any thread, while another one records.
    """
    began_at = perf_counter() if recorder.first_at is None else recorder.first_at
    elapsed = perf_counter() - began_at if elapsed is None else elapsed
    requests = sum(map(len, recorder.samples))
    failures = sum(samples.failures for samples in recorder.samples)
    lately = min(RECENT_SECONDS, elapsed)
    recent, p95 = _recent(recorder.samples, began_at + elapsed - lately)
    return Progress(
        elapsed=elapsed,
        users=recorder.user_changes[-1][1] if recorder.user_changes else 0,
        requests=requests,
        failures=failures,
        in_flight=recorder.count_in_flight(),
        requests_per_second=recent / lately if lately > 0 else 0.0,
        p95=p95,
    )


def _recent(every: tuple[Samples, ...], since: float) -> tuple[int, float | None]:
    """How many finished from the moment ``since`` on, and the P95 of their successes."""
    columns = [samples.columns for samples in every]
    ends = [len(each) for each in columns]
    firsts = [each.first_finished_from(since) for each in columns]
    count = sum(ends) - sum(firsts)
    step = max(1, count // _RECENT_SAMPLES)
    times = array("I")
    for samples, each, first, end in zip(every, columns, firsts, ends, strict=True):
        times += samples.excerpt(each, slice(first, end, step)).responses
    ranked = sorted(times)
    return count, to_seconds(ranked[ceil(0.95 * len(ranked)) - 1]) if ranked else None
