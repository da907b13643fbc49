"""The record of a bare machine: its ceiling, and the floor below which no time can be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from codeoptix_performance.measurement.latencies import Latencies
from codeoptix_performance.settings.limits import Limit

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
"""Checked where figures are read back from a file."""

BUSY = 0.2
"""Share of the time in which a task waited for a processor; more is no quiet machine."""


@dataclass(frozen=True, slots=True)
class ClosedLoad:
    """So many users asked without pauses. ``generator_seconds`` of CPU are of one request."""

    users: Annotated[int, Field(gt=0)]
    requests_per_second: Positive
    generator_seconds: Positive


@dataclass(frozen=True, slots=True)
class BareMachine:
    """What was measured of a server that answers at once, held and loaded as apps are.

    ``closed`` are loads without pauses, with ever more users. ``times`` are the response times of
    a light load, in seconds, ascending; ``pressure`` is the share of the time meanwhile, 0..1, in
    which some task waited for a processor.
    """

    rung: Literal["bwrap", "limits", "none"]
    closed: Annotated[tuple[ClosedLoad, ...], Field(min_length=1)]
    times: Annotated[tuple[Positive, ...], Field(min_length=1)]
    pressure: Annotated[float, Field(ge=0, le=1)]

    @property
    def best(self) -> ClosedLoad:
        """The closed load with the most requests per second."""
        return max(self.closed, key=lambda load: load.requests_per_second)

    @property
    def ceiling(self) -> float:
        """Requests per second that no app can exceed here."""
        return self.best.requests_per_second

    @property
    def floor(self) -> Latencies:
        """Response times in which no app has a part."""
        return Latencies(self.times, 0, ())

    @property
    def is_quiet(self) -> bool:
        """Nothing else kept the machine busy: the figures hold for other runs too."""
        return self.pressure <= BUSY

    def floor_of(self, limit: Limit) -> float | None:
        """The floor of the figure that ``limit`` bounds from above, in seconds; None for others."""
        if not limit.is_time or limit.operator not in ("<", "<="):
            return None
        match limit.statistic:
            case "percentile":
                return self.floor.quantile((limit.percentile or 0.0) / 100)
            case "med":
                return self.floor.quantile(0.5)
            case "avg":
                return self.floor.mean()
            case "max":
                return self.floor.greatest()
            case _:
                return self.floor.least()
