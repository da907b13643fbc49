"""The whole story, from words to a verdict, on the scripted engine: no load, no waiting."""

import os
import threading
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from codeoptix_performance import assessment as assessment_room
from codeoptix_performance.assessment import assess
from codeoptix_performance.errors import StartFailure, TargetError
from codeoptix_performance.load.scripted_engine import Script, ScriptedEngine, steady, users
from codeoptix_performance.measurement.bare_machine import null_server
from codeoptix_performance.measurement.bare_machine.figures import BareMachine, ClosedLoad
from codeoptix_performance.measurement.bare_machine.memory import circumstances, remember
from codeoptix_performance.settings.sources import settings_from

NULL_SERVER = Path(null_server.__file__)


class _Hello(BaseHTTPRequestHandler):
    def do_GET(self):
        body = b"{}"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words):
        """Keeps quiet."""


@pytest.fixture
def url():
    """An app that already runs and answers every GET at once."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Hello)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def _settings(url, **words):
    return settings_from({"url": url, "endpoints": ["GET /items"], **words}, profile="api")


def _assess(settings, *requests, **facts):
    return assess(
        settings, engine=ScriptedEngine(Script((users(0.0, 20), *requests), 8.0, **facts))
    )


def test_fast_answers_pass(url):
    """An app whose every request is fast passes with the full score and says what held."""
    assessment = _assess(_settings(url), *steady(0, every=0.05, until=7.9, seconds=0.02))

    assert ("pass", 1.0) == (assessment.verdict.outcome, assessment.verdict.score)
    assert any("GET /items" in line for line in assessment.verdict.evidence)


@pytest.mark.parametrize(
    ("requests", "outcome", "finding"),
    [
        pytest.param(
            tuple(steady(0, every=0.05, until=7.0, seconds=0.8)), "fail", "latency", id="slow"
        ),
        pytest.param(
            tuple(steady(0, every=0.05, until=7.9, seconds=0.01, status=500, cause="500 oops")),
            "fail",
            "all-failed",
            id="errors only",
        ),
        pytest.param(
            tuple(steady(0, every=0.4, until=7.9, seconds=None)), "fail", "hung", id="hanging"
        ),
        pytest.param((), "inconclusive", "no-requests", id="nothing was sent"),
        pytest.param(
            tuple(steady(0, every=1.0, until=7.9, seconds=0.01)),
            "inconclusive",
            "too-few-requests",
            id="hardly anything was sent",
        ),
    ],
)
def test_each_fault_has_a_finding_of_its_own(url, requests, outcome, finding):
    """Whatever is wrong, the first finding names it, and nothing without data passes."""
    verdict = _assess(_settings(url), *requests).verdict

    assert (outcome, finding) == (verdict.outcome, verdict.findings[0].id)
    assert not verdict.passed


def test_an_interrupted_run_keeps_its_figures(url):
    """After Ctrl-C the requests measured so far are in the assessment, and it does not pass."""
    requests = steady(0, every=0.05, until=7.9, seconds=0.02)

    assessment = _assess(_settings(url), *requests, interrupted=True)

    assert assessment.interrupted
    assert 40 < assessment.measurement.total.requests
    assert "inconclusive" == assessment.verdict.outcome


class ThisProcess:
    """What stands for an app that is ours: it runs, and says nothing."""

    pid = os.getpid()

    def exit(self):
        """It does not end."""

    def log_tail(self):
        """Nothing."""
        return ""


@pytest.fixture
def ours(monkeypatch):
    """The app is taken for one that we started."""
    opened = assessment_room.open_target

    @contextmanager
    def as_ours(settings):
        with opened(settings) as target:
            yield replace(target, app=ThisProcess())

    monkeypatch.setattr(assessment_room, "open_target", as_ours)


class LoadedAndExamined(ScriptedEngine):
    """Stretches of an examination, which have no pauses, are quick; keeps each run's users."""

    def __init__(self, script):
        super().__init__(script)
        self.users, self.sessions = [], []
        quick = steady(0, every=0.01, start=0.002, until=5.0, seconds=0.005)
        self.examined = ScriptedEngine(Script((users(0.0, 20), *quick), None))

    def run(self, plan, sink, watch):
        self.users.append(plan.users)
        if plan.wait_time == (0.0, 0.0):
            return self.examined.run(plan, sink, watch)
        self.sessions.append(plan.sessions)
        return super().run(plan, sink, watch)


@pytest.mark.parametrize(
    ("seconds", "longer"),
    [
        pytest.param(0.02, False, id="far from every limit"),
        pytest.param(0.45, True, id="a tenth below its limit"),
        pytest.param(3.0, False, id="far over it"),
    ],
)
@pytest.mark.usefixtures("ours")
def test_what_an_examination_cannot_decide_is_loaded_again_until_it_is(url, seconds, longer):
    """The first load is short: what an examination finds wrong needs no more proof."""
    script = Script((users(0.0, 20), *steady(0, every=0.02, until=29.0, seconds=seconds)), None)
    engine = LoadedAndExamined(script)

    assessment = assess(_settings(url), engine=engine)

    assert 2 - (not longer) == engine.users.count(20) == len(set(engine.sessions))
    assert longer == (assessment.measurement.duration > 5.0)


def test_an_app_that_is_not_ours_is_loaded_to_the_end_before_it_is_examined(url):
    """A second load would meet what the examination did to it: rate limits, for one."""
    script = Script((users(0.0, 20), *steady(0, every=0.02, until=29.0, seconds=0.45)), None)
    engine = LoadedAndExamined(script)

    assessment = assess(_settings(url), engine=engine)

    assert 1 == engine.users.count(20)
    assert 5.0 < assessment.measurement.duration


@pytest.mark.usefixtures("ours")
def test_an_app_that_starts_no_second_time_is_judged_by_the_first_load(url, monkeypatch):
    """What was measured is not lost."""
    script = Script((users(0.0, 20), *steady(0, every=0.02, until=29.0, seconds=0.45)), None)
    opened, starts = assessment_room.open_target, []

    def once(settings):
        starts.append(settings)
        if len(starts) > 1:
            raise TargetError(StartFailure("did-not-start", "The port was taken."))
        return opened(settings)

    monkeypatch.setattr(assessment_room, "open_target", once)

    assessment = assess(_settings(url), engine=LoadedAndExamined(script))

    assert 2 == len(starts)
    assert 50 < assessment.measurement.total.requests
    assert assessment.start_failure is None


@pytest.mark.parametrize(
    ("before", "outcome"),
    [
        pytest.param(steady(0, every=0.1, until=29.0, seconds=0.01), "pass", id="too few requests"),
        pytest.param(steady(0, every=0.02, until=29.0, seconds=3.0), "fail", id="broken for good"),
    ],
)
@pytest.mark.usefixtures("ours")
def test_a_load_that_gave_way_too_early_is_no_verdict(url, before, outcome):
    """It is put on again for as long as it takes, unless a limit is known to be broken."""
    script = Script((users(0.0, 20), *before), None)

    assessment = assess(_settings(url), engine=LoadedAndExamined(script))

    assert outcome == assessment.verdict.outcome
    assert (outcome == "pass") == (assessment.measurement.total.requests >= 100)


def test_progress_is_told_while_the_load_runs(url):
    """Whoever watches is told the requests so far, several times."""
    seen = []
    script = Script((users(0.0, 20), *steady(0, every=0.05, until=7.9, seconds=0.02)), 8.0)

    assess(_settings(url), engine=ScriptedEngine(script), on_progress=seen.append)

    assert 20 < len(seen)
    assert seen[0].requests < seen[-1].requests


def test_an_app_that_is_not_there_is_a_verdict():
    """A closed port ends in a failed verdict with one sentence, not in an exception."""
    assessment = assess(_settings("http://127.0.0.1:9"), engine=ScriptedEngine(Script(())))

    assert "unreachable" == assessment.verdict.findings[0].id
    assert assessment.measurement is None
    assert "127.0.0.1:9" in assessment.verdict.evidence[0]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("outcome", "seconds"),
    [
        pytest.param("inconclusive", 0.015, id="the machine may have broken it"),
        pytest.param("fail", 0.5, id="the app broke it"),
    ],
)
def test_a_limit_that_the_machine_itself_fills_is_not_held_against_an_app(
    outcome, seconds, tmp_path, monkeypatch
):
    """What is known of the machine is used, and told."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    machine = BareMachine("none", (ClosedLoad(8, 10000.0, 2e-5),), (0.009,) * 100, 0.01)
    words = {"endpoints": ["GET /"], "sandbox": "none", "examine": False}
    settings = settings_from(
        {"code": NULL_SERVER.read_text(), "max_p95_response_time": 10, **words}, profile="api"
    )
    remember(circumstances("none", own_network=False, engine=settings.engine), machine)

    assessment = _assess(settings, *steady(0, every=0.05, until=7.0, seconds=seconds))

    assert outcome == assessment.verdict.outcome
    assert machine == assessment.measurement.bare_machine
    assert ["near-noise-floor"] == [
        doubt.id for doubt in assessment.measurement.doubts if doubt.id.startswith("near")
    ]
