"""Settings and a target → how much load, for how long."""

from __future__ import annotations

import math

from codeoptix_performance.load.plan import Arrivals, LoadPlan, steady_users
from codeoptix_performance.settings.load_shapes import named_shape
from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.settings.stages import (
    Stage,
    area_until,
    duration_of,
    greatest_of,
)
from codeoptix_performance.target.target import Target

RESERVE = 1.3
"""Requests planned per request needed: answers take time too, which the plan leaves out."""
SHORTEST_MEAN_PAUSE = 0.05
"""Seconds; below it, users would be no people but a saturation test."""
LONGEST_RAMP = 1 / 3
"""Part of a run in which users may still be arriving; the guide's 20 users, 2/s, 30 s."""
QUICK_RAMP = 0.5
"""Seconds in which users arrive where the run may end early: nothing passes before that."""
QUICK_RUN = 2.0
"""Seconds in which there shall be enough requests to end such a run."""
SECONDS_IN_FLIGHT = 2.0
"""Of arrivals that can be under way at once where nobody said how many users there are."""
MOST_UNNAMED_USERS = 1000
LONGEST_OWN_SHAPE = 3600.0
"""Seconds after which a ``LoadTestShape`` that never answers None is ended."""


def plan_load(settings: Settings, target: Target) -> LoadPlan:
    """The load that ``settings`` ask for, on the endpoints of ``target``.

    ``users``, ``spawn_rate`` and ``run_time`` mean what they mean in Locust. What nobody named
    yields to what somebody did, so that a run is not failed for a short time it was given:
    without a ``spawn_rate``, users arrive fast enough to be all there after ``LONGEST_RAMP`` of
    the run, and within ``QUICK_RAMP`` where the run ends when it is decided; without a
    ``wait_time``, pauses are shortened by one common factor until ``min_requests`` times
    ``RESERVE`` are expected in the run, or in ``QUICK_RUN`` where it ends when it is decided, down
    to a mean of ``SHORTEST_MEAN_PAUSE``.
    """
    arrivals = _arrivals(settings)
    stages = _user_stages(settings, arrivals)
    return LoadPlan(
        base_url=target.base_url,
        endpoints=target.endpoints,
        stages=stages,
        wait_time=settings.wait_time if settings.wait_time_given else _pauses(settings, stages),
        request_timeout=settings.request_timeout,
        seed=settings.seed,
        arrivals=arrivals,
        doorway=target.doorway,
        login=target.login,
        own_shape=settings.own_shape,
        verify_tls=settings.verify_tls,
    )


def _arrivals(settings: Settings) -> Arrivals | None:
    rate = settings.arrival_rate
    if rate is None:
        return None
    stages = settings.stages or named_shape(settings.shape, rate, settings.run_time, math.inf)
    return Arrivals(stages, poisson=settings.arrival_pattern == "poisson")


def _user_stages(settings: Settings, arrivals: Arrivals | None) -> tuple[Stage, ...]:
    if arrivals is not None:
        users = settings.users if settings.users_given else _unnamed_users(settings, arrivals)
        return steady_users(users, math.inf, duration_of(arrivals.stages))
    if settings.stages:
        return settings.stages
    if settings.own_shape is not None:
        longest = settings.run_time if settings.run_time_given else LONGEST_OWN_SHAPE
        return steady_users(settings.users, math.inf, longest)
    rate = settings.spawn_rate if settings.spawn_rate_given else _spawn_rate(settings)
    return named_shape(settings.shape, settings.users, settings.run_time, rate)


def _unnamed_users(settings: Settings, arrivals: Arrivals) -> int:
    wanted = math.ceil(greatest_of(arrivals.stages) * SECONDS_IN_FLIGHT)
    return max(settings.users, min(wanted, MOST_UNNAMED_USERS))


def _spawn_rate(settings: Settings) -> float:
    ramp = settings.run_time * LONGEST_RAMP
    if settings.ends_when_decided:
        ramp = min(ramp, QUICK_RAMP)
    return max(settings.spawn_rate, settings.users / ramp)


def _pauses(settings: Settings, stages: tuple[Stage, ...]) -> tuple[float, float]:
    least, greatest = settings.wait_time
    mean = (least + greatest) / 2
    if mean <= SHORTEST_MEAN_PAUSE:
        return settings.wait_time
    needed = settings.min_requests * RESERVE
    until = min(duration_of(stages), QUICK_RUN if settings.ends_when_decided else math.inf)
    factor = expected_requests(stages, mean, until) / needed if needed else 1.0
    factor = min(1.0, max(factor, SHORTEST_MEAN_PAUSE / mean))
    return least * factor, greatest * factor


def expected_requests(stages: tuple[Stage, ...], mean_pause: float, until: float) -> float:
    """Requests in so many seconds: the users' time on stage over the mean pause.

    Service time is neglected.
    """
    return area_until(stages, until) / mean_pause
