"""The line that tells, on a terminal, how a run stands."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner

from codeoptix_performance.measurement.progress import Progress
from codeoptix_performance.report.progress_line import progress_line


class Watcher:
    """Follows a run: remembers when its load began, and shows how it stands if it has a line."""

    def __init__(self, run_time: float, line: Spinner | None = None) -> None:
        self._run_time = run_time
        self._line = line
        self._called_at = time.time()
        self._load_began: float | None = None

    def __call__(self, progress: Progress) -> None:
        """The run stands like this."""
        if self._load_began is None:
            self._load_began = time.time() - progress.elapsed
        if self._line is not None:
            self._line.update(text=progress_line(progress, self._run_time))

    @property
    def started_at(self) -> float:
        """When the load began, in seconds since the epoch; of the call itself if it never did."""
        return self._called_at if self._load_began is None else self._load_began

    @classmethod
    @contextmanager
    def on_terminal(cls, run_time: float, *, about: str) -> Iterator[Self]:
        """A watcher with a line on standard error, gone at the end; without one off a terminal."""
        console = Console(stderr=True, highlight=False, markup=False)
        if not console.is_terminal or console.is_dumb_terminal:
            yield cls(run_time)
            return
        line = Spinner("dots", text=f"Starting {about}")
        with Live(line, console=console, transient=True, redirect_stdout=False):
            yield cls(run_time, line)
