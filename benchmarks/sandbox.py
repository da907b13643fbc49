"""What the sandbox adds to an app's start and to each of its answers, side by side with none.

One FastAPI app is held three ways at once. Turns are short and alternate between the ways, so that
a busy machine disturbs all alike. Percentiles are of all answers of a way. The ratio of medians is
taken within a round, and the median round is shown: a machine whose speed drifts cancels out.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

import click

from benchmarks.process import BenchError
from benchmarks.table import Column, json_option, show, write_json
from codeoptix_performance.settings.settings import SandboxName, Settings
from codeoptix_performance.target.sandbox.relay import relay_to
from codeoptix_performance.target.start import StartedApp, start_app

CODE = """
from fastapi import FastAPI

app = FastAPI()

@app.get("/")
async def root():
    return {"hello": "world"}
"""
ASKED = b"GET / HTTP/1.1\r\nHost: app\r\n\r\n"
TURN = 100
NEW_PER_TURN = 10
WARM_UP = 300
GOAL = 0.05
RUNGS: tuple[SandboxName, ...] = ("none", "limits", "bwrap")
PLAIN, HELD = "plain", "bwrap, doorway"
Open = Callable[[], socket.socket]
Times = dict[str, list[list[float]]]
"""Seconds per answer of each round, by way."""


@dataclass(frozen=True, slots=True)
class SandboxRow:
    """Seconds from question to answer on one way; ``of_plain`` is its median by that of none."""

    way: str
    connection: str
    p50: float
    p99: float
    of_plain: float

    def cells(self) -> list[str]:
        """As they stand in the table; times in microseconds."""
        times = [f"{seconds * 1e6:,.0f}" for seconds in (self.p50, self.p99)]
        return [self.connection, self.way, *times, f"{self.of_plain:.3f}"]


COLUMNS = (
    Column("connection", is_words=True),
    Column("way", is_words=True),
    *(Column(heading) for heading in ("P50 µs", "P99 µs", "P50 / plain")),
)


def rows(connection: str, times: Times) -> list[SandboxRow]:
    """A row per way, in the order of ``times``."""
    return [
        SandboxRow(
            way=way,
            connection=connection,
            p50=percentile(list(chain(*rounds)), 0.5),
            p99=percentile(list(chain(*rounds)), 0.99),
            of_plain=median(
                median(one) / median(plain) for one, plain in zip(rounds, times[PLAIN], strict=True)
            ),
        )
        for way, rounds in times.items()
    ]


def verdict(every: Sequence[SandboxRow]) -> str:
    """Whether an answer over a kept connection takes hardly longer in the sandbox than without."""
    held = next(row for row in every if (row.way, row.connection) == (HELD, "kept"))
    met = "met" if held.of_plain <= 1 + GOAL else "missed"
    return (
        f"{HELD}: P50 of a kept connection {held.of_plain - 1:+.1%} against plain; "
        f"goal at most +{GOAL:.0%}: {met}."
    )


@click.command(help="What the sandbox adds to a start and to each answer; side by side with none.")
@click.option("--rounds", default=200, show_default=True, type=click.IntRange(2))
@click.option("--starts", default=15, show_default=True, type=click.IntRange(1))
@json_option
def main(rounds: int, starts: int, json_path: Path | None) -> None:
    """Measures and prints."""
    started = started_in(starts)
    kept, new = measured(rounds)
    every = [*rows("kept", kept), *rows("new", new)]
    title = f"A FastAPI app asked {rounds * TURN:,} times on each way, by turns"
    notes = [f"Start: {', '.join(f'{rung} {s * 1e3:.0f} ms' for rung, s in started.items())}."]
    show(title, COLUMNS, [row.cells() for row in every], [*notes, verdict(every)])
    write_json(json_path, "sandbox", every)


def started_in(times: int) -> dict[SandboxName, float]:
    """Median seconds from the call to the first answer, by rung."""
    taken: dict[SandboxName, list[float]] = {rung: [] for rung in RUNGS}
    for _ in range(times):
        for rung, seconds in taken.items():
            before = time.perf_counter()
            with start_app(Settings(code=CODE, sandbox=rung)):
                seconds.append(time.perf_counter() - before)
    return {rung: median(seconds) for rung, seconds in taken.items()}


def measured(rounds: int) -> tuple[Times, Times]:
    """Over one kept connection, and with a new connection for each answer."""
    with ExitStack() as stack:
        apps = {
            rung: stack.enter_context(start_app(Settings(code=CODE, sandbox=rung)))
            for rung in RUNGS
        }
        doorway = apps["bwrap"].doorway
        if doorway is None:
            raise BenchError("bwrap has no doorway here")
        relay = stack.enter_context(relay_to(doorway))
        ways: dict[str, Open] = {
            PLAIN: dialer(apps["none"]),
            "limits": dialer(apps["limits"]),
            HELD: lambda: without_delay(doorway.connect(10)),
            "bwrap, relay": lambda: dialed(relay),
        }
        lines = {way: stack.enter_context(connect()) for way, connect in ways.items()}
        for line in lines.values():
            for _ in range(WARM_UP):
                answer(line)
        kept: Times = {way: [] for way in ways}
        new: Times = {way: [] for way in ways}
        for _ in range(rounds):
            for way, connect in ways.items():
                kept[way].append([answer(lines[way]) for _ in range(TURN)])
                new[way].append([once(connect) for _ in range(NEW_PER_TURN)])
        return kept, new


def dialer(app: StartedApp) -> Open:
    """How an app without a network of its own is reached."""
    return lambda: dialed(app.base_url)


def dialed(address: str) -> socket.socket:
    """A connection to a base URL."""
    parts = urlsplit(address)
    return without_delay(socket.create_connection((parts.hostname or "", parts.port or 0), 10))


def without_delay(connection: socket.socket) -> socket.socket:
    """The connection, with Nagle's algorithm off."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def answer(line: socket.socket) -> float:
    """Seconds from question to answer."""
    started = time.perf_counter()
    line.sendall(ASKED)
    words = b""
    while b"}" not in words:
        words += line.recv(65536)
    return time.perf_counter() - started


def once(connect: Open) -> float:
    """Seconds from nothing to an answer."""
    started = time.perf_counter()
    with connect() as line:
        answer(line)
    return time.perf_counter() - started


def percentile(times: list[float], part: float) -> float:
    """The nearest rank."""
    return sorted(times)[int(len(times) * part)]


if __name__ == "__main__":
    main()
