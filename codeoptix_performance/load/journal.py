"""What users tell about themselves on its way to the sink."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Protocol

from codeoptix_performance.load.answer import Answer
from codeoptix_performance.load.engine import Sink


class Journal(Protocol):
    """Is told of every request as it leaves and ends."""

    @property
    def begin(self) -> Callable[[int, float, float], int | None]:
        """Takes endpoint, when it was due and when it leaves; the answer is a token for ``end``."""

    def end(self, token: int | None, answer: Answer) -> None:
        """Takes the answer to a request that ``begin`` was told of."""


class RunJournal:
    """Hands facts to the sink until the run stops; keeps the sink's errors and users' deaths."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self.stopped_at: float | None = None
        self.active_users = 0
        self.peak_users = 0
        self.spawned_users = 0
        self.sink_errors: dict[str, None] = {}
        self.deaths: list[str] = []

    @contextmanager
    def presence(self) -> Iterator[int]:
        """One user is active; the number is how many came before."""
        number = self.spawned_users
        self.spawned_users += 1
        self._count_users(1)
        try:
            yield number
        finally:
            self._count_users(-1)

    def user_died(self, error: BaseException) -> None:
        """Takes the error that ended one user's work before the end of the run."""
        self.deaths.append(f"a user ended by {type(error).__name__}: {error}")

    def plan_begins(self, at: float) -> None:
        """The stages count from this moment."""
        try:
            self._sink.plan_begins(at)
        except Exception as error:  # noqa: BLE001 # a sink's defect is reported, not spread
            self._keep_error("plan_begins", error)

    def begin(self, endpoint: int, due: float, at: float) -> int | None:
        """The sink's token for a request that leaves now; None where it could give none.

        Users who have not yet heard that the run has stopped are none of its business.
        """
        if self.stopped_at is not None:
            return None
        try:
            return self._sink.begin(endpoint, due, at)
        except Exception as error:  # noqa: BLE001 # a sink's defect is reported, not spread
            self._keep_error("begin", error)
            return None

    def end(self, token: int | None, answer: Answer) -> None:
        """Hands on the answer, unless the run has stopped or the sink never took the request."""
        if token is None or self.stopped_at is not None:
            return
        try:
            self._sink.end(token, perf_counter(), answer.status, answer.size, answer.cause)
        except Exception as error:  # noqa: BLE001 # a sink's defect is reported, not spread
            self._keep_error("end", error)

    def _count_users(self, change: int) -> None:
        self.active_users += change
        self.peak_users = max(self.peak_users, self.active_users)
        if self.stopped_at is not None:
            return
        try:
            self._sink.users(self.active_users, perf_counter())
        except Exception as error:  # noqa: BLE001 # a sink's defect is reported, not spread
            self._keep_error("users", error)

    def _keep_error(self, where: str, error: Exception) -> None:
        self.sink_errors[f"{where}: {type(error).__name__}: {error}"] = None
