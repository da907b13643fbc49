"""Takes what a load generator tells of its requests, tens of thousands of times a second."""

from __future__ import annotations

import math
from operator import itemgetter
from typing import NamedTuple

from codeoptix_performance.load.plan import LoadPlan
from codeoptix_performance.measurement.ledger import MOST_EXACT, Ledger
from codeoptix_performance.measurement.samples import Samples

MOST_CHANGES = 10_000


class Unfinished(NamedTuple):
    """A request without an answer: its endpoint, and the moments it was due and sent."""

    endpoint: int
    due: float
    sent: float


class Recorder:
    """Takes a run's facts from one thread; others may read meanwhile what there is so far.

    ``samples`` hold every request until there are more than ``most_exact``; ``ledger`` holds what
    is known then, and is kept from the start, so that nothing has to be caught up with.
    """

    def __init__(self, plan: LoadPlan, *, most_exact: int = MOST_EXACT) -> None:
        self.samples = tuple(Samples() for _ in plan.endpoints)
        self.ledger = Ledger(plan, self.samples, most_exact)
        self.user_changes: list[tuple[float, int]] = []
        """Moments and how many users were active from then on.

        After ``MOST_CHANGES`` the greatest and the last of each second stay.
        """
        self.began_at: float | None = None
        """The moment of the first event."""
        self._in_flight: dict[int, tuple[int, float, float]] = {}
        self._last_token = 0
        self._due_until = self._sent_until = self._fold_at = -math.inf
        self._most_users = 0

    def plan_begins(self, at: float) -> None:
        """The stages count from this moment."""
        self.ledger.planned_from = at

    def begin(self, endpoint: int, due: float, at: float) -> int:
        """The token of a request that was due at the moment ``due`` and leaves now."""
        if due >= self._due_until or at >= self._sent_until:
            self._count_begun(due, at)
        self._last_token = token = self._last_token + 1
        self._in_flight[token] = (endpoint, due, at)
        return token

    def end(self, token: int, at: float, status: int, size: int, cause: str | None) -> None:
        """It is answered, or failed for ``cause``."""
        if at >= self._fold_at:
            self._fold_at = self.ledger.fold(at)
        endpoint, due, sent = self._in_flight.pop(token)
        self.samples[endpoint].add(due, sent, at, status, size, cause)

    def users(self, count: int, at: float) -> None:
        """So many users are active from now on."""
        if self.began_at is None:
            self._open(at)
        if count > self._most_users:
            self._most_users = count
            self.ledger.mark_peak(at)
        self._note_users(at, count)

    def close(self, at: float) -> None:
        """The run ended at the moment ``at``; nothing more is told."""
        self._count_begun(at, at)
        self.ledger.close(at)

    def in_flight(self) -> list[Unfinished]:
        """Every request that has not finished, in the order they were begun."""
        return [Unfinished(*request) for request in list(self._in_flight.values())]

    @property
    def begun(self) -> int:
        """How many were begun since the start."""
        return self._last_token

    def count_in_flight(self) -> int:
        """How many have not finished."""
        return len(self._in_flight)

    def _note_users(self, at: float, count: int) -> None:
        changes = self.user_changes
        if len(changes) >= MOST_CHANGES and int(changes[-2][0]) == int(at):
            changes[-2:] = [max(changes[-2:], key=itemgetter(1)), (at, count)]
        else:
            changes.append((at, count))

    def _open(self, at: float) -> None:
        self.began_at = at
        self.ledger.open(at)

    def _count_begun(self, due: float, at: float) -> None:
        """Writes down how many had begun by the end of each second that is over.

        Requests begin in the order they were due, so those before this one were due before it.
        """
        if self.began_at is None:
            self._open(at)
        origin, seconds = self.ledger.origin, self.ledger.seconds
        while due >= origin + len(seconds.due_before) + 1:
            seconds.due_before.append(self._last_token)
        while at >= origin + len(seconds.sent_before) + 1:
            seconds.sent_before.append(self._last_token)
        self._due_until = origin + len(seconds.due_before) + 1
        self._sent_until = origin + len(seconds.sent_before) + 1
