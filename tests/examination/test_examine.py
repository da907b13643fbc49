"""Which apps are examined, what is asked of them, and what real ones come to."""

from __future__ import annotations

import pytest

from codeoptix_performance.examination.examine import Wishes, examine
from codeoptix_performance.load.locust_engine import LocustEngine
from codeoptix_performance.load.plan import LoadPlan, steady_users
from codeoptix_performance.load.scripted_engine import Script, ScriptedEngine, steady, users
from codeoptix_performance.measurement.measure import measure
from codeoptix_performance.measurement.recorder import Recorder
from codeoptix_performance.settings.sources import settings_from
from codeoptix_performance.target.endpoint import Endpoint, Request
from codeoptix_performance.target.open import open_target
from codeoptix_performance.target.target import AppExit, Target
from codeoptix_performance.verdict.examined.findings import find_in_examination
from tests.twin_table import PAIRS

ENDPOINTS = tuple(
    Endpoint(method, path, "routes", (Request(method, path),))
    for method, path in (("GET", "/a"), ("POST", "/a"), ("GET", "/b"))
)
QUICK = (users(0.0, 1), *steady(0, every=0.01, until=0.4, seconds=0.001))


class AskedOf(ScriptedEngine):
    """Answers as its script says and keeps what it was to ask."""

    def __init__(self, script):
        super().__init__(script)
        self.plans = []

    def run(self, plan, sink, watch):
        self.plans.append(plan)
        return super().run(plan, sink, watch)


def loaded(endpoints=ENDPOINTS, events=QUICK, app_exit=None, *, interrupted=False):
    """The measurement of a scripted load, as the room before hands it on."""
    plan = LoadPlan("http://app", endpoints, steady_users(20, 2, 3.0), (0.5, 2.0), 10.0, 0)
    recorder = Recorder(plan)
    engine = ScriptedEngine(Script(tuple(events), 3.0, interrupted=interrupted))
    report = engine.run(plan, recorder, lambda _: False)
    recorder.close(report.stopped_at)
    return measure(plan, recorder, report, None, app_exit)


def settings(**words):
    return settings_from({"url": "http://127.0.0.1:1", "examine": True, **words}, profile="api")


FAILING = (users(0.0, 1), *steady(0, every=0.01, until=1.0, seconds=0.001, status=500, cause="5"))


@pytest.mark.parametrize(
    ("words", "facts"),
    [
        pytest.param({"examine": False}, {}, id="examine is off"),
        pytest.param({}, {"events": ()}, id="nothing was answered"),
        pytest.param({}, {"events": FAILING}, id="everything failed"),
        pytest.param(
            {},
            {"app_exit": AppExit(1, out_of_memory=False, log_tail="")},
            id="it ended under the load",
        ),
        pytest.param({}, {"interrupted": True}, id="the load was interrupted"),
    ],
)
def test_an_app_is_not_examined_for_nothing(words, facts):
    """Not one request is sent."""
    engine = AskedOf(Script(QUICK))

    examined = examine(
        settings(**words), Target("http://app", "", ENDPOINTS), loaded(**facts), engine
    )

    assert (None, []) == (examined, engine.plans)


def test_of_an_app_that_is_not_ours_only_reads_are_asked():
    """What is written there would stay."""
    target = Target("http://127.0.0.1:9", "an app that runs elsewhere", ENDPOINTS)
    engine = AskedOf(Script(QUICK, 0.5))

    examine(settings(), target, loaded(), engine)

    assert {"GET"} == {endpoint.method for plan in engine.plans for endpoint in plan.endpoints}


def test_stretches_are_closed_loads_without_pauses():
    """One user first, more later; none waits between two requests."""
    target = Target("http://127.0.0.1:9", "", ENDPOINTS)
    engine = AskedOf(Script(QUICK, 0.5))

    examine(settings(), target, loaded(), engine)

    users_in_turn = [plan.users for plan in engine.plans]
    assert users_in_turn == sorted(users_in_turn, key=lambda users: users > 1)
    assert {1} < set(users_in_turn)
    assert {(0.0, 0.0)} == {plan.wait_time for plan in engine.plans}
    assert sum(plan.run_time for plan in engine.plans) < 3.0


@pytest.mark.parametrize("at_fault", [True, False])
def test_an_app_at_fault_is_asked_no_further(at_fault):
    """What is slow alone is looked at closer; a crowd only follows where that was no fault."""
    target = Target("http://127.0.0.1:9", "", ENDPOINTS)
    slow = (users(0.0, 1), *steady(0, every=0.05, until=0.4, seconds=0.04))
    quick = steady(1, every=0.01, until=0.4, seconds=0.001)
    engine = AskedOf(Script((*slow, *quick), 0.5))

    seen = examine(settings(), target, loaded(), engine, Wishes(is_fault=lambda _: at_fault))

    assert 1 == len(seen.focuses)
    assert at_fault == (seen.crowding is None)


def test_ctrl_c_ends_an_examination():
    """At once, and it comes out as what it is."""
    target = Target("http://127.0.0.1:9", "", ENDPOINTS)

    with pytest.raises(KeyboardInterrupt):
        examine(settings(), target, loaded(), ScriptedEngine(Script(QUICK, 0.5, interrupted=True)))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["payments", "polls", "analytics"])
def test_twins_are_told_apart(name):
    """One finding for the defect, none for the same app without it."""
    pair = next(pair for pair in PAIRS if pair.name == name)
    found = {}
    for kind in ("sound", "defective"):
        asked = settings_from({"code": pair.code(kind), "examine": True}, profile="api")
        with open_target(asked) as target:
            before = loaded(target.endpoints)
            examined = examine(asked, target, before, LocustEngine())
            found[kind], _ = find_in_examination(asked, examined)

    assert () == found["sound"]
    expected = {
        "payments": ("blocked", "GET /charges/{charge_id}/status"),
        "polls": ("lost-writes", "POST /polls/{poll_id}/votes"),
        "analytics": ("leak", "GET /pages/{page_id}/report"),
    }[name]
    assert expected in [(finding.id, finding.endpoint) for finding in found["defective"]]
