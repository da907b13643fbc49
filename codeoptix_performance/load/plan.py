"""How much load, checked before anything is sent."""

from __future__ import annotations

from dataclasses import dataclass

from codeoptix_performance.target.endpoint import Endpoint


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """Who asks what, and for how long.

    Times in seconds; ``spawn_rate`` in users per second; ``wait_time`` is the least and the
    greatest pause a user makes between two requests, drawn evenly.
    """

    base_url: str
    endpoints: tuple[Endpoint, ...]
    users: int
    spawn_rate: float
    run_time: float
    wait_time: tuple[float, float]
    request_timeout: float
    seed: int
