"""Users who log in: let in before a stretch, known in single questions, examined like others."""

from __future__ import annotations

from pathlib import Path

import pytest

from codeoptix_performance.examination.admission import welcome_users
from codeoptix_performance.examination.examine import examine
from codeoptix_performance.examination.stretch import Prober
from codeoptix_performance.load.locust_engine import LocustEngine
from codeoptix_performance.load.planning import plan_load
from codeoptix_performance.load.session import Sessions
from codeoptix_performance.measurement.measure import measure
from codeoptix_performance.measurement.recorder import Recorder
from codeoptix_performance.settings.sources import settings_from
from codeoptix_performance.target.login import Login
from codeoptix_performance.target.open import open_target
from codeoptix_performance.target.operation import Guard
from codeoptix_performance.target.target import Target
from codeoptix_performance.verdict.examined.findings import find_in_examination

APPS = Path(__file__).parents[1] / "apps"
OAUTH2 = (
    "fastapi_oauth2.py",
    '@app.get("/notes")\ndef list_notes(',
    'import time\n@app.get("/notes")\nasync def list_notes(',
    "    return [note for note in notes.values()",
    "    time.sleep(0.05)\n    return [note for note in notes.values()",
)
"""The list behind the login waits on the event loop."""
COOKIES = (
    "flask_session_login.py",
    "def get_db():\n",
    "import threading, time\nONE_AT_A_TIME = threading.Lock()\ndef get_db():\n",
    "def todos():\n",
    "def todos():\n    with ONE_AT_A_TIME:\n        time.sleep(0.04)\n",
)
"""The page behind the login waits with a lock in its hand."""


class Keeping(LocustEngine):
    """Keeps the plans of its loads, those that only let users in among them."""

    def __init__(self):
        super().__init__()
        self.plans = []

    def run(self, plan, sink, watch):
        self.plans.append(plan)
        return super().run(plan, sink, watch)


def asked_for(app, *changes, users=18):
    code = (APPS / app).read_text()
    for old, new in zip(changes[::2], changes[1::2], strict=True):
        assert 1 == code.count(old)
        code = code.replace(old, new)
    words = {"code": code, "examine": True, "users": users, "run_time": "2s"}
    return settings_from(words, profile="api")


def examined(settings, engine):
    """What the examination of a loaded app finds, and its settings' target."""
    with open_target(settings) as target:
        plan = plan_load(settings, target)
        recorder = Recorder(plan)
        report = engine.run(plan, recorder, lambda _: False)
        measurement = measure(plan, recorder, report, None, target.app.exit())
        return target, examine(settings, target, measurement, engine, sessions=plan.sessions)


@pytest.mark.slow
@pytest.mark.parametrize("app", [OAUTH2, COOKIES], ids=["token", "cookie"])
def test_an_app_behind_a_login_is_examined_and_sound(app):
    """Stretches ask what only members see, and nobody is refused."""
    settings, engine = asked_for(app[0]), Keeping()

    target, found = examined(settings, engine)

    assert target.login is not None
    assert ((), ()) == find_in_examination(settings, found)
    protected = {"GET /notes", "GET /todos"}
    parts = [part for part in found.crowding.many.parts if part.name in protected]
    assert parts
    assert not any(part.failures for part in parts)
    assert {(0.0, 0.0)} == {plan.wait_time for plan in engine.plans[1:]}  # nobody was let in


@pytest.mark.slow
@pytest.mark.parametrize(
    ("app", "finding", "endpoint"),
    [
        pytest.param(OAUTH2, "blocked", "GET /notes", id="token"),
        pytest.param(COOKIES, "serial", "GET /todos", id="cookie"),
    ],
)
def test_a_defect_behind_a_login_is_found(app, finding, endpoint):
    """It names the endpoint that only members can ask."""
    settings = asked_for(*app)

    _, found = examined(settings, LocustEngine())
    failing, _ = find_in_examination(settings, found)

    assert (finding, endpoint) in [(each.id, each.endpoint) for each in failing]


@pytest.mark.slow
def test_users_beyond_those_of_the_load_log_in_before_the_stretch():
    """A load of their own, whose figures are nobody's; the next stretch needs none."""
    settings, engine, sessions = asked_for(OAUTH2[0]), Keeping(), Sessions()

    with open_target(settings) as target:
        prober = Prober(settings, target, engine, sessions)
        reads = tuple(each for each in target.endpoints if each.name == "GET /notes")
        stretches = [prober.run(reads, users, 0.3) for users in (3, 3)]

    assert [3, 3, 3] == [plan.users for plan in engine.plans]
    assert 3 == sessions.free
    assert all(stretch.requests and not stretch.failures for stretch in stretches)
    assert {"GET /notes"} == {part.name for stretch in stretches for part in stretch.parts}


@pytest.mark.slow
@pytest.mark.parametrize("app", [OAUTH2[0], COOKIES[0]])
def test_single_questions_are_asked_by_somebody_the_app_knows(app):
    """By a user of the load, or by a new one where it left none."""
    settings, sessions = asked_for(app), Sessions()
    path = "/notes" if app == OAUTH2[0] else "/todos"

    with open_target(settings) as target:
        prober = Prober(settings, target, LocustEngine(), sessions)
        with prober.asker(5.0) as newcomer:
            first = newcomer.get(path).status
        prober.run(target.endpoints, 1, 0.1)
        with prober.asker(5.0) as known:
            second = known.get(path).status
            known.signer = None
            known.forget_cookies()
            nobody = known.get(path).status

    assert (200, 200) == (first, second)
    assert nobody in (302, 401)


@pytest.mark.parametrize(
    ("fixed", "users"),
    [
        pytest.param("zq0uniq0:Passw0rd", 1, id="each has an account"),
        pytest.param("one-key", 16, id="all share one"),
    ],
)
def test_an_app_that_is_not_ours_gets_no_more_accounts(fixed, users):
    """What the load registered has to do."""
    login = Login(None, None, Guard("header", "X-API-Key"), fixed=fixed)
    target = Target("http://127.0.0.1:9", "an app that runs elsewhere", (), login=login)

    assert users == welcome_users(16, target, Sessions())
