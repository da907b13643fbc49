"""The record this room hands on: an outcome, a score, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from codeoptix_performance.settings.limits import Limit
from codeoptix_performance.verdict.sequential.looks import Decision

Outcome = Literal["pass", "fail", "inconclusive"]
Unit = Literal["ms", "ratio", "1/s", "requests", "bytes", ""]
Grade = Literal["target", "acceptable", "poor"]
Dimension = Literal["capacity", "memory", "integrity", "growth", "start", "throughput"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found out, with the outcome it asks for.

    ``id`` is stable (``latency``, ``failures``, ``hung``, …). ``sentence`` is self-contained: it
    names endpoint, figure, limit and load. ``value`` is None where no number exists, and infinite
    where more requests failed than the statistic leaves out. ``dimension`` and ``grade`` are those
    of findings of the examination; ``line`` is ``app.py:14`` where the app's own line is known.
    """

    id: str
    outcome: Outcome
    sentence: str
    endpoint: str | None = None
    statistic: str | None = None
    value: float | None = None
    limit: float | None = None
    unit: Unit = ""
    dimension: Dimension | None = None
    grade: Grade | None = None
    line: str | None = None


@dataclass(frozen=True, slots=True)
class Capacity:
    """What one instance serves of all endpoints together, asked by ``users`` without pauses.

    Rates are successes per second, ``rate_of_one`` is that of a single user. ``rate_held`` is the
    greatest at which every limit on times and failures held, and ``users_held`` how many asked
    then; None where they held for none.
    ``grade`` is its grade, None where more users would have been served more.
    """

    users: int
    rate: float
    rate_of_one: float
    rate_held: float | None
    users_held: int | None
    grade: Grade | None

    @property
    def growth(self) -> float | None:
        """How many times more the many were served than the one; None where that was nothing."""
        return self.rate / self.rate_of_one if self.rate_of_one else None


@dataclass(frozen=True, slots=True)
class Graded:
    """A figure of the load by the table of grades, of the endpoint that comes off worst.

    ``value`` is in the unit of ``target`` and ``acceptable``, infinite where more requests failed
    than the statistic leaves out.
    """

    grade: Grade
    endpoint: str | None
    value: float
    target: Limit
    acceptable: Limit


@dataclass(frozen=True, slots=True)
class Verdict:
    """``outcome`` is ``pass`` only if data was seen and every limit held.

    ``score`` is 0..1. ``findings`` come decisive first; ``evidence`` are the sentences to show,
    decisive first, also for a pass. ``decisions`` say which limits were decided with proof; empty
    where the run was not looked at. ``capacity`` is None where the app was not examined.
    ``grades`` are those of the load's figures; empty where no request finished.
    """

    outcome: Outcome
    score: float
    findings: tuple[Finding, ...]
    evidence: tuple[str, ...]
    decisions: tuple[Decision, ...] = ()
    capacity: Capacity | None = None
    grades: tuple[Graded, ...] = ()

    @property
    def passed(self) -> bool:
        """True for ``pass`` only."""
        return self.outcome == "pass"
