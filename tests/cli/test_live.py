"""The line on a terminal."""

import io
import time

import pytest
from rich.spinner import Spinner

from codeoptix_performance.cli.live import Watcher
from codeoptix_performance.measurement.progress import Progress

PROGRESS = Progress(2.0, 20, 30, 1, 2, 15.0, 0.04)


class Terminal(io.StringIO):
    """A standard error somebody looks at."""

    def isatty(self):
        return True


def test_off_a_terminal_nothing_is_shown(capsys):
    """A log is not filled with lines that overwrite each other."""
    with Watcher.on_terminal(30.0, about="app.py") as watcher:
        watcher(PROGRESS)

    assert ("", "") == capsys.readouterr()


def test_on_a_terminal_the_start_and_then_the_run_are_shown(monkeypatch):
    """The line is taken away at the end."""
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    with Watcher.on_terminal(30.0, about="app.py") as watcher:
        watcher(PROGRESS)

    assert "Starting app.py" in terminal.getvalue()
    assert "0:02 of 0:30 | 20 users | 15 req/s | P95 40.0 ms | 1 failed" in terminal.getvalue()
    assert terminal.getvalue().endswith("\x1b[2K")


@pytest.mark.parametrize("line", [None, Spinner("dots")], ids=["unseen", "seen"])
def test_the_beginning_of_the_load_is_remembered(line):
    """It is told from the first progress, whatever the time the app took to start."""
    watcher = Watcher(30.0, line)
    before = watcher.started_at
    watcher(Progress(1000.0, 1, 0, 0, 0, 0.0, None))
    watcher(Progress(5000.0, 1, 0, 0, 0, 0.0, None))

    assert time.time() >= before
    assert 990 < before - watcher.started_at < 1010
