"""Folders that are made once for all runs: named by what is in them, whole or not there at all."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import platformdirs

from codeoptix_performance.errors import PreparationError

_UNUSED_SECONDS = 30 * 24 * 3600
_NAME_LENGTH = 24
_HALF = ".half"


def name_of(*contents: object) -> str:
    """A folder's name that is the same exactly while the contents are."""
    written = json.dumps(contents, sort_keys=True, default=str)
    return hashlib.sha256(written.encode()).hexdigest()[:_NAME_LENGTH]


def cached_folder(kind: str, name: str, make: Callable[[Path, Path], None]) -> Path:
    """The folder ``name`` among those of its ``kind``, made if it is not there.

    ``make`` gets the folder to fill and the place to which it is moved afterwards, all at once;
    of several runs that want it, one makes it and the others wait. Raises ``PreparationError``
    when nothing can be written there, and what ``make`` raises.
    """
    place = _place() / kind
    ready = place / name
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o755)
        with _locked(place / f"{name}.lock"):
            if not ready.is_dir():
                _make(ready, make)
                _remove_unused(place)
            os.utime(ready)
    except OSError as error:
        raise PreparationError(
            f"The app could not be tested: {place} cannot be written to ({error.strerror})."
        ) from error
    return ready


def _place() -> Path:
    """The user's cache; root's apps run as another user, who cannot look into root's own."""
    own = os.geteuid() != 0 or "XDG_CACHE_HOME" in os.environ
    folder = platformdirs.user_cache_path if own else platformdirs.site_cache_path
    return folder("codeoptix-performance")


def _make(ready: Path, make: Callable[[Path, Path], None]) -> None:
    """A run that was killed here has left its half, which is nobody's as long as we hold the lock.

    Ours has another name: an installer of that run may still be about to end.
    """
    for old in ready.parent.glob(f"{ready.name}.*{_HALF}"):
        shutil.rmtree(old, ignore_errors=True)
    half = Path(tempfile.mkdtemp(_HALF, f"{ready.name}.", ready.parent))
    half.chmod(0o755)
    try:
        make(half, ready)
        half.rename(ready)
    finally:
        shutil.rmtree(half, ignore_errors=True)


def _remove_unused(place: Path) -> None:
    """Removes what no run has used for thirty days, and what was left half done as long ago."""
    oldest = time.time() - _UNUSED_SECONDS
    for folder in place.iterdir():
        if folder.is_dir() and folder.stat().st_mtime < oldest:
            lock = place / f"{folder.name.partition('.')[0]}.lock"
            with suppress(BlockingIOError), _locked(lock, fcntl.LOCK_EX | fcntl.LOCK_NB):
                if folder.is_dir() and folder.stat().st_mtime < oldest:
                    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _locked(path: Path, how: int = fcntl.LOCK_EX) -> Iterator[None]:
    """Held by one process at a time; the kernel lets go of it when that process dies."""
    with path.open("w") as file:
        fcntl.flock(file, how)
        yield
