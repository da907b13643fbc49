"""This project: the whole command, and its engine alone."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.process import BenchError, Finished, ending_of
from benchmarks.tools.tool import Load, Percentiles, Seen, Tool

PASS, FAIL, INCONCLUSIVE = 0, 1, 3
SHAPE = """
from locust import LoadTestShape


class Steady(LoadTestShape):
    heard = 0
    listens = False

    def tick(self):
        if not self.listens:
            self.listens = True
            self.runner.environment.events.request.add_listener(self.hear)
        return {users}, 1000

    def hear(self, **facts):
        self.heard += 1
"""


def settings_for(load: Load) -> dict[str, Any]:
    """The settings of ``check`` that ask for this load and no other; the rest is as by default."""
    words: dict[str, Any] = {
        "url": load.base_url,
        "endpoints": [f"GET {load.path}"],
        "users": load.users,
        "run_time": f"{load.seconds}s",
        "examine": False,
    }
    if load.per_second is not None:
        return words | {"arrival_rate": load.per_second}
    return words | {"spawn_rate": load.spawn_rate, "wait_time": 0}


def _check_command(load: Load, folder: Path) -> list[str]:
    return _checking(settings_for(load), folder)


def _checking(words: dict[str, Any], folder: Path) -> list[str]:
    config = folder / "settings.json"
    config.write_text(json.dumps(words))
    return ["check", "--config", str(config), "--json"]


def _events_command(load: Load, folder: Path) -> list[str]:
    """As ``check``, with a steady shape of one's own: Locust's ``request`` event is fired then."""
    shape = folder / "steady.py"
    shape.write_text(SHAPE.format(users=load.users))
    words = settings_for(load) | {"shape": f"{shape}:Steady"}
    return _checking({key: words[key] for key in words if key != "spawn_rate"}, folder)


def _check_account(finished: Finished, _: Path) -> Seen:
    document = json.loads(finished.output)
    total = document["total"]
    if total is None:
        raise BenchError(f"check sent no load: {ending_of(finished)}")
    times = [total[key] for key in ("median_ms", "p95_ms", "p99_ms")]
    percentiles = None if None in times else Percentiles(*(ms / 1000 for ms in times))
    arrivals = document["run"]["arrivals"]
    dropped = arrivals["dropped"] if arrivals else 0
    return Seen(total["requests"], total["failures"], percentiles, dropped)


def _engine_command(load: Load, _: Path) -> list[str]:
    return ["-m", "benchmarks.tools.engine_alone", json.dumps(settings_for(load))]


def _engine_account(finished: Finished, _: Path) -> Seen:
    account = json.loads(finished.output)
    return Seen(account["requests"], account["failures"])


CHECK = Tool(
    "ours: check",
    "codeoptix-performance",
    _check_command,
    _check_account,
    accept=(PASS, FAIL, INCONCLUSIVE),
)
EVENTS = Tool(
    "ours: events",
    "codeoptix-performance",
    _events_command,
    _check_account,
    accept=(PASS, FAIL, INCONCLUSIVE),
)
ENGINE = Tool("ours: engine", sys.executable, _engine_command, _engine_account)
