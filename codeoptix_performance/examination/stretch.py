"""A short closed load without pauses on some endpoints, and what was seen in it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import median
from time import perf_counter

from codeoptix_performance.examination.admission import admit, sign, welcome_users
from codeoptix_performance.load.engine import Engine, LoadReport, Watch
from codeoptix_performance.load.plan import LoadPlan, steady_users
from codeoptix_performance.load.session import Sessions
from codeoptix_performance.measurement.machine import seconds_waited_by
from codeoptix_performance.measurement.measure import measure
from codeoptix_performance.measurement.measurement import MachineUse, Measurement
from codeoptix_performance.measurement.recorder import Recorder
from codeoptix_performance.measurement.resources import watch_resources
from codeoptix_performance.measurement.samples import Samples
from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.target.asking import Asker
from codeoptix_performance.target.endpoint import Endpoint
from codeoptix_performance.target.target import Target

SETTLED_TIMES, SETTLED_MARGIN = 2.0, 0.02
LONGEST_ANSWER = 2.5
"""Seconds an answer may take here; slower endpoints break a limit of the asked load long before."""
MOST_LOST = 0.2
"""Share of a stretch."""
SEEN_OFF = 0.5
"""Seconds that requests under way are waited for where none may be left out."""

Enough = Callable[[list[int]], bool]
"""Told how many requests of each endpoint have finished; true where no more are needed."""


@dataclass(frozen=True, slots=True)
class Part:
    """One endpoint's share of a stretch; times in seconds, of successes and failures alike.

    ``median`` counts requests still in flight with their age where that is above the median of the
    finished ones, ``least`` does not; they are None without any. ``times`` are those of successes
    alone, in the order they finished. ``broken`` are failures that are
    no refusals: no answer at all, or a status of 500 and more but 503. ``cause`` is their most
    frequent one.
    """

    name: str
    requests: int
    failures: int
    in_flight: int
    median: float | None
    least: float | None = None
    bytes_each: float = 0.0
    broken: int = 0
    cause: str | None = None
    times: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Stretch:
    """``users`` asked without pauses for ``seconds``; ``rate`` is successes per second.

    In a ``whole`` one every request was waited for: what is in flight at its end is older than
    ``SEEN_OFF``. ``cores`` (1.0 = one core busy) and the bytes of memory are those of the app's
    process tree, None where it is not ours. ``cores_lacking`` is how many more its threads were
    ready to use and did not get. ``measured`` are all figures of it, to hold limits against. In a
    ``disturbed`` one, the load or the processors stood still for so much of it that its rate says
    little about the app.
    """

    users: int
    seconds: float
    parts: tuple[Part, ...]
    cores: float | None = None
    cores_lacking: float = 0.0
    memory_before: int | None = None
    memory_after: int | None = None
    whole: bool = False
    measured: Measurement | None = None
    disturbed: bool = False

    @property
    def requests(self) -> int:
        """Finished requests."""
        return sum(part.requests for part in self.parts)

    @property
    def failures(self) -> int:
        """Finished requests that failed."""
        return sum(part.failures for part in self.parts)

    @property
    def rate(self) -> float:
        """Successes per second of all endpoints together."""
        return (self.requests - self.failures) / self.seconds if self.seconds else 0.0

    def part(self, name: str) -> Part | None:
        """The share of the endpoint called ``name``."""
        return next((part for part in self.parts if part.name == name), None)

    def rate_of(self, name: str) -> float:
        """Successes per second of one endpoint."""
        part = self.part(name)
        return (part.requests - part.failures) / self.seconds if part and self.seconds else 0.0


class Prober:
    """Puts stretches of load on one target, one after the other, and stops when the app ends.

    Users of an app with a login come with the ``sessions`` of users before them.
    """

    def __init__(
        self, settings: Settings, target: Target, engine: Engine, sessions: Sessions | None = None
    ) -> None:
        self._settings = settings
        self._target = target
        self._engine = engine
        self._sessions = Sessions() if sessions is None else sessions

    def run(
        self,
        endpoints: tuple[Endpoint, ...],
        users: int,
        seconds: float,
        *,
        whole: bool = False,
        enough: Enough | None = None,
    ) -> Stretch:
        """``users`` users on ``endpoints`` by their weights; blocks for about ``seconds``.

        It ends early once ``enough`` says so. Fewer users come where an app that is not ours would
        have to register more than the load did. Raises ``KeyboardInterrupt`` where Ctrl-C ended it.
        """
        users = welcome_users(users, self._target, self._sessions)
        plan = LoadPlan(
            base_url=self._target.base_url,
            endpoints=endpoints,
            stages=steady_users(users, math.inf, seconds),
            wait_time=(0.0, 0.0),
            request_timeout=min(self._settings.request_timeout, LONGEST_ANSWER),
            seed=self._settings.seed,
            doorway=self._target.doorway,
            stop_timeout=SEEN_OFF if whole else 0.0,
            login=self._target.login,
            sessions=self._sessions,
            verify_tls=self._settings.verify_tls,
        )
        admit(self._engine, plan, self._has_ended)
        recorder = Recorder(plan)
        app = self._target.app
        waited_before = seconds_waited_by(app.pid) if app else 0.0
        with watch_resources(app) as resources:
            report = self._engine.run(plan, recorder, self._watch(recorder, enough))
        if report.interrupted:
            raise KeyboardInterrupt
        waited = seconds_waited_by(app.pid) - waited_before if app else 0.0
        measured = measure(plan, recorder, report, None, None)
        used = resources.result()
        seconds = report.stopped_at - report.started_at
        stretch = Stretch(
            users=users,
            seconds=seconds,
            parts=_parts(plan, recorder, report.stopped_at),
            whole=whole,
            measured=measured,
            disturbed=_stood_still(report, resources.machine()) > MOST_LOST * seconds,
        )
        if used is None:
            return stretch
        return replace(
            stretch,
            cores=used.cpu_share,
            cores_lacking=max(0.0, waited) / stretch.seconds if stretch.seconds else 0.0,
            memory_before=used.memory_at_start,
            memory_after=used.memory_at_end,
        )

    @property
    def app_pid(self) -> int | None:
        """The process of an app that is ours."""
        return self._target.app.pid if self._target.app is not None else None

    def settle(self, endpoint: Endpoint, usual: float) -> bool:
        """Waits until the app has done what a stretch left it to do; False if it does not in time.

        ``endpoint`` is asked again and again until that takes about its ``usual`` seconds.
        """
        with self.asker(LONGEST_ANSWER) as asker:
            while True:
                asked_at = perf_counter()
                answer = asker.ask(endpoint.requests[0])
                if not answer.status:
                    return False
                if perf_counter() - asked_at <= SETTLED_TIMES * usual + SETTLED_MARGIN:
                    return True

    def asker(self, seconds_in_all: float) -> Asker:
        """Single questions to the app, for so many seconds; to be closed by the caller."""
        asker = Asker(
            self._target.base_url,
            seconds_each=LONGEST_ANSWER,
            seconds_in_all=seconds_in_all,
            alive=lambda: not self._has_ended(0.0),
            doorway=self._target.doorway,
            verify_tls=self._settings.verify_tls,
        )
        if self._target.login is not None:
            sign(asker, self._target.login, self._sessions.next_free)
        return asker

    def _watch(self, recorder: Recorder, enough: Enough | None) -> Watch:
        """Ends a stretch with the app, or when there is enough."""

        def watch(elapsed: float) -> bool:
            return self._has_ended(elapsed) or (
                enough is not None and enough([len(each) for each in recorder.samples])
            )

        return watch

    def _has_ended(self, _elapsed: float) -> bool:
        return self._target.app is not None and self._target.app.exit() is not None


def _stood_still(report: LoadReport, machine: MachineUse | None) -> float:
    """Seconds in which the generator was held up at once, or the hypervisor had the processors."""
    stolen = machine.stolen / machine.processors * machine.seconds if machine else 0.0
    return max(report.worst_lag, stolen)


def _parts(plan: LoadPlan, recorder: Recorder, stopped_at: float) -> tuple[Part, ...]:
    ages: list[list[float]] = [[] for _ in plan.endpoints]
    for unfinished in recorder.in_flight():
        ages[unfinished.endpoint].append(max(0.0, stopped_at - unfinished.sent))
    rows = zip(plan.endpoints, recorder.samples, ages, strict=True)
    return tuple(_part(endpoint.name, samples, waiting) for endpoint, samples, waiting in rows)


def _part(name: str, samples: Samples, ages: list[float]) -> Part:
    ended = [it for it in map(samples.outcomes.__getitem__, samples.columns.outcome) if it.cause]
    broken = [it for it in ended if not it.status or (it.status >= 500 and it.status != 503)]
    causes = Counter(it.cause for it in broken if it.cause).most_common(1)
    seconds = samples.seconds
    finished = median(seconds) if seconds else 0.0
    times = [*seconds, *(age for age in ages if age > finished)]
    return Part(
        name=name,
        requests=len(seconds),
        failures=samples.failures,
        in_flight=len(ages),
        median=median(times) if times else None,
        least=min(seconds, default=None),
        bytes_each=samples.received_bytes / len(seconds) if seconds else 0.0,
        broken=len(broken),
        cause=causes[0][0] if causes else None,
        times=tuple(
            each for each, failed in zip(seconds, samples.failed, strict=True) if not failed
        ),
    )
