"""What any load generator must do, and what it must say afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import Protocol

from codeoptix_performance.load.plan import LoadPlan
from codeoptix_performance.settings.stages import Stage, area_until

GENERATOR_FAULT = "the load generator "
"""How the ``cause`` begins of a failure that is the generator's own and not the app's."""
NEVER_SENT = "not sent within "
"""How the ``cause`` begins of a request that was due and dropped: every user was busy too long."""


class Sink(Protocol):
    """Takes one request's facts. Called from one thread; never blocks, never raises.

    ``endpoint`` is the index into ``plan.endpoints``; moments are ``time.perf_counter()`` seconds.
    """

    def plan_begins(self, at: float) -> None:
        """The plan's stages count from this moment; what comes before it are logins."""

    def begin(self, endpoint: int, due: float, at: float) -> int:
        """A request leaves at the moment ``at``; the answer is a token for ``end``.

        ``due`` is when it should have left: with open arrivals the moment of its arrival, else
        the same as ``at``.
        """

    def end(self, token: int, at: float, status: int, size: int, cause: str | None) -> None:
        """It is answered (``status``, body ``size`` in bytes) or failed (``cause`` in words).

        ``status`` is 0 without an answer. ``cause`` is None for a success only.
        """

    def users(self, count: int, at: float) -> None:
        """So many users are active from now on."""


Watch = Callable[[float], bool]
"""Asked about five times a second with the seconds since the start; True ends the run early."""


@dataclass(frozen=True, slots=True)
class Phase:
    """One stage of the load as it was run; moments are ``time.perf_counter()`` seconds.

    ``users`` were asked for at its end, or could send at once where arrivals were asked for;
    ``arrival_rate`` is the mean of requests due per second then, else None.
    """

    begins_at: float
    ends_at: float
    users: int
    arrival_rate: float | None = None


@dataclass(frozen=True, slots=True)
class ArrivalCount:
    """What became of the requests that were due by the end of the run.

    ``dropped`` ones were never sent: every user was busy for ``request_timeout`` seconds, or until
    the end. Those that waited for so long are told to the sink as failures; those that were still
    waiting at the end, as requests in flight.
    """

    due: int
    sent: int
    dropped: int


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What the generator knows about its own run.

    Moments are ``time.perf_counter()`` seconds. ``requests_in_flight`` are left to the sink: the
    generator calls neither ``end`` nor anything else for a request it cuts off at ``stopped_at``.
    """

    started_at: float
    stopped_at: float
    peak_users: int
    phases: tuple[Phase, ...] = ()
    """In order, without gaps, from the moment the plan began: ``started_at``, or after the logins
    that precede open arrivals. A stage that was never reached is left out."""
    arrivals: ArrivalCount | None = None
    died: tuple[str, ...] = ()
    """One sentence for each user whose greenlet ended by an exception."""
    listener_errors: tuple[str, ...] = ()
    """Errors raised inside our own event listeners: data may be lost."""
    generator_cpu_share: float = 0.0
    """CPU seconds of the generator's own thread (or processes) per wall second; 1.0 = one core."""
    busiest_second: float = 0.0
    """The greatest such share in any whole second of the plan; 0 where there was none."""
    worst_lag: float = 0.0
    """Longest time in seconds the generator's event loop was late for a tick."""
    interrupted: bool = False
    """The run was ended by Ctrl-C; what was measured until then is kept."""


def phases_run(plan: LoadPlan, started_at: float, stopped_at: float) -> tuple[Phase, ...]:
    """The stages of ``plan`` that a run between these moments came to."""
    arriving = plan.arrivals.stages if plan.arrivals else ()
    phases = []
    begins = 0.0
    for stage in arriving or plan.stages:
        ends = min(begins + stage.duration, stopped_at - started_at)
        if begins >= stopped_at - started_at:
            break
        if ends == begins:
            continue
        phases.append(
            Phase(
                begins_at=started_at + begins,
                ends_at=started_at + ends,
                users=plan.users if arriving else ceil(stage.target),
                arrival_rate=_mean_level(arriving, begins, ends) if arriving else None,
            )
        )
        begins = ends
    return tuple(phases)


def _mean_level(stages: tuple[Stage, ...], begins: float, ends: float) -> float:
    return (area_until(stages, ends) - area_until(stages, begins)) / (ends - begins)


class Engine(Protocol):
    """A load generator. ``run`` blocks until the plan is done, ``watch`` says stop, or Ctrl-C."""

    def run(self, plan: LoadPlan, sink: Sink, watch: Watch) -> LoadReport:
        """Puts the plan's load on its target; raises ``EngineError`` if it cannot."""
