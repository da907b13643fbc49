import threading

import pytest

from codeoptix_performance.load.plan import LoadPlan, steady_users
from codeoptix_performance.measurement.progress import Progress, progress_of
from codeoptix_performance.measurement.recorder import Recorder
from codeoptix_performance.target.endpoint import Endpoint, Request

ENDPOINTS = tuple(
    Endpoint("GET", path, "settings", (Request("GET", path),)) for path in ("/a", "/b")
)
PLAN = LoadPlan("http://h", ENDPOINTS, steady_users(2, 1.0, 10.0), (1.0, 1.0), 5.0, 0)


def _add(recorder, endpoint, at, seconds, cause=None):
    status = 500 if cause else 200
    recorder.end(recorder.begin(endpoint, at, at), at + seconds, status, 9, cause)


@pytest.mark.parametrize(
    ("expected", "requests", "elapsed"),
    [
        pytest.param(Progress(0.0, 0, 0, 0, 0, 0.0, None), [], 0.0, id="nothing yet"),
        pytest.param(
            Progress(2.0, 0, 2, 0, 0, 1.0, 0.5),
            [(0, 0.0, 0.25, None), (1, 1.0, 0.5, None)],
            2.0,
            id="two in two seconds",
        ),
        pytest.param(
            Progress(10.0, 0, 3, 1, 0, 0.4, 0.25),
            [(0, 0.0, 2.0, None), (0, 6.0, 0.25, None), (0, 7.0, 0.1, "x")],
            10.0,
            id="rates of the last five seconds, failures in no percentile",
        ),
        pytest.param(
            Progress(20.0, 0, 1, 0, 0, 0.0, None), [(0, 0.0, 0.1, None)], 20.0, id="stalled"
        ),
    ],
)
def test_progress(expected, requests, elapsed):
    """How the run stands: counts since the start, rates of late."""
    recorder = Recorder(PLAN)
    for endpoint, at, seconds, cause in requests:
        _add(recorder, endpoint, at, seconds, cause)

    assert expected == progress_of(recorder, elapsed)


def test_progress_counts_users_and_requests_in_flight():
    """Users are those of the last change; in flight is what has not finished."""
    recorder = Recorder(PLAN)
    recorder.users(1, 0.0)
    recorder.users(2, 0.5)
    recorder.begin(0, 0.6, 0.6)

    progress = progress_of(recorder, 1.0)

    assert (2, 1, 0) == (progress.users, progress.in_flight, progress.requests)


def test_progress_of_much_traffic_is_a_sample():
    """With more than two thousand recent requests, the percentile is close, the count exact."""
    recorder = Recorder(PLAN)
    for number in range(30_000):
        _add(recorder, number % 2, number / 10_000, (number % 1000) / 10_000_000)

    progress = progress_of(recorder, 3.0)

    assert 30_000 == progress.requests
    assert 10_000 == pytest.approx(progress.requests_per_second, rel=0.01)
    assert 0.000095 == pytest.approx(progress.p95, rel=0.05)


def test_progress_while_another_thread_records():
    """Asked from another thread in the middle of a run, progress is whole each time."""
    recorder = Recorder(PLAN)
    over = threading.Event()

    def record():
        number = 0
        while not over.is_set():
            _add(recorder, number % 2, number / 1000, 0.01, "x" if number % 7 == 0 else None)
            number += 1

    thread = threading.Thread(target=record)
    thread.start()
    try:
        seen = [progress_of(recorder, 5.0).requests for _ in range(200)]
    finally:
        over.set()
        thread.join()

    assert sorted(seen) == seen
    assert sum(map(len, recorder.samples)) >= seen[-1]
