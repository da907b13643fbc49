"""Runs of more requests than are kept: what is known of them, and what it costs."""

import random
import threading
import tracemalloc
from dataclasses import replace

import pytest

from codeoptix_performance.load.engine import NEVER_SENT, ArrivalCount
from codeoptix_performance.load.plan import Arrivals, LoadPlan
from codeoptix_performance.load.scripted_engine import (
    Script,
    ScriptedEngine,
    ScriptedRequest,
    users,
)
from codeoptix_performance.measurement.histogram import WORST_ERROR
from codeoptix_performance.measurement.measure import measure
from codeoptix_performance.measurement.progress import progress_of
from codeoptix_performance.measurement.recorder import Recorder
from codeoptix_performance.settings.stages import Stage
from codeoptix_performance.target.endpoint import Endpoint, Request

ENDPOINTS = tuple(
    Endpoint("GET", path, "settings", (Request("GET", path),)) for path in ("/a", "/b")
)
STAGES = (Stage(4.0, 2.0), Stage(3.0, 5.0), Stage(5.0, 1.0))
PLAN = LoadPlan("http://h", ENDPOINTS, STAGES, (0.0, 0.0), 5.0, 0)


def _random_run(rng, *, late):
    """Twelve seconds of two endpoints with failures, requests in flight, and some that waited."""
    events = [users(0.0, 2), users(4.1, 5), users(7.2, 1)]
    for _ in range(1500):
        seconds = rng.choice((rng.uniform(0.001, 0.3), rng.uniform(0.3, 4.0)))
        cause = rng.choice((None, None, None, "500 Internal Server Error"))
        waited = rng.choice((0.0, rng.uniform(0.0, 1.0))) if late else 0.0
        at = rng.uniform(waited, 11.9)
        events.append(ScriptedRequest(rng.randrange(2), at, seconds, 200, 3, cause, waited))
    if late:
        never = f"{NEVER_SENT}1 s: every user was busy"
        events += [ScriptedRequest(0, at, 0.0, 0, 0, never, 1.0) for at in (2.5, 8.25)]
        events += [ScriptedRequest(1, 12.0, None, late=age) for age in (0.5, 0.25)]
    # In the order they were due, as a generator tells them.
    return sorted(events, key=lambda event: event.at)


def _measured(events, most_exact, *, late):
    plan = replace(PLAN, arrivals=Arrivals(STAGES)) if late else PLAN
    recorder = Recorder(plan, most_exact=most_exact)
    arrivals = ArrivalCount(1504, 1500, 4) if late else None
    engine = ScriptedEngine(Script(tuple(events), arrivals=arrivals))
    report = engine.run(plan, recorder, lambda _: False)
    return measure(plan, recorder, report, None, None)


def _counts(measured):
    """All that must be the same, whether requests were kept or not."""
    each = [*measured.endpoints, measured.total]
    return (
        [replace(figures, latencies=None, service=None) for figures in each],
        [(figures.latencies.failures, figures.latencies.in_flight) for figures in each],
        [(figures.service.failures, figures.service.in_flight) for figures in each],
        [replace(stage, p50=None, p95=None) for stage in measured.stages],
        (measured.steady_from, measured.steady_to, measured.arrivals, measured.doubts),
    )


def _percentiles(measured):
    """All that may be off by half a percent."""
    found = []
    for figures in (*measured.endpoints, measured.total):
        for times in (figures.latencies, figures.service):
            found += [times.quantile(q) for q in (0.0, 0.1, 0.5, 0.7, 0.74, 0.99, 1.0)]
            found += [times.least(), times.greatest(), times.mean(), times.mean(0.5)]
    found += [(stage.p50, stage.p95) for stage in measured.stages]
    found += [(moment.p50, moment.p95) for moment in measured.timeline]
    return [(0.0,) if value is None else value for value in found]


@pytest.mark.parametrize("late", [False, True], ids=["closed", "open"])
@pytest.mark.parametrize("most_exact", [0, 700], ids=["from the start", "in the middle"])
def test_a_forgotten_run_has_the_figures_of_a_kept_one(most_exact, late):
    """Counts, rates, stages and windows to the last request; times within half a percent."""
    rng = random.Random(8)  # noqa: S311 # repeatable, not secret
    for _ in range(3):
        events = _random_run(rng, late=late)

        kept = _measured(events, 10_000, late=late)
        forgotten = _measured(events, most_exact, late=late)

        assert _counts(kept) == _counts(forgotten)
        for expected, found in zip(_percentiles(kept), _percentiles(forgotten), strict=True):
            assert expected == pytest.approx(found, rel=WORST_ERROR)


def test_the_course_of_a_forgotten_run_is_that_of_a_kept_one():
    """Second by second, users and requests in flight included."""
    rng = random.Random(9)  # noqa: S311 # repeatable, not secret
    events = _random_run(rng, late=False)

    kept, forgotten = (_measured(events, most, late=False) for most in (10_000, 0))

    assert [replace(moment, p50=None, p95=None) for moment in kept.timeline] == [
        replace(moment, p50=None, p95=None) for moment in forgotten.timeline
    ]


def test_exceedances_of_a_forgotten_run_are_near():
    """They can be off by the requests of the bucket the limit falls in, and no more."""
    rng = random.Random(10)  # noqa: S311 # repeatable, not secret
    events = _random_run(rng, late=False)
    kept, forgotten = (_measured(events, most, late=False) for most in (10_000, 0))

    for limit in (0.01, 0.1, 0.25, 1.0, 3.0):
        exact = kept.total.latencies
        above = exact.exceedances(limit * (1 + WORST_ERROR))
        below = exact.exceedances(limit * (1 - WORST_ERROR))
        assert above <= forgotten.total.latencies.exceedances(limit) <= below


def _record(recorder, first, count, *, every=0.0005):
    for number in range(first, first + count):
        at = number * every
        seconds = 0.001 + number * 7919 % 1000 / 50_000
        recorder.end(recorder.begin(number % 2, at, at), at + seconds, 200, 9, None)


def test_memory_has_an_end():
    """Once requests are forgotten, more of them take next to nothing: 36 bytes a second."""
    recorder = Recorder(PLAN, most_exact=5_000)
    tracemalloc.start()
    try:
        _record(recorder, 0, 21_000)
        before, _ = tracemalloc.get_traced_memory()
        _record(recorder, 21_000, 40_000)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert not recorder.ledger.exact
    assert 61_000 == sum(map(len, recorder.samples))
    assert sum(len(samples.columns) for samples in recorder.samples) <= 50
    assert after - before < 20_000  # exactly kept, they would take 720,000 bytes


def test_a_second_takes_36_bytes():
    """Of every run, however long it is."""
    recorder = Recorder(PLAN)
    _record(recorder, 0, 400, every=0.05)
    recorder.close(20.0)

    columns = vars(recorder.ledger.seconds).values()

    assert 36 == sum(column.itemsize for column in columns)
    assert {20} == {len(column) for column in columns}


def test_forgetting_a_million_requests_is_no_pass_over_them():
    """Each look at what finished is short, the one after which they are forgotten included."""
    recorder = Recorder(PLAN, most_exact=30_000)
    looks = []
    take = recorder.ledger._take
    recorder.ledger._take = lambda number, part: (looks.append(part.requests), take(number, part))

    _record(recorder, 0, 40_000, every=0.00001)

    assert not recorder.ledger.exact
    assert 37_900 < sum(looks) <= 40_000
    assert max(looks) <= 1_100  # 20 ms of 100,000 requests a second, for one of two endpoints


def test_progress_of_a_forgotten_run_is_that_of_its_last_seconds():
    """Rate and P95 are those of late; after a stall nothing is lately."""
    recorder = Recorder(PLAN, most_exact=100)
    recorder.users(2, 0.0)
    _record(recorder, 0, 20_000)
    recorder.begin(0, 10.5, 10.5)

    running, stalled = progress_of(recorder, 10.4), progress_of(recorder, 30.0)

    assert (20_000, 0, 1, 2) == (
        running.requests,
        running.failures,
        running.in_flight,
        running.users,
    )
    assert 2000 == pytest.approx(running.requests_per_second, rel=0.01)
    assert 0.02 == pytest.approx(running.p95, rel=0.01)
    assert (0.0, None) == (stalled.requests_per_second, stalled.p95)


def test_progress_while_requests_are_forgotten():
    """Asked from another thread, the number of requests never goes back."""
    recorder = Recorder(PLAN, most_exact=500)
    over = threading.Event()

    def record():
        number = 0
        while not over.is_set():
            _record(recorder, number, 100)
            number += 100

    thread = threading.Thread(target=record)
    thread.start()
    try:
        seen = [progress_of(recorder, 5.0).requests for _ in range(300)]
    finally:
        over.set()
        thread.join()

    assert sorted(seen) == seen


@pytest.mark.parametrize(
    ("kept", "seconds", "own_shape"),
    [
        pytest.param(250, 120.0, None, id="a run"),
        pytest.param(0, 121.0, None, id="a soak"),
        pytest.param(250, 3600.0, "shapes.py:Mine", id="nobody knows how long"),
    ],
)
def test_a_long_run_keeps_single_requests_of_its_first_minute(kept, seconds, own_shape):
    """Memory is flat after a minute, however slowly requests come; nothing is lost by it."""
    plan = replace(PLAN, stages=(Stage(seconds, 1.0),), own_shape=own_shape)
    recorder = Recorder(plan)
    script = Script(tuple(ScriptedRequest(0, at * 0.3, 0.01) for at in range(250)), duration=80.0)

    report = ScriptedEngine(script).run(plan, recorder, lambda _: False)

    measured = measure(plan, recorder, report, None, None)
    assert kept == len(recorder.samples[0].columns)
    assert (250, 250) == (measured.total.requests, len(measured.total.latencies.successes))
