"""Room for as many connections as there are users."""

from __future__ import annotations

import resource

OTHER_FILES = 256
"""Open files that are not connections: the host's, the app's pipes, the report's."""


def make_room_for(connections: int) -> None:
    """Raises this process's soft limit of open files where it is too low, as Locust does.

    Never above the hard limit: what does not fit fails with a cause of its own. It is not lowered
    again: another run in this process may still need it.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + OTHER_FILES
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    room = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, room), hard))
