"""How each defect of the corpus shows under load, beside its sound twin: data for thresholds.

    .venv/bin/python -m benchmarks.signatures                  every twin at 1, 8 and 32 users
    .venv/bin/python -m benchmarks.signatures --only payments  both twins of one app

Users ask without pauses (closed loop), endpoints by their usual weights, each level for a few
seconds on one and the same running app. ``own`` is the first endpoint the defect shows in,
``canary`` is ``GET /health``, which does nothing: it rises where the event loop is blocked and not
where requests wait for a lock. Rates count successes only.
"""

from __future__ import annotations

import argparse
import math
import sys
from dataclasses import dataclass

from benchmarks.judging import App, chosen_apps
from codeoptix_performance.errors import TargetError
from codeoptix_performance.load.locust_engine import LocustEngine
from codeoptix_performance.load.plan import LoadPlan, steady_users
from codeoptix_performance.measurement.measure import measure
from codeoptix_performance.measurement.measurement import EndpointMeasurement, Measurement
from codeoptix_performance.measurement.recorder import Recorder
from codeoptix_performance.measurement.resources import watch_resources
from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.target.open import open_target
from codeoptix_performance.target.target import Target

LEVELS = (1, 8, 32)
CANARY = "GET /health"
SPAWN_RATE = 1000.0
REQUEST_TIMEOUT = 5.0
KILOBYTE = 1024


@dataclass(frozen=True, slots=True)
class Level:
    """One level of load on one app; rates are successes per second, times milliseconds.

    ``growth`` is kilobytes of resident memory per finished request, ``memory`` megabytes at the
    end, ``hung`` the requests still in flight then that are older than a second, ``cores`` the CPU
    the app used.
    """

    users: int
    rate: float
    p50: float
    own_p50: float
    own_p95: float
    canary_p50: float
    failed_ratio: float
    hung: int
    cores: float
    growth: float
    memory: float
    own_bytes: float


def signature(app: App, seconds: float) -> list[Level]:
    """The levels of one app in order, lowest first; raises ``TargetError`` if it has none."""
    with open_target(Settings(code=app.pair.code(app.kind))) as target:
        named = {endpoint.name for endpoint in target.endpoints}
        unloaded = [name for name in (*app.pair.endpoints, CANARY) if name not in named]
        if unloaded:
            print(f"{app.name}: not under load: {', '.join(unloaded)}", file=sys.stderr)
        return [_level(app, target, users, seconds) for users in LEVELS]


def _level(app: App, target: Target, users: int, seconds: float) -> Level:
    plan = LoadPlan(
        base_url=target.base_url,
        endpoints=target.endpoints,
        stages=steady_users(users, SPAWN_RATE, seconds),
        wait_time=(0.0, 0.0),
        request_timeout=REQUEST_TIMEOUT,
        seed=0,
    )
    recorder = Recorder(plan)
    with watch_resources(target.app) as resources:
        report = LocustEngine().run(plan, recorder, lambda _: False)
    app_exit = target.app.exit() if target.app else None
    return _figures(app, users, measure(plan, recorder, report, resources.result(), app_exit))


def _figures(app: App, users: int, measured: Measurement) -> Level:
    total, used = measured.total, measured.resources
    by_name = {each.name: each for each in measured.endpoints}
    own = by_name.get(app.pair.endpoints[0]) if app.pair.endpoints else None
    grown = used.memory_at_end - used.memory_at_start if used else 0
    return Level(
        users=users,
        rate=(total.requests - total.failures) / measured.duration,
        p50=_milliseconds(total, 0.5),
        own_p50=_milliseconds(own, 0.5),
        own_p95=_milliseconds(own, 0.95),
        canary_p50=_milliseconds(by_name.get(CANARY), 0.5),
        failed_ratio=total.failure_ratio,
        hung=total.latencies.overdue(1.0),
        cores=used.cpu_share if used else math.nan,
        growth=grown / KILOBYTE / max(1, total.requests),
        memory=used.memory_at_end / KILOBYTE**2 if used else math.nan,
        own_bytes=own.received_bytes / max(1, own.requests) if own else math.nan,
    )


def _milliseconds(measured: EndpointMeasurement | None, quantile: float) -> float:
    seconds = measured.latencies.quantile(quantile) if measured else None
    return math.nan if seconds is None else seconds * 1000


HEAD = (
    f"{'app':<22}{'users':>6}{'req/s':>8}{'p50 ms':>9}{'own p50':>9}{'own p95':>9}"
    f"{'canary':>9}{'failed':>8}{'hung':>6}{'cores':>7}{'KB/req':>8}{'MB':>6}{'own bytes':>11}"
)


def print_level(app: App, level: Level) -> None:
    """One line of the table under ``HEAD``."""
    print(
        f"{app.name:<22}{level.users:>6}{level.rate:>8.0f}{level.p50:>9.1f}"
        f"{level.own_p50:>9.1f}{level.own_p95:>9.1f}{level.canary_p50:>9.1f}"
        f"{level.failed_ratio:>8.1%}{level.hung:>6}{level.cores:>7.2f}"
        f"{level.growth:>8.2f}{level.memory:>6.0f}{level.own_bytes:>11.0f}",
        flush=True,
    )


def main() -> None:
    """Prints one line for each app and level."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", action="append", default=[], metavar="APP")
    parser.add_argument("--seconds", type=float, default=3.0, help="of each level")
    words = parser.parse_args()
    if not 1 <= words.seconds <= 60:
        parser.error("--seconds: give 1 to 60.")
    try:
        apps = chosen_apps(words.only)
    except ValueError as error:
        parser.error(f"--only: {error}")
    print(HEAD)
    for app in apps:
        try:
            levels = signature(app, words.seconds)
        except TargetError as error:
            print(f"{app.name:<22}{error}")
            continue
        for level in levels:
            print_level(app, level)


if __name__ == "__main__":
    main()
