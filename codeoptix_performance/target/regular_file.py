"""Files that somebody else may have made anything of: opened where they are files, and at once."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO


def open_regular(path: Path) -> BinaryIO:
    """The file, to be read. Never waits, whatever is there by now, and follows no link.

    Raises ``OSError`` where there is none, and where it is a pipe or anything else.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it is no regular file", str(path))
    return os.fdopen(descriptor, "rb")


def beginning_of(path: Path, root: Path, most_bytes: int) -> bytes | None:
    """What a file begins with; None where it cannot be read or a link leads out of ``root``."""
    real = place_within(path, root)
    if real is None:
        return None
    try:
        with open_regular(real) as file:
            return file.read(most_bytes)
    except OSError:
        return None


def place_within(path: Path, root: Path) -> Path | None:
    """Where a path leads, link by link, also where nothing is; None if that is not in ``root``."""
    real = Path(os.path.realpath(path))
    return real if real.is_relative_to(os.path.realpath(root)) else None
