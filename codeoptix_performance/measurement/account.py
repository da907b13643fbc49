"""One run's figures, asked for in one way, whether its requests are kept one by one or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from codeoptix_performance.measurement.times import Times


@dataclass(frozen=True, slots=True)
class RunTimes:
    """Times of successes, ascending: from when they were due, and from when they were sent.

    Both are one object where none was late.
    """

    responses: Times
    services: Times


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the run: how many requests it sent, and what finished in it; times in seconds.

    Percentiles count failures as infinite; None where nothing finished, or where they were not
    kept.
    """

    sent: int
    requests: int
    failures: int
    p50: float | None
    p95: float | None


@dataclass(frozen=True, slots=True)
class Second:
    """One second: how many requests fell due, finished and failed, and percentiles of the rest."""

    due: int
    requests: int
    failures: int
    p50: float | None
    p95: float | None


class Account(Protocol):
    """Answers about a run that is over. Endpoints are numbers, moments are the engine's."""

    @property
    def stopped_at(self) -> float:
        """The moment it was over."""

    def times(self, endpoints: Sequence[int]) -> RunTimes:
        """The times of all these endpoints together."""

    def finished_from(self, endpoint: int, moment: float) -> tuple[int, int]:
        """How many finished, and how many of them failed, from the beginning of a window on."""

    def stretch(self, begins_at: float, ends_at: float) -> Stretch:
        """All endpoints together, from one moment to another.

        What happened at its end belongs to the next one, unless it is the end of the run.
        """

    def seconds(self, count: int) -> list[Second]:
        """The first ``count`` seconds; what came later is in the last."""
