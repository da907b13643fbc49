"""Other programs: found, run to their end, and charged with what the system says they used."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import IO

import click

ROOT = Path(__file__).parent.parent
ENDING_SECONDS = 10.0

Watch = Callable[[int], AbstractContextManager[object]]
"""Takes the process id of a program that has begun; its context lasts until the program ends."""


class BenchError(click.ClickException):
    """A bench cannot be run, or a tool's figures cannot be used; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A program that ended: what it wrote, and the CPU seconds of it and all its children."""

    output: str
    errors: str
    exit_code: int
    cpu_seconds: float


def find_program(name: str) -> str | None:
    """The program's path, from this Python's own folder first, or None."""
    own = Path(sys.executable).parent
    return shutil.which(name, path=os.pathsep.join([str(own), os.environ.get("PATH", "")]))


def run_to_end(
    argv: Sequence[str],
    folder: Path,
    *,
    within: float,
    accept: Sequence[int] = (0,),
    watch: Watch = nullcontext,
) -> Finished:
    """Runs ``argv`` in ``folder`` and waits at most ``within`` seconds.

    CPU is user and system time as ``wait4`` accounts it: the process and every descendant it has
    waited for. Raises ``BenchError`` for an exit code that is not in ``accept``.
    """
    output, errors = folder / "stdout", folder / "stderr"
    with output.open("wb") as out, errors.open("wb") as err:
        process = start(argv, folder, stdout=out, stderr=err)
        deadline = Timer(within, process.kill)
        deadline.start()
        try:
            with watch(process.pid):
                _, status, used = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            process.wait()
            raise
        finally:
            deadline.cancel()
        # Tells Popen that its child is gone, so that it neither waits for nor signals that pid.
        process.returncode = os.waitstatus_to_exitcode(status)
    finished = Finished(
        output.read_text(),
        errors.read_text(),
        process.returncode,
        used.ru_utime + used.ru_stime,
    )
    if finished.exit_code not in accept:
        raise BenchError(f"{Path(argv[0]).name} ended with {ending_of(finished)}")
    return finished


def start(
    argv: Sequence[str], folder: Path, *, stdout: int | IO[bytes], stderr: IO[bytes] | None = None
) -> subprocess.Popen[str]:
    """The program, started in ``folder``, with this repository's modules within its reach."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    return subprocess.Popen(
        list(argv),
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        text=True,
    )


def ending_of(finished: Finished) -> str:
    """Exit code and last line of the errors, or of the output where there were none."""
    lines = (finished.errors.strip() or finished.output.strip()).splitlines()
    return f"exit code {finished.exit_code}: {lines[-1] if lines else 'it wrote nothing'}"


@contextmanager
def server(module: str, *arguments: str) -> Iterator[str]:
    """The base URL of a Python server of ours, which prints its port when it listens."""
    argv = [sys.executable, "-m", module, *arguments]
    with start(argv, ROOT, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            port = process.stdout.readline().strip()
            if not port:
                raise BenchError(f"{module} did not start; its error stands above.")
            yield f"http://127.0.0.1:{port}"
        finally:
            end(process)


def end(process: subprocess.Popen[str]) -> None:
    """Terminates the process, and kills it where that is not enough."""
    process.terminate()
    try:
        process.wait(ENDING_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def allow_many_connections() -> None:
    """Raises the soft limit of open files to the hard one, for this process and its children."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
