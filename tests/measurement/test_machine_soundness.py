"""Reasons to distrust the figures that lie in the machine."""

import math
from dataclasses import replace

import pytest

from codeoptix_performance.load.engine import LoadReport
from codeoptix_performance.load.plan import Arrivals, LoadPlan, steady_users
from codeoptix_performance.measurement.bare_machine.figures import BareMachine, ClosedLoad
from codeoptix_performance.measurement.machine_soundness import held_against, machine_doubts
from codeoptix_performance.measurement.measure import measure
from codeoptix_performance.measurement.measurement import ArrivalsMeasurement, MachineUse
from codeoptix_performance.measurement.recorder import Recorder
from codeoptix_performance.settings.limits import Limit
from codeoptix_performance.settings.stages import Stage
from codeoptix_performance.target.endpoint import Endpoint, Request

ENDPOINT = Endpoint("GET", "/a", "settings", (Request("GET", "/a"),))
PLAN = LoadPlan("http://h", (ENDPOINT,), steady_users(20, 20.0, 10.0), (1.0, 1.0), 5.0, 0)
TIMES = tuple(n / 100_000 for n in range(1, 101))
MACHINE = BareMachine("bwrap", (ClosedLoad(8, 10000.0, 2e-5),), TIMES, 0.05)
USE = MachineUse(10.0, 2, 0.1, 0.0, 0.1, 1.0)


def open_load(rate):
    return replace(PLAN, arrivals=Arrivals((Stage(10.0, rate),)))


def measured(rate=16.0, arrivals=None):
    run = measure(PLAN, Recorder(PLAN), LoadReport(0.0, 10.0, 20), None, None)
    return replace(
        run, doubts=(), total=replace(run.total, requests_per_second=rate), arrivals=arrivals
    )


def p95(seconds):
    return Limit("asked", "response_time", "percentile", "<=", seconds, percentile=95.0)


def rate_of(value, compared=">="):
    return Limit("asked", "request_rate", "rate", compared, value)


def arrived(due, sent):
    return ArrivalsMeasurement(100, 100, 0, due, sent, sent)


def doubts(plan=PLAN, run=None, limits=()):
    held = held_against(MACHINE, measured() if run is None else run, plan, limits)

    assert MACHINE == held.bare_machine
    return held.doubts


def test_of_an_unknown_machine_nothing_is_doubted():
    """The figures stay what they are."""
    run = measured(rate=1e6)

    assert run is held_against(None, run, PLAN, [p95(1e-6)])


@pytest.mark.parametrize(
    ("said", "added", "run", "plan", "limits"),
    [
        pytest.param(None, None, measured(7999.0), PLAN, [rate_of(7999.0)], id="far from it"),
        pytest.param(None, None, measured(), PLAN, [rate_of(9e9, "<")], id="a greatest rate"),
        pytest.param(
            "The asked rate of 8000/s is near the 10000/s",
            0.0,
            measured(),
            PLAN,
            [rate_of(8000.0)],
            id="a least rate that was not reached",
        ),
        pytest.param(
            "The measured rate of 9000/s is near",
            0.002,
            measured(9000.0),
            PLAN,
            (),
            id="reached without being asked for",
        ),
        pytest.param(
            "The asked rate of 12000/s is above the 10000/s",
            0.0,
            measured(100.0, arrived(12000.0, 100.0)),
            open_load(12000.0),
            (),
            id="arrivals that a slow app held up",
        ),
        pytest.param(
            "The asked rate of 12000/s is above",
            math.inf,
            measured(9900.0, arrived(12000.0, 9900.0)),
            open_load(12000.0),
            (),
            id="arrivals that the machine held up",
        ),
    ],
)
def test_a_rate_near_the_ceiling_is_doubted(said, added, run, plan, limits):
    """From four fifths on; times are doubted only where so many requests were really made."""
    found = doubts(plan, run, limits)

    assert ([] if said is None else ["near-ceiling"]) == [doubt.id for doubt in found]
    for doubt in found:
        assert doubt.sentence.startswith(said)
        assert doubt.spoils
        assert doubt.advice.endswith("cores.")
        assert (added, 0.0001) == (doubt.may_add, doubt.may_add_each)


@pytest.mark.parametrize(
    ("said", "limits"),
    [
        pytest.param(None, [p95(0.5)], id="far above it"),
        pytest.param(None, [p95(0.00119)], id="just far enough"),
        pytest.param(
            "The limit P95 1.1 ms is near the 0.95 ms", [p95(0.5), p95(0.0011)], id="near it"
        ),
        pytest.param("The limit P95 0.50 ms is below the 0.95 ms", [p95(0.0005)], id="below it"),
        pytest.param("The limit P95 0.50 ms", [p95(0.0011), p95(0.0005)], id="the worst of two"),
        pytest.param("The limit P95 0.00 ms", [p95(0.0)], id="no time at all"),
    ],
)
def test_a_limit_near_the_noise_floor_is_doubted(said, limits):
    """It can have added what a server that answers at once takes, and no more."""
    found = doubts(limits=limits)

    assert ([] if said is None else ["near-noise-floor"]) == [doubt.id for doubt in found]
    for doubt in found:
        assert doubt.sentence.startswith(said)
        assert doubt.spoils
        assert pytest.approx(0.00095) == doubt.may_add


@pytest.mark.parametrize(
    ("expected", "changes"),
    [
        pytest.param([], {}, id="a quiet machine"),
        pytest.param([], {"pressure": 0.9}, id="pressure that the app makes by itself"),
        pytest.param([], {"others": 1.5}, id="others on cores that nobody wanted"),
        pytest.param([], {"pressure": 0.9, "others": None}, id="an app that is not ours"),
        pytest.param([], {"stolen": 0.1}, id="little was stolen"),
        pytest.param(
            [],
            {"pressure": 0.9, "others": 1.5, "stolen": 1.0, "seconds": 0.9},
            id="too short to tell",
        ),
        pytest.param(
            [("machine-busy", pytest.approx(0.1), pytest.approx(2.0))],
            {"pressure": 0.5, "others": 1.5},
            id="others took what was wanted",
        ),
        pytest.param(
            [("machine-busy", pytest.approx(0.1), math.inf)],
            {"pressure": 1.0, "others": 1.5},
            id="something waited all the time",
        ),
        pytest.param(
            [("processors-stolen", pytest.approx(0.2), pytest.approx(1.25))],
            {"stolen": 0.2},
            id="a tenth of two cores was stolen",
        ),
    ],
)
def test_a_machine_that_others_use_is_doubted(expected, changes):
    """A request is granted the users' share of all the waiting, and a slowdown of its kind."""
    found = machine_doubts(replace(USE, **changes), users=20, finished=200)

    assert expected == [(doubt.id, doubt.may_add, doubt.may_slow) for doubt in found]
    assert all(doubt.spoils and doubt.advice.endswith(".") for doubt in found)


@pytest.mark.parametrize(
    ("said", "changes"),
    [
        (
            "Other programs used 1.5 of this machine's 2 cores, and 40 % of the time something",
            {"pressure": 0.4, "others": 1.5},
        ),
        ("The hypervisor gave 25 % of this machine's processor time to", {"stolen": 0.5}),
    ],
)
def test_what_others_took_is_said_with_figures(said, changes):
    """A reader can judge by them."""
    (doubt,) = machine_doubts(replace(USE, **changes), users=20, finished=200)

    assert doubt.sentence.startswith(said)


def test_the_machines_doubts_are_the_measurements():
    """They stand with the generator's own."""
    run = measure(
        PLAN,
        Recorder(PLAN),
        LoadReport(0.0, 10.0, 20),
        None,
        None,
        machine=replace(USE, stolen=1.0),
    )

    assert ["processors-stolen"] == [doubt.id for doubt in run.doubts]
    assert 1.0 == run.machine.stolen


def test_nobody_looked_at_the_machine():
    """Then it casts no doubt."""
    assert () == machine_doubts(None, users=20, finished=0)
