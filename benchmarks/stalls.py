"""What tools report of a server that freezes 2 s in every 10, beside the computed truth.

Users of a service arrive whether or not it is frozen. For requests that are due at even intervals
over whole periods of P seconds, of which it is frozen for F, and answers that otherwise take next
to no time, one that arrives t seconds into the freeze waits F - t, and all others wait 0. So

    share of requests that wait longer than x  =  (F - x) / P        for 0 <= x < F
    quantile q of the waiting time             =  max(0, F - P (1 - q))

which for P = 10, F = 2 is 0 at the median, 1.5 s at P95 and 1.9 s at P99.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import click

from benchmarks.process import allow_many_connections, server
from benchmarks.table import Column, in_milliseconds, json_option, show, write_json
from benchmarks.tools import k6, ours, stock_locust
from benchmarks.tools.tool import Load, Percentiles, Tool, installed

PERIOD, FREEZE = 10, 2
TOOLS = (ours.CHECK, k6.K6, stock_locust.FAST_HTTP_USER)
RESERVE = 1.25
"""Connections allowed per request that a freeze can hold up."""
LEAST_CONNECTIONS = 20
GOAL = 0.05


def true_quantile(q: float, period: float = PERIOD, freeze: float = FREEZE) -> float:
    """Seconds, by the formula above."""
    return max(0.0, freeze - period * (1 - q))


TRUTH = Percentiles(true_quantile(0.50), true_quantile(0.95), true_quantile(0.99))


@dataclass(frozen=True, slots=True)
class StallRow:
    """What one tool reported at one rate; seconds.

    ``asked`` is requests due, ``answered`` those the tool counts, ``dropped`` those it says it
    could not send. ``p95_of_truth`` and ``p99_of_truth`` are 1 for a perfect tool.
    """

    per_second: int
    tool: str
    asked: int
    answered: int
    dropped: int
    p50: float
    p95: float
    p99: float
    p95_of_truth: float
    p99_of_truth: float

    @property
    def in_goal(self) -> bool:
        """P95 and P99 are both within ``GOAL`` of the truth."""
        return all(abs(of - 1) <= GOAL for of in (self.p95_of_truth, self.p99_of_truth))

    def cells(self) -> list[str]:
        """As they stand in the table; times in milliseconds."""
        return [
            f"{self.per_second:,}",
            self.tool,
            f"{self.p95_of_truth:.3f}",
            f"{self.p99_of_truth:.3f}",
            "met" if self.in_goal else "missed",
            *(in_milliseconds(seconds) for seconds in (self.p50, self.p95, self.p99)),
            f"{self.asked:,}",
            f"{self.answered:,}",
            f"{self.dropped:,}",
        ]


COLUMNS = (
    Column("requests/s"),
    Column("tool", is_words=True),
    *(Column(heading) for heading in ("P95 / truth", "P99 / truth", f"within {GOAL:.0%}")),
    *(Column(heading) for heading in ("P50 ms", "P95 ms", "P99 ms")),
    *(Column(heading) for heading in ("asked", "answered", "dropped")),
)


def measure(tool: Tool, per_second: int, seconds: int) -> StallRow:
    """The tool's account of a server of its own, whose clock its first request starts."""
    connections = max(LEAST_CONNECTIONS, ceil(per_second * FREEZE * RESERVE))
    with server("benchmarks.servers.stalling", str(PERIOD), str(FREEZE)) as base_url:
        seen = tool.run(Load(base_url, seconds, connections, per_second=per_second)).seen
    times = seen.times()
    return StallRow(
        per_second=per_second,
        tool=tool.name,
        asked=per_second * seconds,
        answered=seen.requests,
        dropped=seen.dropped,
        p50=times.p50,
        p95=times.p95,
        p99=times.p99,
        p95_of_truth=times.p95 / TRUTH.p95,
        p99_of_truth=times.p99 / TRUTH.p99,
    )


@click.command(help=f"A server frozen {FREEZE} s in {PERIOD}: what tools report, and the truth.")
@click.option("--rate", "rates", multiple=True, type=click.IntRange(10), help="[20, 200, 2000]")
@click.option("--periods", default=1, show_default=True, type=click.IntRange(1))
@json_option
def main(rates: Sequence[int], periods: int, json_path: Path | None) -> None:
    """Measures and prints."""
    allow_many_connections()
    tools, left_out = installed(TOOLS)
    rows = [
        measure(tool, rate, periods * PERIOD) for rate in rates or (20, 200, 2000) for tool in tools
    ]
    truth = ", ".join(
        f"{name} {in_milliseconds(seconds)} ms"
        for name, seconds in (("P50", TRUTH.p50), ("P95", TRUTH.p95), ("P99", TRUTH.p99))
    )
    title = f"Frozen {FREEZE} s in {PERIOD}, {periods * PERIOD} s; truth: {truth}"
    show(title, COLUMNS, [each.cells() for each in rows], left_out)
    write_json(json_path, "stalls", rows)


if __name__ == "__main__":
    main()
