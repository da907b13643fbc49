"""A server that answers at once, started and loaded as apps are: ceiling and noise floor."""

from __future__ import annotations

import math
from pathlib import Path
from time import perf_counter

from codeoptix_performance.errors import EngineError
from codeoptix_performance.load.choice import choose_engine
from codeoptix_performance.load.engine import Engine, LoadReport
from codeoptix_performance.load.plan import LoadPlan, steady_users
from codeoptix_performance.load.planning import plan_load
from codeoptix_performance.measurement.bare_machine.figures import BareMachine, ClosedLoad
from codeoptix_performance.measurement.machine import seconds_waited
from codeoptix_performance.measurement.recorder import Recorder
from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.target.endpoint import Endpoint, Request
from codeoptix_performance.target.start import StartedApp, start_app
from codeoptix_performance.target.target import Target

USERS_WITHOUT_PAUSES = (1, 8, 32)
SECONDS_WITHOUT_PAUSES = 0.7
SECONDS_OF_LIGHT_LOAD = 4.0
_LONGEST_ANSWER = 5.0
_NULL_SERVER = Path(__file__).with_name("null_server.py")
_ENDPOINT = Endpoint("GET", "/", "settings", (Request("GET", "/"),))


def measure_bare_machine(asked: Settings) -> BareMachine:
    """The figures of this machine, on the rung and with the engine that ``asked`` name.

    Blocks for about seven seconds. Raises ``TargetError`` and ``EngineError`` where the server
    cannot be started or asked, and ``KeyboardInterrupt`` after Ctrl-C.
    """
    settings = _settings(asked)
    engine = choose_engine(settings)
    with start_app(settings) as app:
        target = _target(app)
        began_at, waited = perf_counter(), seconds_waited()
        light = _run(engine, plan_load(settings, target))
        pressure = (seconds_waited() - waited) / (perf_counter() - began_at)
        closed = tuple(_closed(engine, target, users) for users in USERS_WITHOUT_PAUSES)
        rung = app.process.hold.rung
    return BareMachine(rung, closed, light.times, min(1.0, pressure))


def _settings(asked: Settings) -> Settings:
    """The default load, for a time of its own: what users and pauses are unless somebody asks."""
    return Settings(
        code=_NULL_SERVER.read_text(encoding="utf-8"),
        environment="current",
        sandbox=asked.sandbox,
        allow_network=asked.allow_network,
        engine=asked.engine,
        run_time=SECONDS_OF_LIGHT_LOAD,
        run_time_given=True,
    )


def _target(app: StartedApp) -> Target:
    return Target(
        base_url=app.base_url,
        description="a server that answers at once",
        endpoints=(_ENDPOINT,),
        app=app,
        isolation=app.isolation,
        doorway=app.doorway,
    )


def _closed(engine: Engine, target: Target, users: int) -> ClosedLoad:
    plan = LoadPlan(
        base_url=target.base_url,
        endpoints=target.endpoints,
        stages=steady_users(users, math.inf, SECONDS_WITHOUT_PAUSES),
        wait_time=(0.0, 0.0),
        request_timeout=_LONGEST_ANSWER,
        seed=0,
        doorway=target.doorway,
    )
    run = _run(engine, plan)
    seconds, count = run.report.stopped_at - run.report.started_at, len(run.times)
    return ClosedLoad(users, count / seconds, run.report.generator_cpu_share * seconds / count)


class _Run:
    """One load that was answered: the generator's report, and response times, ascending."""

    def __init__(self, report: LoadReport, recorder: Recorder) -> None:
        self.report = report
        (samples,) = recorder.samples
        self.times = tuple(sorted(samples.seconds))
        if samples.failures or not self.times:
            cause = next((it.cause for it in samples.outcomes if it.cause), "nothing was sent")
            raise EngineError(f"The server that answers at once could not be asked: {cause}.")


def _run(engine: Engine, plan: LoadPlan) -> _Run:
    recorder = Recorder(plan)
    report = engine.run(plan, recorder, lambda _elapsed: False)
    if report.interrupted:
        raise KeyboardInterrupt
    recorder.close(report.stopped_at)
    return _Run(report, recorder)
