"""Locust as it is installed, headless, with each of its own clients."""

from __future__ import annotations

import re
from pathlib import Path

from benchmarks.process import BenchError, Finished
from benchmarks.tools.tool import Load, Percentiles, Seen, Tool, number_in

LOCUSTFILE = Path(__file__).with_name("locustfile.py")
PER_USER = 10
"""Requests per second of each user where a rate is asked for: ten users for 100 per second."""


def _command(visitor: str, load: Load) -> list[str]:
    users = load.users
    pace: list[str] = []
    if load.per_second is not None:
        users = max(1, load.per_second // PER_USER)
        pace = ["--per-user", str(load.per_second / users)]
    return [
        *("-f", str(LOCUSTFILE), visitor, "--headless", "--only-summary", "-L", "ERROR"),
        *("-H", load.base_url, "--path", load.path, "-u", str(users), "-r", str(load.spawn_rate)),
        *("-t", f"{load.seconds}s", *pace),
    ]


def _account(finished: Finished, _: Path) -> Seen:
    """From the two tables at the end: the CSV files stop up to a second before the load does."""
    written = finished.errors
    requests = number_in(written, r"(?m)^ *Aggregated +(\d+) +\d+\(")
    failures = number_in(written, r"(?m)^ *Aggregated +\d+ +(\d+)\(")
    return Seen(requests, failures, _percentiles(written) if requests else None)


def _percentiles(written: str) -> Percentiles:
    ranks = re.search(r"^Type +Name +((?:[\d.]+% +)+)# reqs", written, re.MULTILINE)
    times = re.search(r"^ *Aggregated +((?:\d+ +)+)\d+ *$", written, re.MULTILINE)
    if ranks is None or times is None:
        raise BenchError(f"Locust printed no percentiles: {written.strip()[-300:]!r}")
    named = dict(zip(ranks[1].split(), times[1].split(), strict=True))
    return Percentiles(*(int(named[f"{rank}%"]) / 1000 for rank in (50, 95, 99)))


FAST_HTTP_USER = Tool(
    "FastHttpUser", "locust", lambda load, _: _command("FastVisitor", load), _account
)
HTTP_USER = Tool("HttpUser", "locust", lambda load, _: _command("PlainVisitor", load), _account)
