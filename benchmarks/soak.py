"""Memory of our load generator over a long run at a steady rate, minute by minute.

What the first minute takes is the price of starting: code, connections, tables. From then on a
generator that keeps its promise of bounded memory stays where it is. At the end of that minute
the single requests it kept are about to be let go, so growth is also counted from the end of the
second.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from time import monotonic

import click
import psutil

from benchmarks.process import BenchError
from benchmarks.servers.nginx import nginx
from benchmarks.table import Column, json_option, show, write_json
from benchmarks.tools import ours
from benchmarks.tools.tool import Load

SAMPLE_SECONDS = 1.0
MINUTE = 60.0
MOST_GROWTH = 2**20
"""Bytes by which "flat" may be missed: freed pages come and go in steps of about this size."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Resident memory of the generator's process: seconds since it began, and bytes."""

    at: float
    resident: int


@dataclass(frozen=True, slots=True)
class MinuteRow:
    """One minute's resident bytes: the least, the greatest, and the last.

    ``growth`` is the change of the last since the end of the first minute, ``late_growth`` since
    that of the second; None where there is none yet.
    """

    minute: int
    least: int
    greatest: int
    last: int
    growth: int | None
    late_growth: int | None = None

    def cells(self) -> list[str]:
        """As they stand in the table, in MiB."""
        return [
            str(self.minute),
            *(_change(growth) for growth in (self.growth, self.late_growth)),
            *(f"{bytes_ / 2**20:.2f}" for bytes_ in (self.last, self.least, self.greatest)),
        ]


COLUMNS = tuple(
    Column(heading)
    for heading in ("minute", "since minute 1", "since minute 2", "last MiB", "least", "greatest")
)


def _change(growth: int | None) -> str:
    return "–" if growth is None else f"{growth / 2**20:+.2f}"


class MemoryWatch:
    """Samples a process's memory once a second while it runs, and tells each full minute."""

    def __init__(self) -> None:
        self.samples: list[Sample] = []

    @contextmanager
    def __call__(self, pid: int) -> Iterator[None]:
        """Watches until the context ends."""
        over = Event()
        thread = Thread(target=self._sample, args=(psutil.Process(pid), over), daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _sample(self, process: psutil.Process, over: Event) -> None:
        began = told = monotonic()
        while not over.wait(SAMPLE_SECONDS):
            try:
                resident = process.memory_info().rss
            except psutil.Error:
                return  # it has just ended
            now = monotonic()
            if resident:
                self.samples.append(Sample(now - began, resident))
            if now - told >= MINUTE:
                told += MINUTE
                click.echo(f"{now - began:.0f} s: {resident / 2**20:.2f} MiB", err=True)


def by_minute(samples: Sequence[Sample], seconds: float) -> list[MinuteRow]:
    """A row per whole minute of the first ``seconds``, what comes after them left out."""
    rows: list[MinuteRow] = []
    for minute in range(int(seconds // MINUTE)):
        inside = [each.resident for each in samples if minute <= each.at / MINUTE < minute + 1]
        if not inside:
            raise BenchError(f"The generator ended before minute {minute + 1} was over.")
        last = inside[-1]
        growth, late_growth = (
            last - rows[since].last if len(rows) > since else None for since in (0, 1)
        )
        rows.append(MinuteRow(minute + 1, min(inside), max(inside), last, growth, late_growth))
    return rows


def verdict(rows: Sequence[MinuteRow], requests: int) -> str:
    """Whether memory was flat after the first minute, and after the second."""
    growth = max((row.growth for row in rows if row.growth is not None), default=0)
    late = max((row.late_growth for row in rows if row.late_growth is not None), default=0)
    flat = "flat" if max(growth, late) <= MOST_GROWTH else "not flat"
    return (
        f"{requests:,} requests; at most {_change(growth)} MiB after the first minute, "
        f"{_change(late)} MiB after the second: {flat} (goal: at most {_change(MOST_GROWTH)} MiB)."
    )


@click.command(help="Memory of our load generator over a long run, minute by minute.")
@click.option("--minutes", default=10, show_default=True, type=click.IntRange(2))
@click.option("--rate", default=1000, show_default=True, type=click.IntRange(1))
@click.option("--users", default=100, show_default=True, type=click.IntRange(1))
@json_option
def main(minutes: int, rate: int, users: int, json_path: Path | None) -> None:
    """Runs, prints a row per minute, and says whether memory was flat."""
    watch = MemoryWatch()
    seconds = minutes * int(MINUTE)
    with nginx() as base_url:
        used = ours.CHECK.run(Load(base_url, seconds, users, per_second=rate), watch)
    rows = by_minute(watch.samples, seconds)
    title = f"Resident memory of check at {rate:,} requests/s for {minutes} minutes"
    note = verdict(rows, used.seen.requests)
    show(title, COLUMNS, [each.cells() for each in rows], [note])
    write_json(json_path, "soak", rows)


if __name__ == "__main__":
    main()
