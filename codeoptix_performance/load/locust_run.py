"""One run of an in-process Locust, from an empty thread back to an empty thread.

Importing this module imports Locust, without patching anything.
"""

from __future__ import annotations

from contextlib import nullcontext
from time import perf_counter, thread_time
from typing import Any

from codeoptix_performance.load.locust_import import import_locust, quiet_locust

import_locust()

# Only from here on does importing gevent and Locust leave the process as it was.
import gevent  # noqa: E402
from gevent import monkey  # noqa: E402
from gevent.lock import BoundedSemaphore  # noqa: E402
from locust import LoadTestShape  # noqa: E402
from locust.env import Environment  # noqa: E402

from codeoptix_performance.load.arrival_desk import ArrivalDesk  # noqa: E402
from codeoptix_performance.load.arrival_times import arrival_times  # noqa: E402
from codeoptix_performance.load.crowd import Crowd, user_class  # noqa: E402
from codeoptix_performance.load.dialing import Connect, connecting  # noqa: E402
from codeoptix_performance.load.engine import LoadReport, Sink  # noqa: E402
from codeoptix_performance.load.journal import RunJournal  # noqa: E402
from codeoptix_performance.load.levels import Level, PlannedLevel, ShapedLevel  # noqa: E402
from codeoptix_performance.load.own_shape import PublishingSink  # noqa: E402
from codeoptix_performance.load.plan import LoadPlan  # noqa: E402
from codeoptix_performance.load.server_address import ServerAddress, resolve_address  # noqa: E402
from codeoptix_performance.load.strain import Strain  # noqa: E402
from codeoptix_performance.load.traffic import Choices, encode_traffic  # noqa: E402
from codeoptix_performance.load.visitor import Assignment  # noqa: E402

TICK = 0.05
"""Seconds between two looks at the clock; how late they come is the event loop's lag."""
AT_THE_DOOR = 4
"""Users who log in at once before requests begin to arrive: all of them together would be a load
that nobody asked for."""
LONGEST_ADMISSION = 10.0
"""Seconds that open arrivals wait for users to log in."""
DOOR_TICK = 0.005
"""Seconds between two looks at who has come in, or gone."""
STOPPING_TIMEOUT = 5.0
"""Seconds Locust has to end its users; what is left then ends with the hub."""


class LocustRun:
    """One plan, run in the thread that calls ``run``; ``stop`` may be called from any other.

    With a ``shape`` the number of users is its business, the plan's stages bound the time only.
    """

    def __init__(self, plan: LoadPlan, sink: Sink, shape: LoadTestShape | None = None) -> None:
        self._plan = plan
        self._sink = sink
        self._shape = shape
        self._stop_asked = False
        self.started_at: float | None = None
        """Set when the first user is about to arrive."""

    def stop(self) -> None:
        """Ends the run within about ``TICK`` seconds."""
        self._stop_asked = True

    def run(self) -> LoadReport:
        """The load, start to end. Leaves no greenlet, socket or hub behind in this thread."""
        hub = gevent.get_hub()
        hub.exception_stream = None  # users' deaths are reported; nothing is printed
        try:
            with quiet_locust():
                return self._run()
        finally:
            # A hub that is destroyed without having come to rest keeps its frames for ever, and
            # with them everything this run has touched.
            hub.join(timeout=STOPPING_TIMEOUT)
            hub.destroy(destroy_loop=True)

    def _run(self) -> LoadReport:
        environment = Environment(host=self._plan.base_url, catch_exceptions=False)
        journal = RunJournal(self._published(environment))
        native_lookup = monkey.get_original("socket", "getaddrinfo")
        address = resolve_address(self._plan.base_url, native_lookup)
        with connecting(self._plan, address) as connect:
            return self._load(environment, journal, self._assignment(address, connect, journal))

    def _load(
        self, environment: Environment, journal: RunJournal, assignment: Assignment
    ) -> LoadReport:
        desk = self._arrival_desk(assignment)
        door = BoundedSemaphore(AT_THE_DOOR) if desk else nullcontext()
        of = user_class(assignment, desk, door)
        environment.user_classes = [of]
        runner = environment.create_local_runner()
        # Locust's own monitor logs to the root logger; the report carries the same facts.
        runner.greenlet.kill()
        level, crowd = self._level(runner), Crowd(runner, of)
        self.started_at = begun_at = perf_counter()
        cpu_before = thread_time()
        try:
            if desk is not None:
                begun_at = self._admit(crowd, journal)
                desk.open(begun_at)
            journal.plan_begins(begun_at)
            strain = self._attend(level, crowd, journal, begun_at)
            self._see_off(crowd, journal)
        finally:
            arrivals = desk.close() if desk is not None else None
            journal.stopped_at = perf_counter()
            cpu = thread_time() - cpu_before
            with gevent.Timeout(STOPPING_TIMEOUT, exception=False):
                runner.quit()
        seconds = max(journal.stopped_at - self.started_at, 1e-9)
        return LoadReport(
            started_at=self.started_at,
            stopped_at=journal.stopped_at,
            peak_users=journal.peak_users,
            phases=level.phases(begun_at, journal.stopped_at),
            arrivals=arrivals,
            died=tuple(journal.deaths),
            listener_errors=tuple(journal.sink_errors),
            generator_cpu_share=cpu / seconds,
            busiest_second=strain.busiest_second,
            worst_lag=strain.worst_lag,
        )

    def _published(self, environment: Environment) -> Sink:
        if self._shape is None:
            return self._sink
        return PublishingSink(self._sink, self._plan, environment.events)

    def _assignment(
        self, address: ServerAddress, connect: Connect, journal: RunJournal
    ) -> Assignment:
        return Assignment(
            address=address,
            connect=connect,
            traffic=encode_traffic(self._plan, address),
            request_timeout=self._plan.request_timeout,
            journal=journal,
        )

    def _arrival_desk(self, assignment: Assignment) -> ArrivalDesk | None:
        if self._plan.arrivals is None:
            return None
        return ArrivalDesk(
            arrival_times(self._plan.arrivals, self._plan.seed),
            Choices(assignment.traffic, 0),
            self._plan.request_timeout,
            assignment.journal,
        )

    def _level(self, runner: Any) -> Level:
        if self._shape is None:
            return PlannedLevel(self._plan)
        self._shape.runner = runner
        self._shape.reset_time()
        return ShapedLevel(self._shape.tick, self._plan.run_time)

    def _admit(self, crowd: Crowd, journal: RunJournal) -> float:
        """The moment from which requests may fall due: users who log in have done so by then.

        After ``LONGEST_ADMISSION`` seconds the others log in while the first are at work.
        """
        started_at = perf_counter()
        if self._plan.login is None:
            return started_at
        crowd.resize(self._plan.users)
        while perf_counter() - started_at < LONGEST_ADMISSION and not self._stop_asked:
            if journal.spawned_users + len(journal.deaths) >= self._plan.users:
                break
            gevent.sleep(DOOR_TICK)
        return perf_counter()

    def _attend(self, level: Level, crowd: Crowd, journal: RunJournal, started_at: float) -> Strain:
        """Keeps the crowd at its level; at the end, how hard the generator had to work."""
        now, strain = started_at, Strain(started_at)
        while not self._stop_asked:
            users = level.users(now - started_at)
            if users is None or self._nobody_is_left(journal):
                break
            crowd.resize(users)
            before = perf_counter()
            pause = max(0.0, min(TICK, started_at + self._plan.run_time - before))
            gevent.sleep(pause)
            now = perf_counter()
            strain.look(now, late=now - before - pause)
        return strain

    def _see_off(self, crowd: Crowd, journal: RunJournal) -> None:
        """Users finish what is under way, within the plan's ``stop_timeout``."""
        ends_at = perf_counter() + self._plan.stop_timeout
        if self._plan.stop_timeout:
            crowd.resize(0)
        while journal.active_users and perf_counter() < ends_at:
            gevent.sleep(DOOR_TICK)

    def _nobody_is_left(self, journal: RunJournal) -> bool:
        return self._shape is None and len(journal.deaths) >= self._plan.users
