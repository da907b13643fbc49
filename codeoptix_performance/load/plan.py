"""How much load, checked before anything is sent."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from codeoptix_performance.load.session import Sessions
from codeoptix_performance.settings.stages import Stage, duration_of, greatest_of
from codeoptix_performance.target.endpoint import Endpoint
from codeoptix_performance.target.login import Login
from codeoptix_performance.target.sandbox.doorway import Doorway


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Requests that are due whether or not earlier ones were answered (open load).

    The level of ``stages`` is requests per second; ``poisson`` draws the gaps between them from
    an exponential distribution instead of making them alike.
    """

    stages: tuple[Stage, ...]
    poisson: bool = False


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """Who asks what, and for how long.

    The level of ``stages`` is active users. ``wait_time`` is the least and the greatest pause in
    seconds a user makes between two requests, drawn evenly. With ``arrivals`` users make no pauses:
    each is free for the next request that is due. With a ``doorway``, connections come out
    of it and ``base_url`` is a name. With a ``login`` each user goes through it before anything
    else, and its steps are ``endpoints`` of weight 0. Users leave their ``sessions`` to the next
    load that is given the same; with them they need no login. When the load ends, users have
    ``stop_timeout`` seconds for the request under way, as in Locust. An ``own_shape`` is the place
    of a ``LoadTestShape`` (``file.py:Class`` or ``module:Class``): it says how many users there
    are, and ``stages`` only how long it may last. Without ``verify_tls`` any certificate is taken.
    """

    base_url: str
    endpoints: tuple[Endpoint, ...]
    stages: tuple[Stage, ...]
    wait_time: tuple[float, float]
    request_timeout: float
    seed: int
    arrivals: Arrivals | None = None
    doorway: Doorway | None = None
    login: Login | None = None
    stop_timeout: float = 0.0
    own_shape: str | None = None
    verify_tls: bool = True
    sessions: Sessions = field(default_factory=Sessions, compare=False, repr=False)

    @property
    def users(self) -> int:
        """The most users that shall be active at once."""
        return math.ceil(greatest_of(self.stages))

    @property
    def spawn_rate(self) -> float:
        """Users per second that arrive in the first stage."""
        return self.stages[0].rate

    @property
    def run_time(self) -> float:
        """Seconds the whole load lasts."""
        return duration_of(self.stages)


def steady_users(users: int, spawn_rate: float, run_time: float) -> tuple[Stage, ...]:
    """Users arrive ``spawn_rate`` per second and stay until ``run_time`` seconds are over."""
    return (Stage(run_time, users, spawn_rate),)
