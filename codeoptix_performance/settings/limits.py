"""Limits: what must hold, whichever words it was asked in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Metric = Literal[
    "response_time",
    "service_time",
    "failure_rate",
    "request_rate",
    "requests",
    "dropped_requests",
    "dropped_rate",
]
Statistic = Literal["avg", "min", "med", "max", "percentile", "rate", "count"]
Operator = Literal["<", "<=", ">", ">=", "==", "!="]


@dataclass(frozen=True, slots=True)
class Limit:
    """``metric``'s ``statistic`` ``operator`` ``value``, for example response_time p95 <= 1 s.

    Units of ``value``: seconds for ``response_time`` (from when a request was due) and
    ``service_time`` (from when it was sent), 0..1 for ``failure_rate``, per second for
    ``request_rate`` and ``dropped_rate``, a count for ``requests`` and ``dropped_requests``.
    ``percentile`` is 0..100 and set only for the statistic of that name. ``source`` is the setting
    it came from, as the user wrote it.

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
    def is_time(self) -> bool:
        """It limits a time."""
        return self.metric in ("response_time", "service_time")

    @property
    def label(self) -> str:
        """How people call the statistic, such as ``P95``, ``Service P95`` or ``Failure rate``."""
        if self.is_time:
            words = {"avg": "Avg", "min": "Min", "med": "Median", "max": "Max"}
            shown = words.get(self.statistic, f"P{self.percentile or 0:g}")
            return shown if self.metric == "response_time" else f"Service {shown}"
        return {
            "failure_rate": "Failure rate",
            "request_rate": "Request rate",
            "requests": "Requests",
            "dropped_requests": "Dropped requests",
            "dropped_rate": "Dropped request rate",
        }[self.metric]
