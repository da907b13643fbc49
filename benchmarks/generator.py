"""CPU per request of load generators, side by side against one nginx on loopback.

Each tool is a process of its own that keeps 20 connections busy without pauses. In every round
each tool runs twice, briefly and longer, in turn with all others; the difference of the two runs
is free of what starting and ending cost:

    CPU per request = (CPU_long - CPU_short) / (requests_long - requests_short)

CPU is user and system time as the operating system charges it to the tool's processes. Ratios are
taken within a round, so a machine whose speed drifts cancels out; the median round is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import click

from benchmarks.process import BenchError, allow_many_connections
from benchmarks.servers.nginx import nginx
from benchmarks.table import Column, ratio, show, write_json
from benchmarks.tools import k6, ours, small, stock_locust
from benchmarks.tools.tool import Load, Tool, Used

TOOLS = (
    *(ours.ENGINE, ours.CHECK, stock_locust.FAST_HTTP_USER, stock_locust.HTTP_USER),
    *(k6.K6, small.HEY, small.AB, small.WRK),
)
SHORT_SECONDS = 1


@dataclass(frozen=True, slots=True)
class Goal:
    """Our CPU per request shall be at most ``at_most`` times that of the tool named."""

    of: str
    at_most: float

    def sentence(self, tool: str, times: float) -> str:
        """Whether ``tool``, at ``times`` the other's CPU, meets it."""
        return (
            f"{tool}: {times:.2f} of {self.of}'s CPU per request; "
            f"goal at most {self.at_most:g}: {'met' if times <= self.at_most else 'missed'}."
        )


GOALS = (Goal("FastHttpUser", 0.25), Goal("k6", 0.5), Goal("wrk", 2.5))


@dataclass(frozen=True, slots=True)
class Round:
    """A tool's brief and its longer run, ``apart`` seconds of load between them."""

    short: Used
    long: Used
    apart: float

    @property
    def cpu_per_request(self) -> float:
        """Seconds of CPU for one more request."""
        return (self.long.cpu_seconds - self.short.cpu_seconds) / self._more_requests()

    @property
    def cpu_with_start(self) -> float:
        """Seconds of CPU per request of the longer run, start and end of the program included."""
        return self.long.cpu_seconds / self.long.seen.requests

    @property
    def requests_per_second(self) -> float:
        """Of the load only."""
        return self._more_requests() / self.apart

    def _more_requests(self) -> int:
        more = self.long.seen.requests - self.short.seen.requests
        if more <= 0:
            raise BenchError("A longer run sent no more than a short one: use more --seconds.")
        return more


@dataclass(frozen=True, slots=True)
class GeneratorRow:
    """One tool. Seconds of CPU per request (median, least, greatest round), and ratios.

    ``times_cpu_of`` holds the median over rounds of this tool's CPU per request divided by that of
    the tool named; ``least_cpu`` and ``greatest_cpu`` are of single rounds.
    """

    tool: str
    cpu_per_request: float
    least_cpu: float
    greatest_cpu: float
    cpu_with_start: float
    requests_per_second: float
    times_cpu_of: dict[str, float]

    def cells(self) -> list[str]:
        """As they stand in the table; CPU in microseconds."""
        micro = [
            f"{seconds * 1e6:.1f}"
            for seconds in (self.cpu_per_request, self.least_cpu, self.greatest_cpu)
        ]
        return [
            self.tool,
            *(ratio(self.times_cpu_of.get(goal.of)) for goal in GOALS),
            micro[0],
            f"{micro[1]} – {micro[2]}",
            f"{self.cpu_with_start * 1e6:.1f}",
            f"{self.requests_per_second:,.0f}",
        ]


COLUMNS = (
    Column("tool", is_words=True),
    *(Column(f"× {goal.of}") for goal in GOALS),
    *(
        Column(heading)
        for heading in ("CPU µs/request", "least – most", "with start", "requests/s")
    ),
)


def measure(tools: Sequence[Tool], base_url: str, *, users: int, seconds: int) -> dict[str, Round]:
    """One round: each tool's brief and longer run, one after the other."""

    def used(tool: Tool, duration: int) -> Used:
        return tool.run(Load(base_url, duration, users))

    apart = seconds - SHORT_SECONDS
    return {
        tool.name: Round(used(tool, SHORT_SECONDS), used(tool, seconds), apart) for tool in tools
    }


def row(tool: str, rounds: Sequence[dict[str, Round]]) -> GeneratorRow:
    """What the rounds say about one tool."""

    def middle(figure: Callable[[Round], float]) -> float:
        return median(figure(each[tool]) for each in rounds)

    costs = [each[tool].cpu_per_request for each in rounds]
    return GeneratorRow(
        tool=tool,
        cpu_per_request=median(costs),
        least_cpu=min(costs),
        greatest_cpu=max(costs),
        cpu_with_start=middle(lambda each: each.cpu_with_start),
        requests_per_second=middle(lambda each: each.requests_per_second),
        times_cpu_of={
            other: median(
                each[tool].cpu_per_request / each[other].cpu_per_request for each in rounds
            )
            for other in rounds[0]
        },
    )


def goal_sentences(rows: Sequence[GeneratorRow]) -> list[str]:
    """One per goal and row of ours."""
    return [
        goal.sentence(each.tool, each.times_cpu_of[goal.of])
        for each in rows
        if each.tool in (ours.ENGINE.name, ours.CHECK.name)
        for goal in GOALS
        if goal.of in each.times_cpu_of
    ]


@click.command(help="CPU per request and requests per second of load generators, side by side.")
@click.option("--rounds", default=2, show_default=True, type=click.IntRange(1))
@click.option("--seconds", default=3, show_default=True, type=click.IntRange(SHORT_SECONDS + 1))
@click.option("--users", default=20, show_default=True, type=click.IntRange(1))
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Also write the rows.")
def main(rounds: int, seconds: int, users: int, json_path: Path | None) -> None:
    """Measures, prints, and says which goals are met."""
    allow_many_connections()
    left_out = [sentence for tool in TOOLS if (sentence := tool.missing())]
    tools = [tool for tool in TOOLS if tool.missing() is None]
    with nginx() as base_url:
        measured = [measure(tools, base_url, users=users, seconds=seconds) for _ in range(rounds)]
    rows = [row(tool.name, measured) for tool in tools]
    title = f"{users} connections without pauses; median of {rounds} rounds of {seconds} s"
    show(title, COLUMNS, [each.cells() for each in rows], [*goal_sentences(rows), *left_out])
    write_json(json_path, "generator", rows)


if __name__ == "__main__":
    main()
