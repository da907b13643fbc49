"""One limit against one endpoint's figures, as often as limits and endpoints ask for it."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from codeoptix_performance.measurement.latencies import Latencies
from codeoptix_performance.measurement.measurement import EndpointMeasurement, Measurement
from codeoptix_performance.settings.limits import Limit

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


@dataclass(frozen=True, slots=True)
class Check:
    """A limit and the figures it was held against.

    ``endpoint`` is None for all requests together. ``value`` is in the limit's unit, infinite
    where failed or hung requests leave no number, None where there was nothing to judge by.
    """

    limit: Limit
    endpoint: str | None
    figures: EndpointMeasurement
    value: float | None

    @property
    def latencies(self) -> Latencies:
        """The times that the limit speaks of."""
        return _latencies(self.limit, self.figures)

    @property
    def broken(self) -> bool:
        """There was something to judge by, and the limit did not hold."""
        return self.value is not None and not holds(self.limit, self.value)

    @property
    def strain(self) -> float:
        """Value per limit: 1 on the limit, above it worse; 0 for limits that are no maximum."""
        if self.value is None or not is_maximum(self.limit):
            return 0.0
        if self.limit.value == 0:
            return math.inf if self.value else 0.0
        return self.value / self.limit.value

    @property
    def margin(self) -> float | None:
        """By what share of the limit it was kept, negative where broken; None without a number."""
        if self.value is None or not self.limit.value or self.limit.operator in ("==", "!="):
            return None
        kept_by = (self.limit.value - self.value) / self.limit.value
        return kept_by if is_maximum(self.limit) else -kept_by


def check_limits(limits: Iterable[Limit], measurement: Measurement) -> tuple[Check, ...]:
    """Every limit against all it speaks of, in the limits' order."""
    return tuple(
        Check(limit, endpoint, figures, _value(limit, figures, measurement))
        for limit in limits
        for endpoint, figures in _scope(limit, measurement)
    )


def holds(limit: Limit, value: float) -> bool:
    """True where ``value`` keeps the limit; a maximum written ``<=`` is kept by equality."""
    return _COMPARE[limit.operator](value, limit.value)


def is_maximum(limit: Limit) -> bool:
    """True for ``<`` and ``<=``."""
    return limit.operator in ("<", "<=")


def share_left_out(limit: Limit) -> float | None:
    """The share of requests that a percentile lets be slower, 0 for P100; None for no percentile.

    None for P0 too, which lets all be slower.
    """
    if limit.statistic == "med":
        return 0.5
    if limit.percentile is None or not 0 < limit.percentile <= 100:
        return None
    return 1 - limit.percentile / 100


def observe(limit: Limit, figures: EndpointMeasurement) -> float | None:
    """The figure that ``limit`` speaks of, in its unit; None without data."""
    if limit.is_time:
        return _time(limit, _latencies(limit, figures))
    if limit.metric == "failure_rate":
        return figures.failure_ratio if figures.requests else None
    return figures.requests_per_second if limit.metric == "request_rate" else figures.requests


def names_endpoint(wanted: str, name: str) -> bool:
    """True where ``wanted`` (``GET /items`` or ``/items``) means the endpoint called ``name``."""
    return wanted in (name, name.partition(" ")[2])


def _scope(
    limit: Limit, measurement: Measurement
) -> Iterable[tuple[str | None, EndpointMeasurement]]:
    if limit.endpoint is not None:
        wanted = limit.endpoint
        return [(at.name, at) for at in measurement.endpoints if names_endpoint(wanted, at.name)]
    if limit.each_endpoint:
        return [(at.name, at) for at in measurement.endpoints]
    return [(None, measurement.total)]


def _value(limit: Limit, figures: EndpointMeasurement, measurement: Measurement) -> float | None:
    """As ``observe``; without open arrivals nothing is dropped."""
    if limit.metric not in ("dropped_requests", "dropped_rate"):
        return observe(limit, figures)
    dropped = measurement.arrivals.dropped if measurement.arrivals else 0
    if limit.metric == "dropped_requests":
        return dropped
    return dropped / measurement.duration if measurement.duration > 0 else 0.0


def _latencies(limit: Limit, figures: EndpointMeasurement) -> Latencies:
    return figures.service if limit.metric == "service_time" else figures.latencies


def _time(limit: Limit, latencies: Latencies) -> float | None:
    """Seconds. Mean and extremes are of answered requests; infinite where none was answered."""
    match limit.statistic:
        case "percentile":
            return latencies.quantile((limit.percentile or 0.0) / 100, limit.value)
        case "med":
            return latencies.quantile(0.5, limit.value)
        case "avg":
            seconds = latencies.mean(limit.value)
        case "max":
            seconds = latencies.greatest(limit.value)
        case _:
            seconds = latencies.least()
    return math.inf if seconds is None and latencies.failures else seconds
