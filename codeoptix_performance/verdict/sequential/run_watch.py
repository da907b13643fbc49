"""A running load, looked at from its recorder until every limit is decided."""

from __future__ import annotations

import math
from time import process_time

from codeoptix_performance.load.plan import LoadPlan
from codeoptix_performance.measurement.machine import seconds_waited, seconds_waited_by
from codeoptix_performance.measurement.recorder import Recorder
from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.verdict.sequential.decision import SequentialDecision
from codeoptix_performance.verdict.sequential.looks import Decision, HostHealth, News

MOST_REQUESTS = 200_000
"""Enough for any limit that can be decided; a soak goes on without being looked at."""
LONGEST_GAP = 0.3
"""Seconds between two questions; beyond it the process did not get to run."""
SECONDS_BETWEEN_TREES = 1.0
PATIENCE = 2.2
"""Seconds after which a load that cannot be decided yet gives way to an examination: what an
examination finds wrong needs no more load to be proven."""
FEWEST_NEWS = 1 / 50
"""Part of the run that must be new for another look; a long run needs no look every 0.2 s."""


class RunWatch:
    """Asked about five times a second whether the load may end.

    ``crowded`` names the endpoints that a crowd asks for beside it; after ``patience`` seconds the
    load gives way, decided or not.
    """

    def __init__(
        self,
        settings: Settings,
        plan: LoadPlan,
        recorder: Recorder,
        app_pid: int | None = None,
        *,
        crowded: frozenset[str] = frozenset(),
        patience: float = math.inf,
    ) -> None:
        self._plan = plan
        self._recorder = recorder
        self._read = [0] * len(plan.endpoints)
        self._ends_when_decided = settings.ends_when_decided
        self._decision = SequentialDecision(
            settings.limits,
            [endpoint.name for endpoint in plan.endpoints],
            min_requests=settings.min_requests,
            request_timeout=plan.request_timeout,
            unchosen=plan.login.endpoints if plan.login else frozenset(),
            crowded=crowded,
        )
        self._host = _HostWatch(app_pid)
        self._looked_at = 0.0
        self._over = False
        self._patience = patience
        self.decisions: tuple[Decision, ...] = ()
        """How every limit stood at the last look."""

    def may_end(self, elapsed: float) -> bool:
        """True once more load changes nothing, ``elapsed`` seconds after the load began."""
        self._host.asked(elapsed)
        if elapsed - self._looked_at >= FEWEST_NEWS * elapsed:
            self.look(elapsed)
        return self._ends_when_decided and (self._over or elapsed >= self._patience)

    def look(self, elapsed: float) -> None:
        """Takes what is new and decides what can be decided."""
        began_at = self._recorder.began_at
        if began_at is None or sum(self._read) > MOST_REQUESTS or not self._recorder.ledger.exact:
            return
        # In flight first: what ends in between is then counted as overdue, never forgotten.
        in_flight = self._in_flight(began_at)
        finished = [self._finished(number, began_at) for number in range(len(self._read))]
        news = News(
            now=elapsed,
            steady_since=self._steady_since(began_at),
            finished=finished,
            in_flight=in_flight,
            health=self._host.health(elapsed, self._plan.users / max(1, sum(self._read))),
        )
        look = self._decision.look(news)
        self.decisions, self._over = look.decisions, look.over
        self._looked_at = elapsed

    def _finished(self, endpoint: int, began_at: float) -> list[tuple[float, float, bool]]:
        new = self._recorder.samples[endpoint].read_from(self._read[endpoint])
        self._read[endpoint] = new.first + len(new.failed)
        dues = [due - began_at for due in new.due]
        return list(zip(dues, new.seconds, map(bool, new.failed), strict=True))

    def _in_flight(self, began_at: float) -> list[list[float]]:
        by_endpoint: list[list[float]] = [[] for _ in self._read]
        for waiting in self._recorder.in_flight():
            by_endpoint[waiting.endpoint].append(waiting.due - began_at)
        return by_endpoint

    def _steady_since(self, began_at: float) -> float | None:
        """When the last planned user arrived, in seconds since the load began."""
        changes = list(self._recorder.user_changes)
        reached = (at - began_at for at, count in changes if count >= self._plan.users)
        return next(reached, None)


class _HostWatch:
    """This process, which the load generator is the busiest part of, and its machine."""

    def __init__(self, app_pid: int | None) -> None:
        self._app_pid = app_pid
        self._cpu = process_time()
        self._waited = seconds_waited()
        self._app_waited = 0.0 if app_pid is None else seconds_waited_by(app_pid)
        self._app_waits_now = self._app_waited
        self._app_asked_at = 0.0
        self._asked_at = 0.0
        self._lag = 0.0

    def asked(self, elapsed: float) -> None:
        """Takes note of a question that comes late: the load generator was held up as well."""
        late = elapsed - self._asked_at - LONGEST_GAP
        self._lag, self._asked_at = max(self._lag, late), elapsed

    def health(self, elapsed: float, share_of_a_request: float) -> HostHealth:
        """The worst lag so far, and shares of the ``elapsed`` seconds.

        A request may have waited behind those of all other users: its share of all the time the
        app waited is ``share_of_a_request``, users per finished request.
        """
        if elapsed <= 0:
            return HostHealth()
        return HostHealth(
            lag=self._lag,
            generator_cpu=(process_time() - self._cpu) / elapsed,
            pressure=min(1.0, (seconds_waited() - self._waited) / elapsed),
            waited=self._seconds_the_app_waited(elapsed) * share_of_a_request,
        )

    def _seconds_the_app_waited(self, elapsed: float) -> float:
        """Since the run began; asked anew once a second, since it reads a file per thread."""
        if self._app_pid is None:
            return math.inf
        if elapsed - self._app_asked_at >= SECONDS_BETWEEN_TREES:
            self._app_asked_at = elapsed
            self._app_waits_now = max(self._app_waits_now, seconds_waited_by(self._app_pid))
        return self._app_waits_now - self._app_waited
