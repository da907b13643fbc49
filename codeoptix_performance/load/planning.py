"""Settings and a target → how much load, for how long."""

from __future__ import annotations

from codeoptix_performance.load.plan import LoadPlan, steady_users
from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.target.target import Target

RESERVE = 1.3
"""Requests planned per request needed: answers take time too, which the plan leaves out."""
SHORTEST_MEAN_PAUSE = 0.05
"""Seconds; below it, users would be no people but a saturation test."""
LONGEST_RAMP = 1 / 3
"""Part of a run in which users may still be arriving; the guide's 20 users, 2/s, 30 s."""


def plan_load(settings: Settings, target: Target) -> LoadPlan:
    """The load that ``settings`` ask for, on the endpoints of ``target``.

    ``users``, ``spawn_rate`` and ``run_time`` mean what they mean in Locust. What nobody named
    yields to what somebody did, so that a run is not failed for a short time it was given:
    without a ``spawn_rate``, users arrive fast enough to be all there after ``LONGEST_RAMP`` of
    the run; without a ``wait_time``, pauses are shortened by one common factor until
    ``min_requests`` times ``RESERVE`` are expected, down to a mean of ``SHORTEST_MEAN_PAUSE``.
    """
    spawn_rate = settings.spawn_rate if settings.spawn_rate_given else _spawn_rate(settings)
    return LoadPlan(
        base_url=target.base_url,
        endpoints=target.endpoints,
        stages=steady_users(settings.users, spawn_rate, settings.run_time),
        wait_time=settings.wait_time if settings.wait_time_given else _pauses(settings, spawn_rate),
        request_timeout=settings.request_timeout,
        seed=settings.seed,
    )


def _spawn_rate(settings: Settings) -> float:
    return max(settings.spawn_rate, settings.users / (settings.run_time * LONGEST_RAMP))


def _pauses(settings: Settings, spawn_rate: float) -> tuple[float, float]:
    least, greatest = settings.wait_time
    mean = (least + greatest) / 2
    if mean <= SHORTEST_MEAN_PAUSE:
        return settings.wait_time
    needed = settings.min_requests * RESERVE
    expected = expected_requests(settings.users, spawn_rate, settings.run_time, mean)
    factor = expected / needed if needed else 1.0
    factor = min(1.0, max(factor, SHORTEST_MEAN_PAUSE / mean))
    return least * factor, greatest * factor


def expected_requests(users: int, spawn_rate: float, run_time: float, mean_pause: float) -> float:
    """Requests until the end: Σ over users of (run_time - arrival) / mean_pause.

    User i (from 0) arrives i / spawn_rate seconds after the start. Service time is neglected.
    """
    arrivals = (user / spawn_rate for user in range(users))
    return sum(max(0.0, run_time - arrival) for arrival in arrivals) / mean_pause
