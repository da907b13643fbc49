"""Everything that was seen in a run, as one record."""

from __future__ import annotations

import math
from dataclasses import dataclass

from codeoptix_performance.measurement.latencies import Latencies
from codeoptix_performance.target.target import AppExit


@dataclass(frozen=True, slots=True)
class Cause:
    """Why requests failed, in the generator's words, and how many did so."""

    text: str
    count: int


@dataclass(frozen=True, slots=True)
class EndpointMeasurement:
    """One endpoint's figures. ``requests`` are finished ones, failures included.

    ``latencies`` count from the moment a request was due: the seconds of successes, the number of
    failures, and the ages of requests still in flight at the end. ``service`` counts from the
    moment it was sent and leaves out what never was; it is the same object where none was late.
    Rates are per second of the steady window.
    """

    name: str
    requests: int
    failures: int
    latencies: Latencies
    causes: tuple[Cause, ...]
    received_bytes: int
    requests_per_second: float
    failures_per_second: float
    service: Latencies

    @property
    def failure_ratio(self) -> float:
        """Failed per finished request, 0..1; 0 without any."""
        return self.failures / self.requests if self.requests else 0.0


@dataclass(frozen=True, slots=True)
class Moment:
    """One second of the run; latencies in seconds, None where nothing finished."""

    second: int
    users: int
    requests: int
    failures: int
    in_flight: int
    p50: float | None
    p95: float | None


@dataclass(frozen=True, slots=True)
class ArrivalsMeasurement:
    """What became of requests that fell due whether or not earlier ones were answered.

    ``sent`` of ``due`` left; the others, ``dropped``, found every user busy for too long. Rates are
    per second of the whole run: requests due, sent, and answered successfully.
    """

    due: int
    sent: int
    dropped: int
    requested_per_second: float
    achieved_per_second: float
    successful_per_second: float


@dataclass(frozen=True, slots=True)
class StageMeasurement:
    """A stage of the load, from ``begins`` to ``ends`` seconds after the start.

    ``users_planned`` were asked for and ``users_reached`` active at most. ``requests`` finished in
    it. Rates are per second of it: requests due (None where users decide when they ask), sent, and
    answered successfully. ``p50`` and ``p95`` are seconds from when a request was due, infinite
    where they fall on a failure, None where nothing finished.
    """

    begins: float
    ends: float
    users_planned: int
    users_reached: int
    requests: int
    failures: int
    requested_per_second: float | None
    achieved_per_second: float
    successful_per_second: float
    p50: float | None
    p95: float | None


@dataclass(frozen=True, slots=True)
class Resources:
    """What the app's process tree used while it was loaded; bytes and cores (1.0 = one core)."""

    samples: int
    memory_at_start: int
    memory_peak: int
    memory_at_end: int
    cpu_share: float


@dataclass(frozen=True, slots=True)
class Doubt:
    """A reason to distrust the figures: a stable id, its sentence, and what to do about it.

    ``spoils`` is true where a failed limit could be the generator's fault. ``may_add`` bounds the
    seconds it can have added to a response time; infinite where nobody knows.
    """

    id: str
    sentence: str
    advice: str
    spoils: bool
    may_add: float = math.inf


@dataclass(frozen=True, slots=True)
class Measurement:
    """Everything that was seen. Times in seconds.

    ``total`` aggregates all endpoints. ``steady_from``/``steady_to`` bound the window, counted
    from the start, in which every planned user was active. ``users_planned`` is the most that any
    stage asked for. ``arrivals`` is None where users decide when they ask.
    """

    duration: float
    steady_from: float
    steady_to: float
    users_planned: int
    users_reached: int
    total: EndpointMeasurement
    endpoints: tuple[EndpointMeasurement, ...]
    timeline: tuple[Moment, ...]
    resources: Resources | None
    app_exit: AppExit | None
    doubts: tuple[Doubt, ...]
    died_users: tuple[str, ...]
    interrupted: bool
    arrivals: ArrivalsMeasurement | None = None
    stages: tuple[StageMeasurement, ...] = ()
    """In order, at least one for a run that lasted; empty where the load knows none."""
