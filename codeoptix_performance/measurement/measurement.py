"""Everything that was seen in a run, as one record."""

from __future__ import annotations

import math
from dataclasses import dataclass

from codeoptix_performance.measurement.bare_machine.figures import BareMachine
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
    per second of the time in which they fell due: requests due, sent, and answered successfully.
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
class MachineUse:
    """What became of the machine's processors in the ``seconds`` of the run.

    ``pressure`` is the share of the time, 0..1, in which some task waited for one of the
    ``processors``. ``stolen`` is what a hypervisor gave to others, ``others`` what programs beside
    the app and this process used, in cores (1.0 = one core); None where the app is not ours to
    tell apart. ``app_waited`` is how many seconds the app's threads waited, all added up; infinite
    where nobody knows.
    """

    seconds: float
    processors: int
    pressure: float
    stolen: float
    others: float | None
    app_waited: float


@dataclass(frozen=True, slots=True)
class Doubt:
    """A reason to distrust the figures: a stable id, its sentence, and what to do about it.

    ``spoils`` is true where a failed limit could be its doing. It can have added at most
    ``may_add`` seconds to a response time, and ``may_add_each`` to each of the requests whose rate
    was measured; nor can it have slowed anything by more than about the factor ``may_slow``.
    Infinite where nobody knows.
    """

    id: str
    sentence: str
    advice: str
    spoils: bool
    may_add: float = math.inf
    may_add_each: float = math.inf
    may_slow: float = math.inf


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
    machine: MachineUse | None = None
    """None where nobody looked."""
    bare_machine: BareMachine | None = None
    """None where it is not known."""
