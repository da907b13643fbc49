"""What an app uses of the machine, looked at now and then; for the warden."""

from __future__ import annotations

import time
from typing import Any

from codeoptix_performance.target.warden.disk import Disk
from codeoptix_performance.target.warden.memory import memory_of
from codeoptix_performance.target.warden.segments import Segments
from codeoptix_performance.target.warden.tree import Tree

_LOOK_SECONDS = 0.2
_PATIENCE = 20


class Use:
    """Compares the tree's use with its limits; ``exceeded`` says which was broken, if one was.

    A look costs time, so the next one is at least twenty times as far away as it took.
    """

    def __init__(
        self, tree: Tree, memory_limit: int, limits: dict[str, int] | None, segments: Segments
    ) -> None:
        self.tree = tree
        self.segments = segments
        self.memory_limit = memory_limit
        self.limits = limits
        self.disk: Disk | None = None
        self.next_look = 0.0
        self.out_of_memory = False
        self.exceeded = ""

    def look(self, log_bytes: int) -> bool:
        """Looks if it is time to; whether a limit is broken."""
        started = time.monotonic()
        if started < self.next_look:
            return False
        processes = self.tree.processes()
        pids = [pid for pid, _ in processes]
        used = self.segments.taken(pids)
        used += memory_of(pids, self.memory_limit - used)
        self.out_of_memory = used > self.memory_limit > 0
        close = used > self.memory_limit / 2
        ended = time.monotonic()
        wait = max(_LOOK_SECONDS * (0.25 if close else 1.0), _PATIENCE * (ended - started))
        self.next_look = ended + wait
        if self.limits:
            self.exceeded = self.broken(self.limits, processes, log_bytes)
        return self.out_of_memory or bool(self.exceeded)

    def broken(
        self, limits: dict[str, int], processes: list[tuple[int, int]], log_bytes: int
    ) -> str:
        """The limit that is broken, in words that end with its figure; empty for none."""
        if sum(threads for _, threads in processes) > limits["tasks"]:
            return f"it had more than {limits['tasks']} processes and threads"
        if log_bytes > limits["log_bytes"]:
            return f"it printed more than {limits['log_bytes'] / 2**20:.0f} MiB"
        return self.disk.broken([pid for pid, _ in processes]) if self.disk else ""


def use_of(tree: Tree, message: dict[str, Any]) -> Use:
    """The watch over a job's use, ready before the job starts."""
    segments = Segments(tree, own_space=bool(message["wrapper"]))
    use = Use(tree, message["memory_limit"], message["limits"], segments)
    if message["limits"]:
        use.disk = Disk(message["own_folders"], message["limits"], message["identity"])
    return use
