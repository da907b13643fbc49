"""One run of an in-process Locust, from an empty thread back to an empty thread.

Importing this module imports Locust, without patching anything.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter, thread_time
from typing import Any

from codeoptix_performance.load.locust_import import import_locust, quiet_locust

import_locust()

# Only from here on does importing gevent and Locust leave the process as it was.
import gevent  # noqa: E402
from gevent import monkey, ssl  # noqa: E402
from locust import User  # noqa: E402
from locust.env import Environment  # noqa: E402

from codeoptix_performance.load.engine import LoadReport, Sink, phases_run  # noqa: E402
from codeoptix_performance.load.locust_user import (  # noqa: E402
    Assignment,
    RunJournal,
    Work,
)
from codeoptix_performance.load.plan import LoadPlan  # noqa: E402
from codeoptix_performance.load.server_address import resolve_address  # noqa: E402
from codeoptix_performance.load.traffic import encode_traffic  # noqa: E402

TICK = 0.05
"""Seconds between two looks at the clock; how late they come is the event loop's lag."""
STOPPING_TIMEOUT = 5.0
"""Seconds Locust has to end its users; what is left then ends with the hub."""


class LocustRun:
    """One plan, run in the thread that calls ``run``; ``stop`` may be called from any other."""

    def __init__(self, plan: LoadPlan, sink: Sink) -> None:
        self._plan = plan
        self._journal = RunJournal(sink)
        self._stop_asked = False
        self.started_at: float | None = None
        """Set when the first user is about to arrive."""

    def stop(self) -> None:
        """Ends the run within about ``TICK`` seconds."""
        self._stop_asked = True

    def run(self) -> LoadReport:
        """The load, start to end. Leaves no greenlet, socket or hub behind in this thread."""
        assignment = self._assignment()
        hub = gevent.get_hub()
        hub.exception_stream = None  # users' deaths are reported; nothing is printed
        try:
            with quiet_locust():
                return self._run(assignment)
        finally:
            # A hub that is destroyed without having come to rest keeps its frames for ever, and
            # with them everything this run has touched.
            hub.join(timeout=STOPPING_TIMEOUT)
            hub.destroy(destroy_loop=True)

    def _assignment(self) -> Assignment:
        native_lookup = monkey.get_original("socket", "getaddrinfo")
        address = resolve_address(self._plan.base_url, native_lookup)
        return Assignment(
            address=address,
            traffic=encode_traffic(self._plan, address),
            request_timeout=self._plan.request_timeout,
            tls_context=_tls_context() if address.tls else None,
            journal=self._journal,
        )

    def _run(self, assignment: Assignment) -> LoadReport:
        environment = Environment(
            user_classes=[user_class(assignment)],
            host=self._plan.base_url,
            catch_exceptions=False,
        )
        runner = environment.create_local_runner()
        # Locust's own monitor logs to the root logger; the report carries the same facts.
        runner.greenlet.kill()
        self.started_at = perf_counter()
        cpu_before = thread_time()
        runner.start(self._plan.users, spawn_rate=self._plan.spawn_rate)
        try:
            worst_lag = self._wait_for_the_end(self.started_at)
        finally:
            self._journal.stopped_at = perf_counter()
            cpu = thread_time() - cpu_before
            with gevent.Timeout(STOPPING_TIMEOUT, exception=False):
                runner.quit()
        return self._report(self.started_at, self._journal.stopped_at, cpu, worst_lag)

    def _wait_for_the_end(self, started_at: float) -> float:
        """Seconds the event loop was late at worst, when the time is over or a stop was asked."""
        ends_at = started_at + self._plan.run_time
        worst_lag = 0.0
        while not self._stop_asked:
            now = perf_counter()
            if now >= ends_at or self._all_users_died():
                break
            pause = min(TICK, ends_at - now)
            gevent.sleep(pause)
            worst_lag = max(worst_lag, perf_counter() - now - pause)
        return worst_lag

    def _all_users_died(self) -> bool:
        return len(self._journal.deaths) >= self._plan.users

    def _report(
        self, started_at: float, stopped_at: float, cpu: float, worst_lag: float
    ) -> LoadReport:
        return LoadReport(
            started_at=started_at,
            stopped_at=stopped_at,
            peak_users=self._journal.peak_users,
            phases=phases_run(self._plan, started_at, stopped_at),
            died=tuple(self._journal.deaths),
            listener_errors=tuple(self._journal.sink_errors),
            generator_cpu_share=cpu / max(stopped_at - started_at, 1e-9),
            worst_lag=worst_lag,
        )


def _tls_context() -> Any:
    """Verifies certificates against those the system trusts.

    Not ``gevent.ssl.create_default_context``: unpatched, that makes a context of the standard
    library, whose sockets would hold up every user at once.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_default_certs()
    return context


def user_class(assignment: Assignment) -> type[Any]:
    """A Locust user class of this run's own: Locust writes to the class it is given."""

    def on_start(user: Any) -> None:
        user.work = Work(assignment)

    def on_stop(user: Any) -> None:
        user.work.close()

    def send_next(user: Any) -> None:
        try:
            user.work.send_next()
        except Exception as error:
            assignment.journal.user_died(error)
            user.work.close()
            raise

    tasks: list[Callable[[Any], None]] = [send_next]
    members = {
        "abstract": False,
        "tasks": tasks,
        "on_start": on_start,
        "on_stop": on_stop,
        "wait_time": lambda user: user.work.pause(),
    }
    return type("LoadUser", (User,), members)
