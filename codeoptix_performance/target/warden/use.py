"""What an app uses of the machine, looked at now and then; for the warden."""

from __future__ import annotations

import os
import stat
import time
from typing import Any

from codeoptix_performance.target.warden.tree import Tree, read

_LOOK_SECONDS = 0.2
_DISK_SECONDS = 1.0
_PATIENCE = 20
_PAGE = os.sysconf("SC_PAGE_SIZE")
_LEAST_BYTES_OF_A_FILE = 4096


class Use:
    """Compares the tree's use with its limits; ``exceeded`` says which was broken, if one was.

    A look costs time, so the next one is at least twenty times as far away as it took.
    """

    def __init__(self, tree: Tree, memory_limit: int, limits: dict[str, int] | None) -> None:
        self.tree = tree
        self.memory_limit = memory_limit
        self.limits = limits
        self.folders: list[str] = []
        self.disk_at_start = 0
        self.next_look = 0.0
        self.next_disk = 0.0
        self.out_of_memory = False
        self.exceeded = ""

    def prepare(self, folders: list[str], owner: int | None) -> None:
        """Notes what lies in the app's folders before it starts, and gives it to its ``owner``."""
        self.folders = folders
        for folder in folders:
            if owner is not None:
                os.chown(folder, owner, owner)
            self.disk_at_start += _disk_bytes(folder, owner)

    def look(self, log_bytes: int) -> bool:
        """Looks if it is time to; whether a limit is broken."""
        started = time.monotonic()
        if started < self.next_look:
            return False
        processes = self.tree.processes()
        used = _resident_bytes([pid for pid, _ in processes])
        self.out_of_memory = used > self.memory_limit > 0
        if self.limits:
            self.exceeded = self.broken(self.limits, sum(n for _, n in processes), log_bytes)
        close = used > self.memory_limit / 2
        ended = time.monotonic()
        wait = max(_LOOK_SECONDS * (0.25 if close else 1.0), _PATIENCE * (ended - started))
        self.next_look = ended + wait
        return self.out_of_memory or bool(self.exceeded)

    def broken(self, limits: dict[str, int], tasks: int, log_bytes: int) -> str:
        """The limit that is broken, in words that end with its figure; empty for none."""
        if tasks > limits["tasks"]:
            return f"it had more than {limits['tasks']} processes and threads"
        if log_bytes > limits["log_bytes"]:
            return f"it printed more than {limits['log_bytes'] / 2**20:.0f} MiB"
        started = time.monotonic()
        if started < self.next_disk:
            return ""
        used = sum(_disk_bytes(folder) for folder in self.folders) - self.disk_at_start
        used += _deleted_bytes(self.tree.descendants())
        ended = time.monotonic()
        self.next_disk = ended + max(_DISK_SECONDS, _PATIENCE * (ended - started))
        if used > limits["disk_bytes"]:
            return f"it wrote more than {limits['disk_bytes'] / 2**20:.0f} MiB to disk"
        return ""


def use_of(tree: Tree, message: dict[str, Any]) -> Use:
    """The watch over a job's use, ready before the job starts."""
    use = Use(tree, message["memory_limit"], message["limits"])
    if message["limits"]:
        use.prepare(message["own_folders"], message["identity"])
    return use


def _resident_bytes(pids: list[int]) -> int:
    """Memory of the processes; pages that several of them share count once, nearly."""
    private, shared = 0, 0
    for pid in pids:
        fields = read(f"/proc/{pid}/statm").split()
        if fields:
            private += int(fields[1]) - int(fields[2])
            shared = max(shared, int(fields[2]))
    return (private + shared) * _PAGE


def _disk_bytes(folder: str, owner: int | None = None) -> int:
    """What a folder's files take; an empty one takes a block, so that none are free of charge."""
    total = 0
    waiting = [folder]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if owner is not None:
                        os.chown(entry.path, owner, owner, follow_symlinks=False)
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    blocks = entry.stat(follow_symlinks=False).st_blocks
                    total += max(_LEAST_BYTES_OF_A_FILE, blocks * 512)
        except OSError:
            continue  # the app removes files while we look
    return total


def _deleted_bytes(pids: list[int]) -> int:
    """What files take that were removed while a process still has them open."""
    found: dict[tuple[int, int], int] = {}
    for pid in pids:
        try:
            for name in os.listdir(f"/proc/{pid}/fd"):  # noqa: PTH208 - as in tree.read
                path = f"/proc/{pid}/fd/{name}"
                if os.readlink(path).endswith(" (deleted)"):  # noqa: PTH115 - as above
                    facts = os.stat(path)  # noqa: PTH116 - as above
                    if stat.S_ISREG(facts.st_mode):
                        found[facts.st_dev, facts.st_ino] = facts.st_blocks * 512
        except OSError:
            continue  # the process has ended or closed it
    return sum(found.values())
