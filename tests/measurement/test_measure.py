from collections import Counter

import pytest

from codeoptix_performance.load.engine import LoadReport
from codeoptix_performance.load.plan import LoadPlan, steady_users
from codeoptix_performance.load.scripted_engine import (
    Script,
    ScriptedEngine,
    ScriptedRequest,
    steady,
    users,
)
from codeoptix_performance.measurement.causes import most_frequent
from codeoptix_performance.measurement.measure import measure
from codeoptix_performance.measurement.measurement import Cause, Resources
from codeoptix_performance.measurement.recorder import Recorder
from codeoptix_performance.target.endpoint import Endpoint, Request
from codeoptix_performance.target.target import AppExit

ENDPOINTS = tuple(
    Endpoint("GET", path, "settings", (Request("GET", path),)) for path in ("/a", "/b")
)


def _measure(*events, duration=4.0, planned=2, resources=None, app_exit=None, **script):
    plan = LoadPlan("http://h", ENDPOINTS, steady_users(planned, 1.0, duration), (1.0, 1.0), 5.0, 0)
    recorder = Recorder(plan)
    report = ScriptedEngine(Script(events, **script)).run(plan, recorder, lambda _: False)
    return measure(plan, recorder, report, resources, app_exit)


def test_each_endpoint_and_all_together():
    """Figures are kept per endpoint, and once more for all requests together."""
    measured = _measure(
        users(0.0, 2),
        ScriptedRequest(0, 0.5, 0.3, size=10),
        ScriptedRequest(0, 1.0, 0.1, size=20),
        ScriptedRequest(1, 1.5, 0.2, 500, 5, "500 Internal Server Error"),
    )

    a, b = measured.endpoints
    assert ("GET /a", 2, 0, 30) == (a.name, a.requests, a.failures, a.received_bytes)
    assert ("GET /b", 1, 1, 5) == (b.name, b.requests, b.failures, b.received_bytes)
    assert (3, 1, 35) == (
        measured.total.requests,
        measured.total.failures,
        measured.total.received_bytes,
    )
    assert (0.1, 0.3) == tuple(a.latencies.successes)
    assert ((), 1) == (tuple(b.latencies.successes), b.latencies.failures)
    assert (0.1, 0.3) == tuple(measured.total.latencies.successes)
    assert (Cause("500 Internal Server Error", 1),) == b.causes == measured.total.causes


def test_requests_in_flight_have_their_age():
    """What never finished counts in no request figure, and is kept with its age at the stop."""
    measured = _measure(
        ScriptedRequest(0, 1.0, None), ScriptedRequest(1, 3.5, 2.0), ScriptedRequest(1, 0.0, None)
    )

    a, b = measured.endpoints
    assert (3.0,) == a.latencies.in_flight
    assert (0.5, 4.0) == b.latencies.in_flight
    assert (0.5, 3.0, 4.0) == measured.total.latencies.in_flight
    assert (0, 0.0) == (measured.total.requests, measured.total.failure_ratio)


@pytest.mark.parametrize(
    ("expected", "changes", "duration"),
    [
        pytest.param((0.0, 4.0, 10.0), [(0.0, 2)], 4.0, id="all users from the start"),
        pytest.param((2.0, 4.0, 10.0), [(0.0, 1), (2.0, 2)], 4.0, id="from the last arrival on"),
        pytest.param((2.0, 4.0, 10.0), [(0.0, 1), (2.0, 2), (3.0, 1)], 4.0, id="one died later"),
        pytest.param((0.0, 4.0, 10.0), [(0.0, 1)], 4.0, id="never all of them: the whole run"),
        pytest.param((0.0, 4.0, 10.0), [(0.0, 1), (3.5, 2)], 4.0, id="too late: the whole run"),
        pytest.param((0.0, 0.5, 10.0), [(0.0, 2)], 0.5, id="a very short run"),
    ],
)
def test_the_steady_window(expected, changes, duration):
    """Rates are those of the window in which every planned user was active."""
    requests = steady(0, start=0.05, every=0.1, until=duration, seconds=0.0)

    measured = _measure(*(users(*change) for change in changes), *requests, duration=duration)

    rate = measured.total.requests_per_second
    assert expected == pytest.approx((measured.steady_from, measured.steady_to, rate))
    assert duration == measured.duration


def test_failures_have_a_rate_of_their_own():
    """Failures per second are counted in the same window."""
    measured = _measure(
        users(0.0, 1),
        users(2.0, 2),
        *steady(0, start=0.25, every=0.5, until=4.0, seconds=0.0, status=0, cause="x"),
        *steady(0, start=0.25, every=0.5, until=4.0, seconds=0.0),
    )

    rates = (measured.total.requests_per_second, measured.total.failures_per_second)
    assert (4.0, 2.0) == rates
    assert 0.5 == measured.total.failure_ratio


@pytest.mark.parametrize(
    ("expected", "causes"),
    [
        pytest.param((), {}, id="none"),
        pytest.param((("b", 5), ("a", 2), ("c", 2)), {"a": 2, "b": 5, "c": 2}, id="by frequency"),
        pytest.param(
            (*((f"{n:02}", 1) for n in range(10)), ("others", 2)),
            {f"{n:02}": 1 for n in range(12)},
            id="ten and the rest",
        ),
    ],
)
def test_causes(expected, causes):
    """The most frequent causes come first, at most ten and one line for the others."""
    assert tuple(Cause(*cause) for cause in expected) == most_frequent(Counter(causes))


def test_what_others_saw_is_handed_on():
    """Resources, the app's end, dead users and the interruption are part of the measurement."""
    resources = Resources(1, 2, 3, 4, 0.5)
    app_exit = AppExit(-9, out_of_memory=True, log_tail="Killed")

    measured = _measure(
        users(0.0, 1), resources=resources, app_exit=app_exit, died=("x",), interrupted=True
    )

    assert (resources, app_exit) == (measured.resources, measured.app_exit)
    assert (("x",), True, 2, 1) == (
        measured.died_users,
        measured.interrupted,
        measured.users_planned,
        measured.users_reached,
    )
    assert ["users-died", "users-not-reached", "interrupted"] == [
        doubt.id for doubt in measured.doubts
    ]


def test_a_run_without_anything():
    """A run in which nothing happened has zeros, no figures, and no error."""
    plan = LoadPlan("http://h", ENDPOINTS, steady_users(2, 1.0, 1.0), (1.0, 1.0), 5.0, 0)

    measured = measure(plan, Recorder(plan), LoadReport(5.0, 5.0, 0), None, None)

    assert (0.0, 0, 0.0) == (
        measured.duration,
        measured.total.requests,
        measured.total.requests_per_second,
    )
    assert 1 == len(measured.timeline)
