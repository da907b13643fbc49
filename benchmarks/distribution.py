"""Percentiles that tools report, beside the record of the server that drew the times.

The server draws each answer's time between 0.2 ms and 2 s and records how long it really took,
from the request fully read to its answer handed to the kernel. The error of a tool is its
percentile minus that of the record, both by nearest rank; what lies between the two (the way
through the kernel, and waking up) is the measurer's to keep small. The server may have answered a
few more requests while the tool was ending; as many as exceed the tool's count are left out.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import click
import httpx

from benchmarks.process import BenchError, server
from benchmarks.servers.drawing import GREATEST, LEAST, SHAPES
from benchmarks.table import Column, in_milliseconds, json_option, show, write_json
from benchmarks.tools import ours, stock_locust
from benchmarks.tools.k6 import K6
from benchmarks.tools.tool import Load, Tool, installed

TOOLS = (ours.CHECK, K6, stock_locust.FAST_HTTP_USER)
QUANTILES = (0.50, 0.95, 0.99)
GOAL_SECONDS, GOAL_RATIO = 0.0003, 0.01
USERS = {"log-uniform": 100, "slow-tail": 20}
"""For each shape, users who together ask 500 to 800 times a second: a light load."""
SPAWN_RATE = 20
"""Users per second: of many who connect at once the last wait, before their request can be read."""
LEAST_SECONDS = max(USERS.values()) // SPAWN_RATE
SEED = 7


@dataclass(frozen=True, slots=True)
class DistributionRow:
    """One percentile of one tool; seconds. ``error`` is reported minus recorded."""

    shape: str
    tool: str
    quantile: float
    reported: float
    recorded: float
    error: float
    requests_reported: int
    requests_recorded: int

    @property
    def error_ratio(self) -> float:
        """The error, as a part of the truth."""
        return self.error / self.recorded

    @property
    def in_goal(self) -> bool:
        """Within 0.3 ms or 1 %, whichever is more."""
        return abs(self.error) <= max(GOAL_SECONDS, GOAL_RATIO * self.recorded)

    def cells(self) -> list[str]:
        """As they stand in the table; times in milliseconds."""
        return [
            self.shape,
            self.tool,
            f"P{self.quantile * 100:.0f}",
            f"{self.error_ratio:+.2%}",
            f"{self.error * 1000:+.3f}",
            "met" if self.in_goal else "missed",
            in_milliseconds(self.reported),
            in_milliseconds(self.recorded),
            f"{self.requests_reported:,}",
            f"{self.requests_recorded:,}",
        ]


COLUMNS = (
    *(Column(heading, is_words=True) for heading in ("shape", "tool", "")),
    *(Column(heading) for heading in ("error", "error ms", "0.3 ms or 1 %", "reported ms")),
    *(Column(heading) for heading in ("record ms", "reported", "recorded")),
)


def nearest_rank(times: Sequence[float], q: float) -> float:
    """The ⌈q·n⌉-th smallest of n sorted times."""
    return times[max(1, ceil(q * len(times) - 1e-9)) - 1]


def measure(tool: Tool, shape: str, seconds: int) -> list[DistributionRow]:
    """A row per quantile, from a server of the tool's own that draws the same times for each."""
    with server("benchmarks.servers.drawing", shape, str(SEED)) as base_url:
        load = Load(base_url, seconds, USERS[shape], path="/drawn", spawn_rate=SPAWN_RATE)
        seen = tool.run(load).seen
        record = array("d", httpx.get(f"{base_url}/record").raise_for_status().content)
    if len(record) < seen.requests:
        raise BenchError(f"{tool.name} counts {seen.requests} answers of {len(record)} given.")
    times = seen.times()
    in_order = sorted(record[: seen.requests])
    return [
        DistributionRow(
            shape=shape,
            tool=tool.name,
            quantile=q,
            reported=reported,
            recorded=nearest_rank(in_order, q),
            error=reported - nearest_rank(in_order, q),
            requests_reported=seen.requests,
            requests_recorded=len(record),
        )
        for q, reported in zip(QUANTILES, (times.p50, times.p95, times.p99), strict=True)
    ]


@click.command(help="Percentiles that tools report, beside the server's own record.")
@click.option("--shape", "shapes", multiple=True, type=click.Choice(list(SHAPES)), help="[both]")
@click.option("--seconds", default=8, show_default=True, type=click.IntRange(LEAST_SECONDS))
@json_option
def main(shapes: Sequence[str], seconds: int, json_path: Path | None) -> None:
    """Measures and prints."""
    tools, left_out = installed(TOOLS)
    rows = [
        row
        for shape in shapes or tuple(SHAPES)
        for tool in tools
        for row in measure(tool, shape, seconds)
    ]
    title = f"Answers after {LEAST * 1000:g} ms to {GREATEST:g} s, for {seconds} s"
    show(title, COLUMNS, [each.cells() for each in rows], left_out)
    write_json(json_path, "distribution", rows)


if __name__ == "__main__":
    main()
