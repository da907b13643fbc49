"""Locust as it is installed, headless, with each of its own clients."""

from __future__ import annotations

import csv
from pathlib import Path

from benchmarks.process import BenchError, Finished
from benchmarks.tools.tool import Load, Percentiles, Seen, Tool

LOCUSTFILE = Path(__file__).with_name("locustfile.py")
PER_USER = 10
"""Requests per second of each user where a rate is asked for: ten users for 100 per second."""
ALL_AT_ONCE = "1000"


def _command(visitor: str, load: Load) -> list[str]:
    users = load.users
    pace: list[str] = []
    if load.per_second is not None:
        users = max(1, load.per_second // PER_USER)
        pace = ["--per-user", str(load.per_second / users)]
    return [
        *("-f", str(LOCUSTFILE), visitor, "--headless", "--only-summary", "-L", "ERROR"),
        *("-H", load.base_url, "--path", load.path, "-u", str(users), "-r", ALL_AT_ONCE),
        *("-t", f"{load.seconds}s", "--csv", "seen", *pace),
    ]


def _account(_: Finished, folder: Path) -> Seen:
    with (folder / "seen_stats.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            if row["Name"] == "Aggregated":
                return _seen(row)
    raise BenchError("Locust's CSV file has no row for all requests together.")


def _seen(row: dict[str, str]) -> Seen:
    requests = int(row["Request Count"])
    times = [float(row[f"{rank}%"]) / 1000 for rank in (50, 95, 99)] if requests else None
    return Seen(requests, int(row["Failure Count"]), Percentiles(*times) if times else None)


FAST_HTTP_USER = Tool(
    "FastHttpUser", "locust", lambda load, _: _command("FastVisitor", load), _account
)
HTTP_USER = Tool("HttpUser", "locust", lambda load, _: _command("PlainVisitor", load), _account)
