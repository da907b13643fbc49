"""How a run stands while it goes on."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from time import perf_counter

from codeoptix_performance.measurement.histogram import Histogram
from codeoptix_performance.measurement.latencies import Latencies
from codeoptix_performance.measurement.ledger import ClosedSecond
from codeoptix_performance.measurement.recorder import Recorder
from codeoptix_performance.measurement.samples import Samples
from codeoptix_performance.measurement.times import exact_times

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
    began_at = perf_counter() if recorder.began_at is None else recorder.began_at
    elapsed = perf_counter() - began_at if elapsed is None else elapsed
    requests = sum(map(len, recorder.samples))
    failures = sum(samples.failures for samples in recorder.samples)
    now = began_at + elapsed
    if recorder.ledger.exact:
        recent = _recent(recorder.samples, now - min(RECENT_SECONDS, elapsed), now)
    else:
        recent = _recent_seconds(recorder.ledger.recent, now - RECENT_SECONDS)
    return Progress(
        elapsed=elapsed,
        users=recorder.user_changes[-1][1] if recorder.user_changes else 0,
        requests=requests,
        failures=failures,
        in_flight=recorder.count_in_flight(),
        requests_per_second=recent.per_second,
        p95=recent.p95,
    )


@dataclass(frozen=True, slots=True)
class _Recent:
    """Requests per second lately, and the P95 of their successes in seconds."""

    per_second: float
    p95: float | None


def _recent(every: tuple[Samples, ...], since: float, now: float) -> _Recent:
    """Of what finished from the moment ``since`` on."""
    columns = [samples.columns for samples in every]
    ends = [len(each) for each in columns]
    firsts = [each.first_finished_from(since) for each in columns]
    count = sum(ends) - sum(firsts)
    step = max(1, count // _RECENT_SAMPLES)
    times = array("I")
    for samples, each, first, end in zip(every, columns, firsts, ends, strict=True):
        times += samples.excerpt(each, slice(first, end, step)).responses
    p95 = Latencies(exact_times(times), 0, ()).quantile(0.95)
    return _Recent(count / (now - since) if now > since else 0.0, p95)


def _recent_seconds(closed: tuple[ClosedSecond, ...], since: float) -> _Recent:
    """Of those seconds that began at the moment ``since`` or later."""
    lately = [second for second in closed if second.begins_at >= since]
    if not lately:
        return _Recent(0.0, None)
    successes = Histogram()
    for second in lately:
        successes.merge(second.successes)
    rate = sum(second.requests for second in lately) / len(lately)
    return _Recent(rate, Latencies(successes.times(), 0, ()).quantile(0.95))
