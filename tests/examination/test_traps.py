"""Apps that look like others: some wait on purpose, some have no endpoint that is quick."""

from __future__ import annotations

from functools import partial

import pytest

from codeoptix_performance.examination.examine import Wishes, examine
from codeoptix_performance.load.locust_engine import LocustEngine
from codeoptix_performance.load.plan import LoadPlan, steady_users
from codeoptix_performance.load.scripted_engine import Script, ScriptedEngine, steady, users
from codeoptix_performance.measurement.measure import measure
from codeoptix_performance.measurement.recorder import Recorder
from codeoptix_performance.settings.sources import settings_from
from codeoptix_performance.target.open import open_target
from codeoptix_performance.verdict.examined.findings import find_in_examination, is_fault

FASTAPI = """
import asyncio, hashlib, random, threading, time
from fastapi import FastAPI
app = FastAPI()
"""
ROUTE = """
@app.get("/{path}")
async def {path}():
    {work}
    return {{"done": "{path}"}}
"""
BACKGROUND = """
def work():
    while True:
        until = time.perf_counter() + 0.02
        while time.perf_counter() < until:
            pass
        time.sleep(0.03)

threading.Thread(target=work, daemon=True).start()
"""


def app(more="", **work_by_path):
    routes = (ROUTE.format(path=path, work=work) for path, work in work_by_path.items())
    return FASTAPI + more + "".join(routes)


def awaits(*milliseconds):
    """An app whose endpoints wait so long, and let everybody else go on meanwhile."""
    waits = {
        f"e{number}": f"await asyncio.sleep({each / 1000})"
        for number, each in enumerate(milliseconds)
    }
    return app(**waits)


SOUND = {
    "one of five waits long": awaits(2, 450, 2, 2, 2),
    "waits at random": app(quick="pass", slow="await asyncio.sleep(random.expovariate(1 / 0.15))"),
    "beside work of its own": app(BACKGROUND, quick="pass", slow="await asyncio.sleep(0.3)"),
}
COMPUTES = "hashlib.pbkdf2_hmac('sha256', b'x', b'y', 150_000)"
FAULTY = {
    "the only endpoint blocks": (app(only="time.sleep(0.03)"), "blocked"),
    "every endpoint computes": (app(a=COMPUTES, b=COMPUTES), "blocked"),
    "one that blocks is hidden behind two that wait": (
        app(
            quick="pass",
            long="await asyncio.sleep(0.1)",
            longer="await asyncio.sleep(0.12)",
            blocks="time.sleep(0.04)",
        ),
        "blocked",
    ),
}


def examined(code):
    """What is found in an app whose load went well."""
    settings = settings_from({"code": code}, profile="api")
    with open_target(settings) as target:
        plan = LoadPlan(
            "http://app", target.endpoints, steady_users(20, 2, 3.0), (0.5, 2.0), 10.0, 0
        )
        recorder = Recorder(plan)
        script = Script((users(0.0, 1), *steady(0, every=0.01, until=0.4, seconds=0.5)), 3.0)
        report = ScriptedEngine(script).run(plan, recorder, lambda _: False)
        recorder.close(report.stopped_at)
        before = measure(plan, recorder, report, None, None)
        wishes = Wishes(is_fault=partial(is_fault, settings))
        seen = examine(settings, target, before, LocustEngine(), wishes)
    found, _ = find_in_examination(settings, seen)
    return {finding.id for finding in found}


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.parametrize("name", SOUND)
def test_an_app_that_is_slow_on_purpose_is_sound(name):
    """It waits, and everybody else goes on meanwhile."""
    assert set() == examined(SOUND[name])


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.parametrize("name", FAULTY)
def test_an_app_without_a_quick_endpoint_hides_nothing(name):
    """Where no endpoint is quick, an unknown path tells what waits for what."""
    code, finding = FAULTY[name]
    assert {finding} == examined(code)
