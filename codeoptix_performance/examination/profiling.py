"""A sampling profile of an app from outside, while one of its endpoints is loaded.

py-spy reads the memory of the app's processes and neither stops nor changes them.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from codeoptix_performance.examination.capacity import FOCUS_USERS, Suspect
from codeoptix_performance.examination.examination import HotLine
from codeoptix_performance.examination.hot_lines import find_hot_line
from codeoptix_performance.examination.stretch import Prober

PROFILE_SECONDS = 1.3
SAMPLES_PER_SECOND = 100
_END_SECONDS = 3.0
_LONGEST_SOURCE = 70


def profile(prober: Prober, suspect: Suspect, pid: int) -> HotLine | None:
    """Where the app ``pid`` spends its time on the suspect; None where that cannot be seen.

    It cannot where py-spy is not installed, may not look into the process, or finds no Python.
    """
    program = _py_spy()
    folder = _folder_of(pid)
    if program is None or folder is None:
        return None
    with TemporaryDirectory(prefix="codeoptix-performance-") as place:
        stacks = Path(place) / "stacks"
        with _sampling(program, pid, stacks):
            prober.run((replace(suspect.endpoint, weight=1),), FOCUS_USERS, PROFILE_SECONDS)
        raw = stacks.read_text(errors="replace") if stacks.exists() else ""
    hot = find_hot_line(raw, str(folder))
    return replace(hot, source=_source(folder, hot.place)) if hot else None


def _py_spy() -> str | None:
    """The program that came with this installation, else one on the path."""
    beside = Path(sys.executable).with_name("py-spy")
    return str(beside) if beside.exists() else shutil.which("py-spy")


def _folder_of(pid: int) -> Path | None:
    """Where the app works, which is where its own files are."""
    try:
        return Path(f"/proc/{pid}/cwd").readlink()
    except OSError:
        return None


@contextmanager
def _sampling(program: str, pid: int, stacks: Path) -> Iterator[None]:
    """Samples all processes from ``pid`` down, waiting threads too, into ``stacks``."""
    words = ["record", "--pid", str(pid), "--subprocesses", "--idle", "--nonblocking"]
    words += ["--format", "raw", "--full-filenames", "--rate", str(SAMPLES_PER_SECOND)]
    with subprocess.Popen(
        [program, *words, "--output", str(stacks)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={},
    ) as sampler:
        try:
            yield
        finally:
            sampler.send_signal(signal.SIGINT)
            try:
                sampler.wait(_END_SECONDS)
            except subprocess.TimeoutExpired:
                sampler.kill()


def _source(folder: Path, place: str) -> str:
    """The text of a line; empty where it cannot be read."""
    file, _, number = place.rpartition(":")
    try:
        lines = (folder / file).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    text = lines[int(number) - 1].strip() if int(number) <= len(lines) else ""
    return text if len(text) <= _LONGEST_SOURCE else f"{text[: _LONGEST_SOURCE - 1]}…"
