"""Room for as many connections as there are users."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager

OTHER_FILES = 256
"""Open files that are not connections: the host's, the app's pipes, the report's."""


@contextmanager
def room_for(connections: int) -> Iterator[None]:
    """Raises this process's soft limit of open files where it is too low, for as long as needed.

    Never above the hard limit: what does not fit fails with a cause of its own.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + OTHER_FILES
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        yield
        return
    room = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, room), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
