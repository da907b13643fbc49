"""A recorder's samples and an engine's report → one Measurement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from codeoptix_performance.load.engine import LoadReport
from codeoptix_performance.load.plan import LoadPlan
from codeoptix_performance.measurement.latencies import Latencies
from codeoptix_performance.measurement.measurement import (
    Cause,
    EndpointMeasurement,
    Measurement,
    Resources,
)
from codeoptix_performance.measurement.recorder import Recorder
from codeoptix_performance.measurement.samples import OTHER_CAUSES, Samples
from codeoptix_performance.measurement.soundness import doubts
from codeoptix_performance.measurement.timeline import timeline
from codeoptix_performance.measurement.times import exact_times
from codeoptix_performance.target.target import AppExit

TOTAL = "Total"
MOST_CAUSES = 10
SHORTEST_WINDOW = 1.0


def measure(
    plan: LoadPlan,
    recorder: Recorder,
    report: LoadReport,
    resources: Resources | None,
    app_exit: AppExit | None,
) -> Measurement:
    """Everything that was seen between ``report.started_at`` and ``report.stopped_at``."""
    window = steady_window(plan, recorder.user_changes, report)
    ages = _ages(plan, recorder, report.stopped_at)
    endpoints = tuple(
        _measure_endpoint(endpoint.name, (samples,), in_flight, window)
        for endpoint, samples, in_flight in zip(plan.endpoints, recorder.samples, ages, strict=True)
    )
    everything = [age for in_flight in ages for age in in_flight]
    return Measurement(
        duration=report.stopped_at - report.started_at,
        steady_from=window.begins_at - report.started_at,
        steady_to=window.ends_at - report.started_at,
        users_planned=plan.users,
        users_reached=report.peak_users,
        total=_measure_endpoint(TOTAL, recorder.samples, everything, window),
        endpoints=endpoints,
        timeline=timeline(recorder, report),
        resources=resources,
        app_exit=app_exit,
        doubts=doubts(plan, report, recorder),
        died_users=report.died,
        interrupted=report.interrupted,
    )


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of the run, both ends included; moments as the engine's."""

    begins_at: float
    ends_at: float

    @property
    def seconds(self) -> float:
        """Its length."""
        return self.ends_at - self.begins_at


def steady_window(
    plan: LoadPlan, user_changes: Sequence[tuple[float, int]], report: LoadReport
) -> Window:
    """From the moment every planned user was active to the stop.

    The whole run where they never were all active, or for less than ``SHORTEST_WINDOW`` seconds.
    """
    reached = (at for at, count in user_changes if count >= plan.users)
    window = Window(next(reached, report.started_at), report.stopped_at)
    if window.seconds < SHORTEST_WINDOW:
        return Window(report.started_at, report.stopped_at)
    return window


def _ages(plan: LoadPlan, recorder: Recorder, stopped_at: float) -> list[list[float]]:
    """Per endpoint, the seconds since requests were due that had no answer when the run stopped."""
    ages: list[list[float]] = [[] for _ in plan.endpoints]
    for request in recorder.in_flight():
        ages[request.endpoint].append(max(0.0, stopped_at - request.due))
    return ages


def _measure_endpoint(
    name: str, parts: Sequence[Samples], in_flight: list[float], window: Window
) -> EndpointMeasurement:
    causes = sum((part.causes for part in parts), Counter[str]())
    excerpts = [part.excerpt(part.columns, slice(None)) for part in parts]
    in_window = [_count_in(part, window) for part in parts]
    length = window.seconds
    times = exact_times(chain.from_iterable(excerpt.responses for excerpt in excerpts))
    return EndpointMeasurement(
        name=name,
        requests=sum(map(len, parts)),
        failures=causes.total(),
        latencies=Latencies(times, causes.total(), tuple(sorted(in_flight))),
        causes=most_frequent(causes),
        received_bytes=sum(part.received_bytes for part in parts),
        requests_per_second=sum(count for count, _ in in_window) / length if length else 0.0,
        failures_per_second=sum(failed for _, failed in in_window) / length if length else 0.0,
    )


def _count_in(samples: Samples, window: Window) -> tuple[int, int]:
    """Requests that finished within the window, and how many of them failed."""
    first = samples.columns.first_finished_from(window.begins_at)
    counted = samples.excerpt(samples.columns, slice(first, None))
    return counted.requests, counted.failures


def most_frequent(causes: Counter[str]) -> tuple[Cause, ...]:
    """At most ``MOST_CAUSES`` causes, most frequent first, and the rest as one more."""
    ranked = sorted(causes.items(), key=lambda cause: (-cause[1], cause[0]))
    named = tuple(Cause(text, count) for text, count in ranked[:MOST_CAUSES])
    rest = sum(count for _, count in ranked[MOST_CAUSES:])
    return (*named, Cause(OTHER_CAUSES, rest)) if rest else named
