"""Figures of a bare machine, measured once for all runs until the machine starts anew.

They lie in the cache of the user who evaluates, in a folder closed to others. An app in a sandbox
of its own does not see it; on a lower rung under the same user it could, as all that user's files.
"""

from __future__ import annotations

import fcntl
import os
import platform
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import platformdirs
from pydantic import TypeAdapter, ValidationError

from codeoptix_performance.measurement.bare_machine.figures import BareMachine
from codeoptix_performance.measurement.machine import this_boot
from codeoptix_performance.target.environment.cache import name_of

_LOCK = "lock"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the figures depend on; they hold for as long as nothing of it changes."""

    boot: str
    rung: str
    own_network: bool
    engine: str
    processors: int
    python: str
    package: str

    @property
    def file(self) -> Path:
        """Where the figures are kept. The boot comes first, so that those of others are known."""
        return _folder() / f"{self.boot[:8]}-{name_of(asdict(self))}.json"


def circumstances(rung: str, *, own_network: bool, engine: str) -> Circumstances:
    """Those of this process and an app held on this rung."""
    return Circumstances(
        boot=this_boot(),
        rung=rung,
        own_network=own_network,
        engine=engine,
        processors=len(os.sched_getaffinity(0)),
        python=f"{platform.python_implementation()} {sys.version}",
        package=version("codeoptix-performance"),
    )


def recall(at: Circumstances) -> BareMachine | None:
    """The figures, if they were measured since this boot; None too where the file is no good."""
    try:
        written = at.file.read_bytes()
        return TypeAdapter(BareMachine).validate_json(written)
    except (OSError, ValidationError):
        return None


def measured_once(at: Circumstances, measure: Callable[[], BareMachine]) -> BareMachine | None:
    """What is known, else what ``measure`` finds out now; None while another process measures.

    Figures of a busy machine are not kept, nor any where the cache cannot be written to: they hold
    for who asked. Raises what ``measure`` raises.
    """
    with _alone() as alone:
        known = recall(at)
        if known is not None or not alone:
            return known
        found = measure()
        remember(at, found)
        return found


def remember(at: Circumstances, machine: BareMachine) -> bool:
    """Whether the figures are kept from now on; those of earlier boots are dropped."""
    if not machine.is_quiet:
        return False
    half = at.file.with_suffix(f".{os.getpid()}")
    try:
        at.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        half.write_bytes(TypeAdapter(BareMachine).dump_json(machine))
        half.replace(at.file)
        _drop_earlier_boots(at)
    except OSError:
        with suppress(OSError):
            half.unlink()
        return False
    return True


def _folder() -> Path:
    return platformdirs.user_cache_path("codeoptix-performance") / "bare-machine"


def _drop_earlier_boots(at: Circumstances) -> None:
    for path in at.file.parent.iterdir():
        if path.name != _LOCK and not path.name.startswith(at.boot[:8]):
            path.unlink(missing_ok=True)


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether no other process measures now: two at once would be each other's noise."""
    with ExitStack() as held:
        try:
            _folder().mkdir(parents=True, exist_ok=True, mode=0o700)
            lock = held.enter_context((_folder() / _LOCK).open("w"))
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        except OSError:  # a folder without locks: nobody can be told from nobody
            yield True
        else:
            yield True
