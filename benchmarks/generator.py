"""CPU per request of load generators, side by side against one nginx on loopback.

Each tool is a process of its own that keeps 20 connections busy without pauses. In every round
each tool runs twice, briefly and longer, in turn with all others. A straight line through all runs
of a tool tells what starting and ending it costs from what a request costs:

    CPU = start + cost · requests        (least squares over the tool's runs)

CPU is user and system time as the operating system charges it to the tool's processes. A round's
cost is (CPU - start) / requests of its longer run. Ratios are taken within a round, so a machine
whose speed drifts cancels out; the median round is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import linear_regression, median

import click

from benchmarks.process import BenchError, allow_many_connections
from benchmarks.servers.nginx import nginx
from benchmarks.table import Column, json_option, ratio, show, write_json
from benchmarks.tools import k6, ours, small, stock_locust
from benchmarks.tools.tool import Load, Tool, Used, installed

TOOLS = (
    *(ours.ENGINE, ours.CHECK, ours.EVENTS, stock_locust.FAST_HTTP_USER, stock_locust.HTTP_USER),
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
    def cpu_with_start(self) -> float:
        """Seconds of CPU per request of the longer run, start and end of the program included."""
        return self.long.cpu_seconds / self.long.seen.requests

    @property
    def requests_per_second(self) -> float:
        """Of the load only."""
        return (self.long.seen.requests - self.short.seen.requests) / self.apart


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


def measure(
    tools: Sequence[Tool], load: Load, rounds: int, seconds: Sequence[int]
) -> dict[str, list[Round]]:
    """Each tool's rounds: all tools in turn, so that none has the machine's best minute alone."""
    measured: dict[str, list[Round]] = {tool.name: [] for tool in tools}
    for _ in range(rounds):
        for tool in tools:
            short, long = (tool.run(replace(load, seconds=length)) for length in seconds)
            if not long.seen.requests:
                raise BenchError(f"{tool.name} finished no request in {seconds[1]} s.")
            measured[tool.name].append(Round(short, long, seconds[1] - seconds[0]))
    return measured


def start_cost(tool: str, rounds: Sequence[Round]) -> float:
    """Seconds of CPU that the tool needs without any request, by the line through its runs."""
    runs = [run for each in rounds for run in (each.short, each.long)]
    requests = [float(run.seen.requests) for run in runs]
    line = linear_regression(requests, [run.cpu_seconds for run in runs])
    if line.slope <= 0:
        raise BenchError(
            f"{tool}: longer runs needed no more CPU than short ones, the machine was too busy: "
            "use more --seconds or more --rounds."
        )
    return max(0.0, line.intercept)


def costs(tool: str, rounds: Sequence[Round]) -> list[float]:
    """Seconds of CPU per request, for each round."""
    start = start_cost(tool, rounds)
    return [(each.long.cpu_seconds - start) / each.long.seen.requests for each in rounds]


def rows(rounds: Mapping[str, Sequence[Round]]) -> list[GeneratorRow]:
    """What the rounds say about each tool."""
    costs_of = {tool: costs(tool, its_rounds) for tool, its_rounds in rounds.items()}
    return [
        GeneratorRow(
            tool=tool,
            cpu_per_request=median(costs_of[tool]),
            least_cpu=min(costs_of[tool]),
            greatest_cpu=max(costs_of[tool]),
            cpu_with_start=median(each.cpu_with_start for each in its_rounds),
            requests_per_second=median(each.requests_per_second for each in its_rounds),
            times_cpu_of={
                other: median(
                    mine / theirs for mine, theirs in zip(costs_of[tool], its_costs, strict=True)
                )
                for other, its_costs in costs_of.items()
            },
        )
        for tool, its_rounds in rounds.items()
    ]


def goal_sentences(figures: Sequence[GeneratorRow]) -> list[str]:
    """One per goal and row of ours."""
    return [
        goal.sentence(each.tool, each.times_cpu_of[goal.of])
        for each in figures
        if each.tool in (ours.ENGINE.name, ours.CHECK.name, ours.EVENTS.name)
        for goal in GOALS
        if goal.of in each.times_cpu_of
    ]


@click.command(help="CPU per request and requests per second of load generators, side by side.")
@click.option("--rounds", default=2, show_default=True, type=click.IntRange(1))
@click.option("--seconds", default=3, show_default=True, type=click.IntRange(SHORT_SECONDS + 1))
@click.option("--users", default=20, show_default=True, type=click.IntRange(1))
@json_option
def main(rounds: int, seconds: int, users: int, json_path: Path | None) -> None:
    """Measures, prints, and says which goals are met."""
    allow_many_connections()
    tools, left_out = installed(TOOLS)
    with nginx() as base_url:
        load = Load(base_url, seconds, users)
        measured = measure(tools, load, rounds, (SHORT_SECONDS, seconds))
    figures = rows(measured)
    title = f"{users} connections without pauses; median of {rounds} rounds of {seconds} s"
    notes = [*goal_sentences(figures), *left_out]
    show(title, COLUMNS, [each.cells() for each in figures], notes)
    write_json(json_path, "generator", figures)


if __name__ == "__main__":
    main()
