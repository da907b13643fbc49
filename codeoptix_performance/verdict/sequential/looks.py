"""What a look at a running load is given, and what it says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from codeoptix_performance.settings.limits import Limit
from codeoptix_performance.verdict.sequential.due_bins import Count
from codeoptix_performance.verdict.sequential.evidence_value import requests_needed

State = Literal["passes", "fails", "open"]


@dataclass(frozen=True, slots=True)
class HostHealth:
    """What else may make an app look slow. All 0 on a machine with nothing else to do.

    ``lag`` is the longest time in seconds that the load generator came late; ``generator_cpu``
    its use of one core, 0..1; ``pressure`` the share of time in which some task waited for a
    processor, stolen time included, 0..1. ``waited`` bounds the seconds that such waiting can have
    added to one request, infinite where nobody knows.
    """

    lag: float = 0.0
    generator_cpu: float = 0.0
    pressure: float = 0.0
    waited: float = math.inf

    BUSIEST_GENERATOR = 0.8

    def could_become(self, seconds: float) -> float:
        """As what a response time of ``seconds`` could have been measured here."""
        if self.generator_cpu > self.BUSIEST_GENERATOR:
            return math.inf
        slowed = seconds / (1 - self.pressure) if self.pressure < 1 else math.inf
        return min(slowed, seconds + self.waited) + 2 * self.lag


@dataclass(frozen=True, slots=True)
class News:
    """What happened since the last look, per endpoint. Moments in seconds since the load began.

    ``finished`` are new ones only, each a ``Finished`` or a tuple alike; ``in_flight`` are the due
    moments of all that are not over at ``now``. ``steady_since`` is when all planned users had
    arrived, None before that.
    """

    now: float
    steady_since: float | None
    finished: Sequence[Sequence[tuple[float, float, bool]]]
    in_flight: Sequence[Sequence[float]]
    health: HostHealth = HostHealth()


@dataclass(frozen=True, slots=True)
class Decision:
    """How one limit stands on one endpoint, or on all requests together where that is None.

    ``tier`` (0 for a plain fact, else 1 to 3) and ``at`` (seconds since the load began) say how
    and when it was decided, None while it is open. ``count`` is of requests against the limit
    itself, of which a share of ``allowed`` may exceed; None where the limit is on a mean or a
    number. ``clean`` is true where nothing came near the limit in enough requests, so that the
    run need not go on for its sake; ``far_off`` where nothing came anywhere near it in what there
    was. ``in_crowd`` requests of an examination's crowd proved what the load had left open.
    """

    limit: Limit
    endpoint: str | None
    state: State
    count: Count
    tier: int | None = None
    at: float | None = None
    allowed: float | None = None
    clean: bool = False
    far_off: bool = False
    in_crowd: int = 0

    @property
    def needed(self) -> int | None:
        """How many requests in all would decide it if they exceeded at the share seen so far.

        As if they were independent: correlated ones need more. None where no number would.
        """
        if self.allowed is None or not self.count.observed:
            return None
        return requests_needed(*self.count, self.allowed)

    @property
    def keeps_going(self) -> bool:
        """The run should go on for its sake."""
        return self.state == "open" and not self.clean

    @property
    def is_torn(self) -> bool:
        """It is open, and something speaks against it or only a mean can."""
        return self.state == "open" and (self.allowed is None or self.count.exceeding > 0)


@dataclass(frozen=True, slots=True)
class Look:
    """All decisions ``now`` seconds into the load; ``over`` says that more load changes nothing."""

    now: float
    decisions: tuple[Decision, ...]
    over: bool
