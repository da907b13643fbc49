"""What holds when nothing is said: the figures of CodeOptiX's performance testing guide."""

from __future__ import annotations

from dataclasses import dataclass

from codeoptix_performance.settings.settings import Profile


@dataclass(frozen=True, slots=True)
class Defaults:
    """One profile's figures; times in seconds, ``limits`` by the setting that changes them.

    ``limits`` also tells the kinds of limit for which the guide's score formula is defined.
    """

    users: int
    wait_time: tuple[float, float]
    limits: dict[str, float]
    spawn_rate: float = 2.0
    run_time: float = 30.0
    min_requests: int = 100


DEFAULTS: dict[Profile, Defaults] = {
    "website": Defaults(
        users=10,
        wait_time=(1.0, 3.0),
        limits={
            "max_avg_response_time": 1.0,
            "max_response_time": 5.0,
            "max_failure_rate": 0.01,
        },
    ),
    "api": Defaults(
        users=20,
        wait_time=(0.5, 2.0),
        limits={
            "max_avg_response_time": 0.5,
            "max_p95_response_time": 1.0,
            "max_failure_rate": 0.01,
        },
    ),
}
