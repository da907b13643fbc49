"""What every load generator is asked, and what every one must say afterwards."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.process import BenchError, Finished, Watch, find_program, run_to_end

START_AND_END_SECONDS = 60.0
"""Beyond the load's own duration, what a tool may take to start, to drain and to report."""


@dataclass(frozen=True, slots=True)
class Load:
    """What is sent: ``GET path`` for ``seconds``.

    Without ``per_second`` each of ``users`` connections sends as soon as it was answered. With it,
    so many requests per second are asked for in all, over at most ``users`` connections at once
    where the tool can open them as needed. Users (for k6 and the small tools: all at once) arrive
    ``spawn_rate`` per second.
    """

    base_url: str
    seconds: int
    users: int
    path: str = "/"
    per_second: int | None = None
    spawn_rate: int = 1000

    @property
    def url(self) -> str:
        """The whole address."""
        return self.base_url + self.path


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Response times in seconds, as the tool itself reports them."""

    p50: float
    p95: float
    p99: float


@dataclass(frozen=True, slots=True)
class Seen:
    """A tool's own account: finished requests, failed ones among them, and due ones not sent.

    ``percentiles`` is None where nothing finished, and for tools whose percentiles are not used.
    """

    requests: int
    failures: int
    percentiles: Percentiles | None = None
    dropped: int = 0

    def times(self) -> Percentiles:
        """The percentiles; raises ``BenchError`` where there are none."""
        if self.percentiles is None:
            raise BenchError("A tool finished no request: is the machine too busy?")
        return self.percentiles


@dataclass(frozen=True, slots=True)
class Used:
    """One run of a tool: its account, and the CPU seconds of its processes from start to end."""

    seen: Seen
    cpu_seconds: float


@dataclass(frozen=True, slots=True)
class Tool:
    """A load generator: its command line for a load, and where its account is found.

    ``read`` looks at what the program wrote, and at the folder it ran in. ``accept`` are the exit
    codes after which there is an account.
    """

    name: str
    program: str
    command: Callable[[Load, Path], list[str]]
    read: Callable[[Finished, Path], Seen]
    accept: tuple[int, ...] = (0,)
    install: str = ""

    def missing(self) -> str | None:
        """The sentence that says why it is left out, or None where it can be run."""
        if find_program(self.program) is not None:
            return None
        return f"{self.name} is not installed and was left out ({self.install})."

    def run(self, load: Load, watch: Watch = nullcontext) -> Used:
        """Puts ``load`` on, in a process and a folder of its own, with an eye on it by ``watch``.

        Raises ``BenchError`` where requests failed: such a run compares nothing.
        """
        program = find_program(self.program)
        if program is None:
            raise BenchError(f"{self.name} is not installed: {self.install}.")
        with TemporaryDirectory(prefix=f"bench-{Path(program).name}-") as name:
            folder = Path(name)
            argv = [program, *self.command(load, folder)]
            within = load.seconds + START_AND_END_SECONDS
            finished = run_to_end(argv, folder, within=within, accept=self.accept, watch=watch)
            seen = self.read(finished, folder)
        if seen.failures:
            raise BenchError(f"{self.name}: {seen.failures} of {seen.requests} requests failed.")
        return Used(seen, finished.cpu_seconds)


def installed(tools: Sequence[Tool]) -> tuple[list[Tool], list[str]]:
    """Those that can be run, and a sentence for each that was left out."""
    left_out = [sentence for tool in tools if (sentence := tool.missing())]
    return [tool for tool in tools if tool.missing() is None], left_out


def number_in(text: str, pattern: str, otherwise: int | None = None) -> int:
    """The whole number the pattern's group holds.

    Without a match ``otherwise``; where that is None, raises ``BenchError``.
    """
    found = re.search(pattern, text)
    if found:
        return int(found.group(1))
    if otherwise is None:
        raise BenchError(f"No figure was found by {pattern!r} in: {text.strip()[-300:]!r}")
    return otherwise
