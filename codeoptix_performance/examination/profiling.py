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
from codeoptix_performance.examination.examination import Focus, HotLine, Unseen
from codeoptix_performance.examination.hot_lines import behind_call, find_hot_line
from codeoptix_performance.examination.stretch import Prober
from codeoptix_performance.target.told import read_regular
from codeoptix_performance.target.waits import descendants_of

PROFILE_SECONDS = 1.0
SAMPLES_PER_SECOND = 100
_END_SECONDS = 3.0
_LONGEST_SOURCE = 70
_FOUND_NO_PYTHON = "No python processes found"
"""What py-spy says also where it may not look."""


def with_line(prober: Prober, focus: Focus, suspect: Suspect, pid: int) -> Focus:
    """``focus`` with the line where the app ``pid`` spends its time on it, or why none was seen."""
    seen = profile(prober, suspect, pid)
    if isinstance(seen, Unseen):
        return replace(focus, unseen=seen)
    return replace(focus, hot_line=seen)


def profile(prober: Prober, suspect: Suspect, pid: int) -> HotLine | Unseen | None:
    """The line where the app ``pid`` spends its time on the suspect; None where there is no one."""
    program = _py_spy()
    if program is None:
        return Unseen("no-sampler" if sys.platform == "linux" else "not-linux")
    try:
        folder = Path(f"/proc/{pid}/cwd").readlink()
    except PermissionError:
        return Unseen("not-allowed")
    except (FileNotFoundError, ProcessLookupError):
        return None  # the app has ended, which is told of by itself
    with TemporaryDirectory(prefix="codeoptix-performance-") as place:
        stacks, errors = Path(place) / "stacks", Path(place) / "errors"
        with _sampling(program, pid, stacks, errors):
            prober.run((replace(suspect.endpoint, weight=1),), FOCUS_USERS, PROFILE_SECONDS)
        if not stacks.exists():
            return _why_unseen(errors.read_text(errors="replace"), pid)
        hot = find_hot_line(stacks.read_text(errors="replace"), str(folder))
    if hot is None:
        return None
    source = _source(folder, hot.place)
    return replace(hot, source=source, behind=hot.behind or behind_call(source))


def _why_unseen(errors: str, pid: int) -> Unseen | None:
    """What py-spy meant that left no stacks; None where it only came too late to see anything."""
    if not errors.strip() or not Path(f"/proc/{pid}").exists():
        return None
    if not _may_read(pid) or "permission denied" in errors.lower():
        return Unseen("not-allowed")
    if _FOUND_NO_PYTHON in errors:
        return Unseen("not-python")
    return Unseen("failed", errors.strip().partition("\n")[0])


def _may_read(pid: int) -> bool:
    """Whether the memory of a process, and of all below it, is open to this one."""
    return all(map(_is_open, descendants_of(pid)))


def _is_open(pid: int) -> bool:
    try:
        with Path(f"/proc/{pid}/mem").open("rb"):
            return True
    except PermissionError:
        return False
    except (FileNotFoundError, ProcessLookupError):
        return True


def _py_spy() -> str | None:
    """The program that came with this installation, else one on the path."""
    beside = Path(sys.executable).with_name("py-spy")
    return str(beside) if beside.exists() else shutil.which("py-spy")


@contextmanager
def _sampling(program: str, pid: int, stacks: Path, errors: Path) -> Iterator[None]:
    """Samples all processes from ``pid`` down, waiting threads too, into ``stacks``.

    ``errors`` takes what py-spy says, to be read where it leaves no stacks.
    """
    words = ["record", "--pid", str(pid), "--subprocesses", "--idle", "--nonblocking"]
    words += ["--format", "raw", "--full-filenames", "--rate", str(SAMPLES_PER_SECOND)]
    with (
        errors.open("w") as said,
        subprocess.Popen(
            [program, *words, "--output", str(stacks)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            env={},
        ) as sampler,
    ):
        try:
            yield
        finally:
            sampler.send_signal(signal.SIGINT)
            try:
                sampler.wait(_END_SECONDS)
            except subprocess.TimeoutExpired:
                sampler.kill()


def _source(folder: Path, place: str) -> str:
    """The text of a line; empty where it cannot be read, or is none of the app's own files.

    The app says itself what its code was compiled from, and may have said anything.
    """
    file, _, number = place.rpartition(":")
    own = (folder / file).resolve()
    lines = read_regular(own).splitlines() if own.is_relative_to(folder.resolve()) else []
    text = lines[int(number) - 1].strip() if 0 < int(number) <= len(lines) else ""
    return text if len(text) <= _LONGEST_SOURCE else f"{text[: _LONGEST_SOURCE - 1]}…"
