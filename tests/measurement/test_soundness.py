import math
from dataclasses import replace

import pytest

from codeoptix_performance.load.engine import LoadReport, Phase
from codeoptix_performance.load.plan import LoadPlan, steady_users
from codeoptix_performance.measurement.measurement import ArrivalsMeasurement, StageMeasurement
from codeoptix_performance.measurement.recorder import Recorder
from codeoptix_performance.measurement.soundness import doubts
from codeoptix_performance.target.endpoint import Endpoint, Request

ENDPOINT = Endpoint("GET", "/a", "settings", (Request("GET", "/a"),))
PLAN = LoadPlan("http://h", (ENDPOINT,), steady_users(20, 2.0, 30.0), (1.0, 1.0), 5.0, 0)
SOUND = LoadReport(100.0, 130.0, 20, generator_cpu_share=0.2, worst_lag=0.01)


@pytest.mark.parametrize(
    ("expected", "changes"),
    [
        pytest.param([], {}, id="a sound run"),
        pytest.param([], {"generator_cpu_share": 0.8, "worst_lag": 0.25}, id="on the limits"),
        pytest.param([("generator-busy", True)], {"generator_cpu_share": 0.81}, id="busy"),
        pytest.param([("generator-busy", True)], {"busiest_second": 0.81}, id="busy for a second"),
        pytest.param([("generator-late", True)], {"worst_lag": 0.26}, id="held up"),
        pytest.param([("users-not-reached", False)], {"peak_users": 19}, id="a user short"),
        pytest.param(
            [],
            {"peak_users": 3, "phases": (Phase(100.0, 130.0, 3),)},
            id="as many as a shape asked for",
        ),
        pytest.param([("users-died", True)], {"died": ("a", "b")}, id="users died"),
        pytest.param([("listener-errors", True)], {"listener_errors": ("e",)}, id="lost samples"),
        pytest.param([("interrupted", False)], {"interrupted": True}, id="interrupted"),
        pytest.param(
            [("listener-errors", True), ("generator-late", True), ("users-not-reached", False)],
            {"listener_errors": ("e",), "worst_lag": 1.0, "peak_users": 0},
            id="several, in order of weight",
        ),
    ],
)
def test_doubts(expected, changes):
    """Each reason to distrust the figures is found, and whether it spoils a failed limit."""
    found = doubts(PLAN, replace(SOUND, **changes), Recorder(PLAN))

    assert expected == [(doubt.id, doubt.spoils) for doubt in found]


def test_a_generator_out_of_files():
    """Failures that are the generator's own spoil the run; the app's own do not."""
    recorder = Recorder(PLAN)
    for cause in ("connection refused", "the load generator ran out of open files"):
        recorder.end(recorder.begin(0, 100.0, 100.0), 101.0, 0, 0, cause)

    (doubt,) = doubts(PLAN, SOUND, recorder)

    assert ("generator-exhausted", True) == (doubt.id, doubt.spoils)
    assert "because the load generator ran out of open files" in doubt.sentence


@pytest.mark.parametrize(
    ("expected", "changes"),
    [
        pytest.param("used 95 % of a processor core", {"generator_cpu_share": 0.95}, id="busy"),
        pytest.param(
            "used 95 % of a processor core in its busiest second",
            {"busiest_second": 0.95},
            id="busy for a second",
        ),
        pytest.param("held up for 400 ms", {"worst_lag": 0.4}, id="late"),
        pytest.param("Only 3 of 20 users were active in 30 s.", {"peak_users": 3}, id="users"),
        pytest.param("1 of the load's users ended early", {"died": ("x",)}, id="died"),
        pytest.param(
            "interrupted after 5 s of 30 s.",
            {"interrupted": True, "stopped_at": 105.0},
            id="interrupted",
        ),
    ],
)
def test_sentences(expected, changes):
    """The sentence carries the figure, and an advice stands beside it."""
    (doubt,) = doubts(PLAN, replace(SOUND, **changes), Recorder(PLAN))

    assert expected in doubt.sentence
    assert doubt.advice.endswith(".")


@pytest.mark.parametrize(
    ("expected", "counts", "changes"),
    [
        pytest.param([], (100, 100, 0), {"worst_lag": 0.3}, id="all were sent"),
        pytest.param([], (100, 50, 50), {}, id="the app was slow"),
        pytest.param([], (100, 95, 0), {"worst_lag": 0.3}, id="enough were sent"),
        pytest.param([6.0], (100, 94, 0), {"worst_lag": 3.0}, id="the generator was late"),
        pytest.param([6.0], (100, 99, 1), {"worst_lag": 3.0}, id="one was dropped"),
        pytest.param(
            [math.inf], (100, 90, 10), {"generator_cpu_share": 0.9}, id="the generator was busy"
        ),
        pytest.param(
            [math.inf], (100, 90, 10), {"busiest_second": 0.9}, id="it was busy for a second"
        ),
    ],
)
def test_arrivals_that_were_not_sent(expected, counts, changes):
    """They speak against the run only where the generator was the limit, and not the app."""
    arrivals = ArrivalsMeasurement(*counts, 10.0, 9.0, 8.0)

    found = doubts(PLAN, replace(SOUND, **changes), Recorder(PLAN), arrivals=arrivals)

    unsent = [doubt for doubt in found if doubt.id == "arrivals-not-sent"]
    assert expected == [doubt.may_add for doubt in unsent]
    assert all(doubt.spoils for doubt in unsent)
    assert all(f"only {counts[1]} of the 100 requests" in doubt.sentence for doubt in unsent)


def _stage(number, planned, reached):
    begins = 10.0 * number
    return StageMeasurement(
        begins, begins + 10.0, planned, reached, 0, 0, None, 0.0, 0.0, None, None
    )


@pytest.mark.parametrize(
    ("expected", "stages"),
    [
        pytest.param(None, ((5, 5), (20, 20)), id="all reached"),
        pytest.param(None, ((5, 5), (2, 5)), id="more than asked for, on the way down"),
        pytest.param(
            "Only 12 of 20 users were active in stage 2 (10 s to 20 s).",
            ((5, 5), (20, 12)),
            id="one",
        ),
        pytest.param(
            "Only 1 of 2 users were active in stage 1 (0 ms to 10 s); "
            "1 of 3 users were active in stage 2 (10 s to 20 s); "
            "1 of 4 users were active in stage 3 (20 s to 30 s); 1 more stages.",
            ((2, 1), (3, 1), (4, 1), (5, 1)),
            id="many",
        ),
    ],
)
def test_users_not_reached_are_told_by_stage(expected, stages):
    """With the number of the stage and when it was."""
    measured = tuple(_stage(number, *users) for number, users in enumerate(stages))

    found = doubts(PLAN, SOUND, Recorder(PLAN), measured)

    assert ([] if expected is None else [expected]) == [doubt.sentence for doubt in found]
