"""The story, top to bottom: settings → target → load → measurement → examination → verdict."""

from __future__ import annotations

from collections.abc import Callable
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
from codeoptix_performance.load.session import Sessions
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
from codeoptix_performance.verdict.judge import finds_fault, judge, judge_start_failure
from codeoptix_performance.verdict.sequential.crowd_proof import (
    is_left_open,
    prove_in_crowd,
    wanted_of_crowd,
)
from codeoptix_performance.verdict.sequential.looks import Decision
from codeoptix_performance.verdict.sequential.run_watch import RunWatch
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
        return coverage_of(self.target, self.measurement)

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
    itself cannot work, and ``KeyboardInterrupt`` if interrupted before any load was sent.
    """
    started = perf_counter()
    engine = engine or choose_engine(settings)
    try:
        with open_target(settings) as target:
            plan = plan_load(settings, target)
            loaded = _load(settings, target, plan, engine, on_progress)
            wishes = Wishes(wanted_of_crowd(loaded.decisions), partial(is_fault, settings))
            examination = examine(
                settings, target, loaded.measurement, engine, wishes, sessions=plan.sessions
            )
            if _wants_more_load(settings, target, plan, loaded, examination):
                anew = replace(plan, sessions=Sessions())  # logins are part of what is judged
                loaded = _load(settings, target, anew, engine, on_progress, to_the_end=True)
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
    """What a load came to."""

    measurement: Measurement
    decisions: tuple[Decision, ...]

    def proven_with(self, examination: Examination | None) -> tuple[Decision, ...]:
        """The decisions, and those an examination's crowd adds."""
        return prove_in_crowd(self.decisions, examination, self.measurement)


def _wants_more_load(
    settings: Settings,
    target: Target,
    plan: LoadPlan,
    loaded: _Loaded,
    examination: Examination | None,
) -> bool:
    """The load left limits open for an examination that neither proved them nor found a fault."""
    if examination is None or not settings.ends_when_decided:
        return False
    unchosen = plan.login.endpoints if plan.login else frozenset()
    left_open = is_left_open(loaded.proven_with(examination), unchosen)
    return left_open and not finds_fault(settings, target, loaded.measurement, examination)


def _load(
    settings: Settings,
    target: Target,
    plan: LoadPlan,
    engine: Engine,
    on_progress: OnProgress | None,
    *,
    to_the_end: bool = False,
) -> _Loaded:
    """The planned load, until it is decided, or ``to_the_end`` of its time where it is not."""
    recorder, app = Recorder(plan), target.app
    examined = frozenset() if to_the_end else endpoints_of_examination(settings, target)
    looks = RunWatch(settings, plan, recorder, app.pid if app else None, examined)
    with watch_resources(app) as resources:
        report = engine.run(plan, recorder, _watch(app, recorder, looks, on_progress))
    app_exit = app.exit() if app is not None else None
    used, machine = resources.result(), resources.machine()
    measurement = measure(plan, recorder, report, used, app_exit, machine=machine)
    looks.look(measurement.duration)
    return _Loaded(measurement, looks.decisions)


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
    machine = bare_machine_of(settings, target, needed=needed)
    return held_against(machine, measurement, plan, settings.limits)
