"""What any load generator must do, and what it must say afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from codeoptix_performance.load.plan import LoadPlan

GENERATOR_FAULT = "the load generator "
"""How the ``cause`` begins of a failure that is the generator's own and not the app's."""


class Sink(Protocol):
    """Takes one request's facts. Called from one thread; never blocks, never raises.

    ``endpoint`` is the index into ``plan.endpoints``; moments are ``time.perf_counter()`` seconds.
    """

    def begin(self, endpoint: int, at: float) -> int:
        """A request leaves now; the answer is a token for ``end``."""

    def end(self, token: int, at: float, *, status: int, size: int, cause: str | None) -> None:
        """It is answered (``status``, body ``size`` in bytes) or failed (``cause`` in words).

        ``status`` is 0 without an answer. ``cause`` is None for a success only.
        """

    def users(self, count: int, at: float) -> None:
        """So many users are active from now on."""


Watch = Callable[[float], bool]
"""Asked about five times a second with the seconds since the start; True ends the run early."""


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What the generator knows about its own run.

    Moments are ``time.perf_counter()`` seconds. ``requests_in_flight`` are left to the sink: the
    generator calls neither ``end`` nor anything else for a request it cuts off at ``stopped_at``.
    """

    started_at: float
    stopped_at: float
    peak_users: int
    died: tuple[str, ...] = ()
    """One sentence for each user whose greenlet ended by an exception."""
    listener_errors: tuple[str, ...] = ()
    """Errors raised inside our own event listeners: data may be lost."""
    generator_cpu_share: float = 0.0
    """CPU seconds of the generator's own thread (or processes) per wall second; 1.0 = one core."""
    worst_lag: float = 0.0
    """Longest time in seconds the generator's event loop was late for a tick."""
    interrupted: bool = False
    """The run was ended by Ctrl-C; what was measured until then is kept."""


class Engine(Protocol):
    """A load generator. ``run`` blocks until the plan is done, ``watch`` says stop, or Ctrl-C."""

    def run(self, plan: LoadPlan, sink: Sink, watch: Watch) -> LoadReport:
        """Puts the plan's load on its target; raises ``EngineError`` if it cannot."""
