from dataclasses import replace

import pytest

from codeoptix_performance.load.engine import NEVER_SENT, ArrivalCount, LoadReport, Phase
from codeoptix_performance.load.plan import Arrivals, LoadPlan, steady_users
from codeoptix_performance.load.scripted_engine import (
    Script,
    ScriptedEngine,
    ScriptedRequest,
    steady,
    users,
)
from codeoptix_performance.measurement.measure import measure
from codeoptix_performance.measurement.measurement import ArrivalsMeasurement, StageMeasurement
from codeoptix_performance.measurement.recorder import Recorder
from codeoptix_performance.settings.stages import Stage
from codeoptix_performance.target.endpoint import Endpoint, Request

ENDPOINTS = tuple(
    Endpoint("GET", path, "settings", (Request("GET", path),)) for path in ("/a", "/b")
)
ONE_STAGE = (Stage(4.0, 2.0),)
NOT_SENT = f"{NEVER_SENT}1 s: every user was busy"


def _measure(*events, stages=ONE_STAGE, rates=None, **script):
    arrivals = Arrivals(rates) if rates else None
    plan = LoadPlan("http://h", ENDPOINTS, stages, (0.0, 0.0), 5.0, 0, arrivals)
    recorder = Recorder(plan)
    report = ScriptedEngine(Script(events, **script)).run(plan, recorder, lambda _: False)
    return measure(plan, recorder, report, None, None)


def test_each_stage_has_its_own_figures():
    """Requests count in the stage they finished in, as sent in the one they were sent in."""
    measured = _measure(
        users(0.0, 1),
        users(2.0, 3),
        ScriptedRequest(0, 0.5, 0.3),
        ScriptedRequest(1, 1.0, 0.1),
        ScriptedRequest(0, 1.5, 0.5),
        ScriptedRequest(1, 2.5, 0.4, 500, cause="x"),
        ScriptedRequest(0, 5.5, 0.5),
        ScriptedRequest(0, 5.9, None),
        stages=(Stage(2.0, 1.0), Stage(4.0, 3.0)),
    )

    assert measured.stages == (
        StageMeasurement(0.0, 2.0, 1, 1, 2, 0, None, 1.5, 1.0, 0.1, 0.3),
        StageMeasurement(2.0, 6.0, 3, 3, 3, 1, None, 0.75, 0.5, 0.5, float("inf")),
    )
    assert (3, 3) == (measured.users_planned, measured.users_reached)


def test_a_stage_in_which_nothing_happened():
    """It has zeros, and no percentiles."""
    measured = _measure(stages=(Stage(1.0, 2.0),))

    assert (StageMeasurement(0.0, 1.0, 2, 0, 0, 0, None, 0.0, 0.0, None, None),) == measured.stages


def test_the_most_users_any_stage_asked_for_are_planned():
    """A run that was stopped before its peak was not asked for it."""
    stages = (Stage(2.0, 4.0), Stage(2.0, 9.0), Stage(2.0, 1.0))

    whole = _measure(users(0.0, 9), stages=stages)
    stopped = _measure(users(0.0, 9), stages=stages, duration=1.5)

    assert (9, 4) == (whole.users_planned, stopped.users_planned)


@pytest.mark.parametrize(
    ("expected", "changes"),
    [
        pytest.param([2, 4], [(0.0, 2), (2.0, 4)], id="as asked"),
        pytest.param([2, 2], [(0.0, 2)], id="those from before stay"),
        pytest.param([2, 4], [(0.0, 1), (2.1, 2), (3.0, 4)], id="the last came a moment late"),
        pytest.param([1, 4], [(0.0, 1), (2.3, 2), (3.0, 4)], id="too late for the first stage"),
        pytest.param([0, 0], [], id="nobody came"),
    ],
)
def test_users_reached_in_a_stage(expected, changes):
    """The most that were active at once."""
    measured = _measure(
        *(users(*change) for change in changes), stages=(Stage(2.0, 2.0), Stage(2.0, 4.0))
    )

    assert expected == [stage.users_reached for stage in measured.stages]


def test_a_closed_load_has_one_kind_of_time():
    """Service and response times are one object, and no arrivals were asked for."""
    measured = _measure(
        users(0.0, 2), *steady(0, every=0.5, until=4.0, seconds=0.1), ScriptedRequest(1, 1.0, None)
    )

    assert measured.arrivals is None
    for figures in (*measured.endpoints, measured.total):
        assert figures.service is figures.latencies


def test_response_times_count_from_when_a_request_was_due():
    """And service times from when it was sent; what was never sent has no service time."""
    measured = _measure(
        users(0.0, 2),
        ScriptedRequest(0, 0.5, 0.25),
        ScriptedRequest(0, 1.5, 0.25, late=0.5),
        ScriptedRequest(1, 2.5, 0.25, 500, cause="x", late=0.75),
        ScriptedRequest(1, 2.0, 0.0, 0, 0, NOT_SENT, late=1.0),
        ScriptedRequest(0, 3.5, None, late=0.5),
        ScriptedRequest(0, 4.0, None, late=0.75),
        rates=(Stage(4.0, 1.5),),
        arrivals=ArrivalCount(due=6, sent=4, dropped=2),
    )

    a, b = measured.endpoints
    assert ([0.25, 0.75], [0.25, 0.25]) == (list(a.latencies.successes), list(a.service.successes))
    assert ((0.75, 1.0), (0.5,)) == (a.latencies.in_flight, a.service.in_flight)
    assert (2, 1) == (b.latencies.failures, b.service.failures)
    assert ((0.75, 1.0), (0.5,)) == (
        measured.total.latencies.in_flight,
        measured.total.service.in_flight,
    )
    assert (2, 0.5) == (measured.total.requests - measured.total.failures, a.latencies.mean())


def test_arrivals_are_counted_and_have_rates_over_all_stages():
    """Requested, achieved and successful; a stage has them too."""
    measured = _measure(
        users(0.0, 2),
        ScriptedRequest(0, 0.5, 0.25),
        ScriptedRequest(0, 1.5, 0.25, late=0.5),
        ScriptedRequest(1, 2.5, 0.25, 500, cause="x", late=0.75),
        ScriptedRequest(1, 3.0, 0.0, 0, 0, NOT_SENT, late=1.0),
        ScriptedRequest(0, 4.0, None, late=0.75),
        rates=(Stage(2.0, 1.0), Stage(2.0, 1.5)),
        arrivals=ArrivalCount(due=5, sent=3, dropped=2),
    )

    assert ArrivalsMeasurement(5, 3, 2, 1.25, 0.75, 0.5) == measured.arrivals
    assert [(1.0, 1.0, 1.0), (1.5, 0.5, 0.0)] == [
        (stage.requested_per_second, stage.achieved_per_second, stage.successful_per_second)
        for stage in measured.stages
    ]


def test_logins_before_the_plan_count_in_no_rate_of_its_own():
    """Neither their time nor their requests, also where single requests are forgotten."""
    enter = Endpoint("POST", "/login", "settings", (Request("POST", "/login"),), weight=0)
    stages = (Stage(5.0, 10.0), Stage(5.0, 20.0))
    arrivals = Arrivals(stages)
    plan = LoadPlan("http://h", (*ENDPOINTS, enter), ONE_STAGE, (0.0, 0.0), 5.0, 0, arrivals)
    plan = replace(plan, stages=steady_users(2, float("inf"), 10.0))
    script = Script(
        (
            users(0.5, 2),
            *steady(2, every=0.5, until=4.0, seconds=0.4),
            *steady(0, start=4.0, every=0.1, until=9.0, seconds=0.02),
            *steady(0, start=9.0, every=0.05, until=13.99, seconds=0.01),
        ),
        admission=4.0,
        arrivals=ArrivalCount(150, 150, 0),
    )

    for most_exact in (1_000, 0):
        recorder = Recorder(plan, most_exact=most_exact)
        measured = measure(
            plan, recorder, ScriptedEngine(script).run(plan, recorder, lambda _: False), None, None
        )

        assert ArrivalsMeasurement(150, 150, 0, 15.0, 15.0, 15.0) == measured.arrivals
        assert [(4.0, 9.0), (9.0, 14.0)] == [(each.begins, each.ends) for each in measured.stages]
        assert [0.02, 0.01] == pytest.approx([each.p50 for each in measured.stages], rel=0.005)


def test_a_request_that_waits_is_in_flight_from_when_it_was_due():
    """In the course of the run a queue before the generator is seen as it grows."""
    measured = _measure(
        users(0.0, 1),
        ScriptedRequest(0, 0.0, 2.5),
        ScriptedRequest(0, 2.5, 0.1, late=2.0),
        ScriptedRequest(0, 2.6, 0.1, late=1.0),
        rates=(Stage(4.0, 1.0),),
        arrivals=ArrivalCount(3, 3, 0),
    )

    assert [2, 3, 0, 0] == [moment.in_flight for moment in measured.timeline]


def test_a_load_without_stages_has_the_figures_of_the_whole():
    """A generator that knows no stages asks for what the plan says."""
    plan = LoadPlan("http://h", ENDPOINTS, steady_users(7, 1.0, 1.0), (0.0, 0.0), 5.0, 0)

    measured = measure(plan, Recorder(plan), LoadReport(5.0, 6.0, 3), None, None)

    assert ((), 7, 3) == (measured.stages, measured.users_planned, measured.users_reached)


def test_a_stage_of_no_length_has_no_rates():
    """There is nothing to divide by."""
    plan = LoadPlan("http://h", ENDPOINTS, steady_users(7, 1.0, 1.0), (0.0, 0.0), 5.0, 0)
    report = LoadReport(5.0, 5.0, 0, (Phase(5.0, 5.0, 7),), ArrivalCount(0, 0, 0))

    measured = measure(plan, Recorder(plan), report, None, None)

    assert ArrivalsMeasurement(0, 0, 0, 0.0, 0.0, 0.0) == measured.arrivals
    assert 0.0 == measured.stages[0].achieved_per_second
