"""Settings and a target → how much load, for how long."""

from __future__ import annotations

from codeoptix_performance.load.plan import LoadPlan
from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.target.target import Target

RESERVE = 1.3
"""Requests planned per request needed: answers take time too, which the plan leaves out."""
SHORTEST_MEAN_PAUSE = 0.05
"""Seconds; below it, users would be no people but a saturation test."""


def plan_load(settings: Settings, target: Target) -> LoadPlan:
    """The load that ``settings`` ask for, on the endpoints of ``target``.

    ``users``, ``spawn_rate`` and ``run_time`` mean what they mean in Locust. Where they are too
    little for ``min_requests`` times ``RESERVE`` and nobody named a ``wait_time``, the pauses are
    shortened by one common factor so that the number is reached, down to a mean of
    ``SHORTEST_MEAN_PAUSE``; a run is not failed for a short time it was given.
    """
    return LoadPlan(
        base_url=target.base_url,
        endpoints=target.endpoints,
        users=settings.users,
        spawn_rate=settings.spawn_rate,
        run_time=settings.run_time,
        wait_time=settings.wait_time if settings.wait_time_given else _pauses(settings),
        request_timeout=settings.request_timeout,
        seed=settings.seed,
    )


def _pauses(settings: Settings) -> tuple[float, float]:
    least, greatest = settings.wait_time
    mean = (least + greatest) / 2
    if mean <= SHORTEST_MEAN_PAUSE:
        return settings.wait_time
    needed = settings.min_requests * RESERVE
    factor = expected_requests(settings, mean) / needed if needed else 1.0
    factor = min(1.0, max(factor, SHORTEST_MEAN_PAUSE / mean))
    return least * factor, greatest * factor


def expected_requests(settings: Settings, mean_pause: float) -> float:
    """Requests until the end: Σ over users of (run_time - arrival) / mean_pause.

    User i (from 0) arrives i / spawn_rate seconds after the start. Service time is neglected.
    """
    arrivals = (user / settings.spawn_rate for user in range(settings.users))
    return sum(max(0.0, settings.run_time - arrival) for arrival in arrivals) / mean_pause
