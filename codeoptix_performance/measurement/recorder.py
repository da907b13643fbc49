"""Takes what a load generator tells of its requests, tens of thousands of times a second."""

from __future__ import annotations

from typing import NamedTuple

from codeoptix_performance.load.plan import LoadPlan
from codeoptix_performance.measurement.samples import Samples


class Unfinished(NamedTuple):
    """A request without an answer: its endpoint, and the moments it was due and sent."""

    endpoint: int
    due: float
    sent: float


class Recorder:
    """Takes a run's facts from one thread; others may read meanwhile what there is so far."""

    def __init__(self, plan: LoadPlan) -> None:
        self.samples = tuple(Samples() for _ in plan.endpoints)
        self.user_changes: list[tuple[float, int]] = []
        """Moments and how many users were active from then on."""
        self.first_at: float | None = None
        """The moment of the first event."""
        self._in_flight: dict[int, tuple[int, float, float]] = {}
        self._last_token = 0

    def begin(self, endpoint: int, due: float, at: float) -> int:
        """The token of a request that was due at the moment ``due`` and leaves now."""
        if self.first_at is None:
            self.first_at = at
        self._last_token = token = self._last_token + 1
        self._in_flight[token] = (endpoint, due, at)
        return token

    def end(self, token: int, at: float, status: int, size: int, cause: str | None) -> None:
        """It is answered, or failed for ``cause``."""
        endpoint, due, sent = self._in_flight.pop(token)
        self.samples[endpoint].add(due, sent, at, status, size, cause)

    def users(self, count: int, at: float) -> None:
        """So many users are active from now on."""
        if self.first_at is None:
            self.first_at = at
        self.user_changes.append((at, count))

    def in_flight(self) -> list[Unfinished]:
        """Every request that has not finished."""
        return [Unfinished(*request) for request in list(self._in_flight.values())]

    def count_in_flight(self) -> int:
        """How many have not finished."""
        return len(self._in_flight)
