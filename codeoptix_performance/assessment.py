"""The story, top to bottom: settings → target → load → measurement → examination → verdict."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from time import perf_counter

from codeoptix_performance.errors import StartFailure, TargetError
from codeoptix_performance.examination.examination import Examination
from codeoptix_performance.examination.examine import (
    Wishes,
    endpoints_of_examination,
    examine,
)
from codeoptix_performance.load.choice import choose_engine
from codeoptix_performance.load.engine import Engine, Watch
from codeoptix_performance.load.plan import LoadPlan
from codeoptix_performance.load.planning import plan_load
from codeoptix_performance.measurement.bare_machine.known import bare_machine_of
from codeoptix_performance.measurement.machine_soundness import held_against
from codeoptix_performance.measurement.measure import measure
from codeoptix_performance.measurement.measurement import Measurement
from codeoptix_performance.measurement.progress import Progress, progress_of
from codeoptix_performance.measurement.recorder import Recorder
from codeoptix_performance.measurement.resources import watch_resources
from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.target.endpoint import Skipped
from codeoptix_performance.target.open import open_target
from codeoptix_performance.target.target import RunningApp, Target
from codeoptix_performance.verdict.coverage import Coverage, coverage_of
from codeoptix_performance.verdict.doubts import could_be_the_machines
from codeoptix_performance.verdict.examined.findings import is_fault
from codeoptix_performance.verdict.examined.throughput import keeps_limits
from codeoptix_performance.verdict.judge import finds_fault, judge, judge_start_failure
from codeoptix_performance.verdict.sequential.crowd_proof import (
    prove_in_crowd,
    wanted_of_crowd,
    wants_more_load,
)
from codeoptix_performance.verdict.sequential.looks import Decision
from codeoptix_performance.verdict.sequential.run_watch import PATIENCE, RunWatch
from codeoptix_performance.verdict.verdict import Verdict

OnProgress = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Assessment:
    """One app, judged, with everything the verdict rests on.

    ``target``, ``plan`` and ``measurement`` are None when the app could not be brought under load;
    ``start_failure`` says why then. ``examination`` is None where there was none.
    ``seconds`` is the wall time from call to verdict.
    ``interrupted`` is true after Ctrl-C: the figures are those measured until then.
    """

    settings: Settings
    verdict: Verdict
    seconds: float
    target: Target | None = None
    plan: LoadPlan | None = None
    measurement: Measurement | None = None
    examination: Examination | None = None
    start_failure: StartFailure | None = None

    @property
    def interrupted(self) -> bool:
        """The run was cut short by Ctrl-C."""
        return self.measurement is not None and self.measurement.interrupted

    @property
    def target_description(self) -> str:
        """A few words on what was tested, e.g. ``FastAPI app in main.py``."""
        return self.target.description if self.target else "an app that was not brought under load"

    @property
    def base_url(self) -> str | None:
        """Where the app answered."""
        return self.target.base_url if self.target else self.settings.url

    @property
    def sandbox_level(self) -> str:
        """How the app was held, in one sentence."""
        return self.target.isolation.sentence if self.target else ""

    @property
    def login_sentence(self) -> str:
        """How users became known to the app; empty where it let everybody in."""
        login = self.target.login if self.target else None
        return login.sentence if login else ""

    @property
    def coverage(self) -> Coverage | None:
        """How much of the app answered; None where nothing was measured."""
        if self.target is None or self.measurement is None:
            return None
        return coverage_of(self.target, self.measurement, self.examination)

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """Endpoints that were found and not put under load."""
        return self.target.skipped if self.target else ()


def assess(
    settings: Settings, *, on_progress: OnProgress | None = None, engine: Engine | None = None
) -> Assessment:
    """The app that ``settings`` name, started, loaded, measured and judged.

    Blocks for the start of the app, the run time, and about a second to end the app's processes.
    ``on_progress`` is called about five times a second from the calling thread. An app that cannot
    be brought under load is a verdict, not an error; raises ``EngineError`` if the load generator
    itself cannot work, and ``KeyboardInterrupt`` if interrupted before any load was sent: what was
    measured by then is judged as what it is, a run that was cut short.
    """
    started = perf_counter()
    engine = engine or choose_engine(settings)
    try:
        with open_target(settings) as target:
            plan = plan_load(settings, target)
            examined = endpoints_of_examination(settings, target)
            patience = PATIENCE if _may_give_way(settings, target) else math.inf
            loaded = _load(
                settings, target, plan, engine, on_progress, crowded=examined, patience=patience
            )
            loaded, examination = _examine(settings, target, plan, engine, loaded)
        if _wants_more_load(settings, target, loaded, examination):
            proven = loaded.proven_endpoints(examination)
            with suppress(TargetError):  # it started once: what the first load saw stands
                target, plan, loaded = _load_anew(settings, engine, on_progress, proven)
    except TargetError as error:
        verdict = judge_start_failure(settings, error.failure)
        seconds = perf_counter() - started
        return Assessment(settings, verdict, seconds, start_failure=error.failure)
    decisions = loaded.proven_with(examination)
    measurement = _held_against_machine(settings, target, plan, loaded.measurement)
    verdict = judge(settings, target, measurement, decisions, examination)
    seconds = perf_counter() - started
    return Assessment(settings, verdict, seconds, target, plan, measurement, examination)


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What a load came to; ``unchosen`` are the endpoints of its login."""

    measurement: Measurement
    decisions: tuple[Decision, ...]
    unchosen: frozenset[str]

    def proven_with(self, examination: Examination | None) -> tuple[Decision, ...]:
        """The decisions, and those an examination's crowd adds."""
        return prove_in_crowd(self.decisions, examination, self.measurement, self.unchosen)

    def proven_endpoints(self, examination: Examination | None) -> frozenset[str]:
        """Those whose limits need no more load."""
        decisions = self.proven_with(examination)
        left_open = {each.endpoint for each in decisions if each.keeps_going}
        names = {each.endpoint for each in decisions if each.endpoint is not None}
        return frozenset(names - left_open)


def _examine(
    settings: Settings, target: Target, plan: LoadPlan, engine: Engine, loaded: _Loaded
) -> tuple[_Loaded, Examination | None]:
    """The examination; after Ctrl-C there is none, and the load counts as cut short."""
    wishes = Wishes(
        requests=wanted_of_crowd(loaded.decisions),
        is_fault=partial(is_fault, settings),
        keeps_limits=partial(keeps_limits, settings),
    )
    measurement = loaded.measurement
    try:
        seen = examine(settings, target, measurement, engine, wishes, sessions=plan.sessions)
    except KeyboardInterrupt:
        return replace(loaded, measurement=replace(measurement, interrupted=True)), None
    return loaded, seen


def _may_give_way(settings: Settings, target: Target) -> bool:
    """A load may be cut short for an examination where both can be followed by a fresh app.

    An app that is not ours would meet what the examination did to it: its rate limits, say.
    """
    examined = bool(endpoints_of_examination(settings, target))
    return settings.ends_when_decided and examined and target.app is not None


def _load_anew(
    settings: Settings,
    engine: Engine,
    on_progress: OnProgress | None,
    proven: frozenset[str],
) -> tuple[Target, LoadPlan, _Loaded]:
    """The load on an app that no examination has written to; logins, too, are judged anew."""
    with open_target(settings) as target:
        plan = plan_load(settings, target)
        loaded = _load(settings, target, plan, engine, on_progress, crowded=proven)
    return target, plan, loaded


def _wants_more_load(
    settings: Settings, target: Target, loaded: _Loaded, examination: Examination | None
) -> bool:
    """The load gave way to an examination that neither proved what was open nor found a fault."""
    if not _may_give_way(settings, target) or finds_fault(
        settings, target, loaded.measurement, examination
    ):
        return False
    decisions = loaded.proven_with(examination)
    return wants_more_load(settings, decisions, loaded.measurement, loaded.unchosen)


def _load(
    settings: Settings,
    target: Target,
    plan: LoadPlan,
    engine: Engine,
    on_progress: OnProgress | None,
    *,
    crowded: frozenset[str],
    patience: float = math.inf,
) -> _Loaded:
    """The planned load, for as long as ``RunWatch`` says."""
    recorder, app = Recorder(plan), target.app
    looks = RunWatch(
        settings, plan, recorder, app.pid if app else None, crowded=crowded, patience=patience
    )
    with watch_resources(app) as resources:
        report = engine.run(plan, recorder, _watch(app, recorder, looks, on_progress))
    app_exit = app.exit() if app is not None else None
    used, machine = resources.result(), resources.machine()
    measurement = measure(plan, recorder, report, used, app_exit, machine=machine)
    looks.look(measurement.duration)
    unchosen = plan.login.endpoints if plan.login else frozenset()
    return _Loaded(measurement, looks.decisions, unchosen)


def _watch(
    app: RunningApp | None, recorder: Recorder, looks: RunWatch, on_progress: OnProgress | None
) -> Watch:
    """Ends the load when it may end, or when the app is gone."""

    def watch(elapsed: float) -> bool:
        if on_progress is not None:
            on_progress(progress_of(recorder, elapsed))
        return looks.may_end(elapsed) or (app is not None and app.exit() is not None)

    return watch


def _held_against_machine(
    settings: Settings, target: Target, plan: LoadPlan, measurement: Measurement
) -> Measurement:
    """What is known of the machine by itself; what is not is measured only where it may matter."""
    needed = could_be_the_machines(settings, measurement)
    try:
        machine = bare_machine_of(settings, target, needed=needed)
    except KeyboardInterrupt:
        return replace(measurement, interrupted=True)
    return held_against(machine, measurement, plan, settings.limits)
