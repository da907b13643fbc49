"""A load looked at while it runs, from the recorder, on the scripted engine."""

import pytest

from codeoptix_performance.load.plan import LoadPlan, steady_users
from codeoptix_performance.load.scripted_engine import (
    Script,
    ScriptedEngine,
    ScriptedRequest,
    steady,
    users,
)
from codeoptix_performance.measurement.recorder import Recorder
from codeoptix_performance.settings.sources import settings_from
from codeoptix_performance.target.endpoint import Endpoint, Request
from codeoptix_performance.verdict.sequential import run_watch
from codeoptix_performance.verdict.sequential.run_watch import RunWatch

ITEMS = Endpoint("GET", "/items", "settings", (Request("GET", "/items"),))
FAST = tuple(steady(0, every=0.005, until=30.0, seconds=0.02))


def played(*events, words=None, all_users=20):
    """The watch and the seconds after a run of these events, which may end it."""
    settings = settings_from(words or {}, profile="api")
    stages = steady_users(settings.users, 20.0, settings.run_time)
    plan = LoadPlan("http://127.0.0.1:1", (ITEMS,), stages, (0.0, 0.0), 10.0, 0)
    recorder = Recorder(plan)
    watch = RunWatch(settings, plan, recorder)
    engine = ScriptedEngine(Script((users(0.0, all_users), *events)))
    report = engine.run(plan, recorder, watch.may_end)
    watch.look(report.stopped_at)
    return watch, report.stopped_at


@pytest.mark.parametrize(
    ("words", "ends"),
    [
        pytest.param({}, True, id="nobody said how long"),
        pytest.param({"run_time": "12s"}, False, id="a run time"),
        pytest.param({"run_time": "12s", "early_stop": True}, True, id="a run time at most"),
        pytest.param({"early_stop": False, "run_time": "12s"}, False, id="to the end, in any case"),
        pytest.param({"shape": "spike"}, False, id="a shape that changes"),
        pytest.param({"stages": ["12s:20"]}, False, id="stages"),
    ],
)
def test_a_run_ends_when_decided_unless_somebody_said_how_long_it_lasts(words, ends):
    """The decisions are made all the same."""
    watch, seconds = played(*FAST, words=words)

    assert ends == (seconds < 3.0)
    assert ["passes", "passes"] == [one.state for one in watch.decisions[:2]]


def test_a_hung_app_ends_the_run():
    """Requests in flight are seen while they wait."""
    hung = (ScriptedRequest(0, 0.01 * number, None) for number in range(20))

    watch, seconds = played(*hung)

    assert "fails" in {one.state for one in watch.decisions}
    assert seconds <= 6.0


def test_a_run_whose_users_never_all_came_goes_on():
    """Half the load proves nothing about all of it."""
    _, seconds = played(*FAST, all_users=10, words={"run_time": "8s", "early_stop": True})

    assert 8.0 == seconds


def test_a_run_without_an_event_decides_nothing():
    """And ends in no error."""
    settings = settings_from({}, profile="api")
    plan = LoadPlan("http://127.0.0.1:1", (ITEMS,), steady_users(1, 1.0, 1.0), (0.0, 0.0), 10.0, 0)
    watch = RunWatch(settings, plan, Recorder(plan))

    assert not watch.may_end(0.2)
    assert () == watch.decisions


def test_a_soak_is_not_kept_twice(monkeypatch):
    """After enough requests nothing more is taken, and what was decided stays."""
    monkeypatch.setattr(run_watch, "MOST_REQUESTS", 1000)

    watch, _ = played(*FAST, words={"run_time": "30s"})

    assert sum(watch._read) < 1300
    assert "passes" == watch.decisions[0].state


def test_a_long_run_is_looked_at_less_often():
    """A fiftieth of it must be new."""
    looks = []
    settings = settings_from({"run_time": "30s"}, profile="api")
    plan = LoadPlan("http://127.0.0.1:1", (ITEMS,), steady_users(20, 20.0, 30.0), (0, 0), 10.0, 0)
    recorder = Recorder(plan)
    watch = RunWatch(settings, plan, recorder)

    def may_end(elapsed):
        watch.may_end(elapsed)
        looks.append(watch._looked_at)
        return False

    ScriptedEngine(Script((users(0.0, 20), *FAST))).run(plan, recorder, may_end)

    assert 150 == len(looks)
    assert 60 < len(set(looks)) < 120


def test_a_process_that_was_held_up_fails_nothing_early():
    """No question for a second and a half: who was asked too late may have sent too late."""
    settings = settings_from({}, profile="api")
    plan = LoadPlan("http://127.0.0.1:1", (ITEMS,), steady_users(20, 20.0, 30.0), (0, 0), 10.0, 0)
    slow = tuple(steady(0, every=0.02, until=30.0, seconds=2.4))

    def decided(*, skipping):
        recorder = Recorder(plan)
        watch = RunWatch(settings, plan, recorder)

        def may_end(elapsed):
            return not 1.0 < elapsed < skipping and watch.may_end(elapsed)

        ScriptedEngine(Script((users(0.0, 20), *slow), duration=5.0)).run(plan, recorder, may_end)
        return {one.state for one in watch.decisions if one.limit.statistic == "percentile"}

    assert {"fails"} == decided(skipping=1.0)
    assert {"open"} == decided(skipping=2.5)
