"""Limits: what must hold, whichever words it was asked in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Metric = Literal["response_time", "failure_rate", "request_rate", "requests"]
Statistic = Literal["avg", "min", "med", "max", "percentile", "rate", "count"]
Operator = Literal["<", "<=", ">", ">=", "==", "!="]


@dataclass(frozen=True, slots=True)
class Limit:
    """``metric``'s ``statistic`` ``operator`` ``value``, for example response_time p95 <= 1 s.

    Units of ``value``: seconds for ``response_time``, 0..1 for ``failure_rate``, per second for
    ``request_rate``, a count for ``requests``. ``percentile`` is 0..100 and set only for the
    statistic of that name. ``source`` is the setting it came from, as the user wrote it.

    ``endpoint`` names one endpoint (``GET /items`` or ``/items``); None means every endpoint by
    itself where ``each_endpoint`` is true, and all requests together where it is false.
    """

    source: str
    metric: Metric
    statistic: Statistic
    operator: Operator
    value: float
    percentile: float | None = None
    endpoint: str | None = None
    each_endpoint: bool = False

    @property
    def label(self) -> str:
        """How people call the statistic, such as ``P95``, ``Avg``, ``Max`` or ``Failure rate``."""
        if self.metric == "response_time":
            if self.statistic == "percentile":
                return f"P{self.percentile:g}"
            return {"avg": "Avg", "min": "Min", "med": "Median", "max": "Max"}[self.statistic]
        return {
            "failure_rate": "Failure rate",
            "request_rate": "Request rate",
            "requests": "Requests",
        }[self.metric]
