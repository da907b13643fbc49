"""System V segments of shared memory, which need no process to live on; for the warden."""

from __future__ import annotations

import ctypes
import fcntl
import os
import time
from collections.abc import Iterator

from codeoptix_performance.target.warden.tree import Tree, read

_LOOK_SECONDS = 1.0
_TABLE = "/proc/sysvipc/shm"
_REMOVE = 0
_NS_GET_USERNS = 0xB701


class Segments:
    """The app's own.

    With ``own_space`` it has a space of its own for them, which ends with it. Otherwise they lie
    among all others of the machine: the app's are those that its user made if it has one of its
    own, else those that were made by a process that was seen in its tree.
    """

    def __init__(self, tree: Tree, *, own_space: bool) -> None:
        self.tree = tree
        self.own_space = own_space
        self.spaces: list[tuple[int, int]] = []
        self.seen: set[int] = set()
        self.next_look = 0.0
        self.found = 0

    def taken(self, pids: list[int]) -> int:
        """Bytes, looked at once a second; what a process has in its own memory counts there too."""
        self.seen.update(pids)
        now = time.monotonic()
        if now >= self.next_look or self.found:
            self.next_look = now + _LOOK_SECONDS
            self.found = self._found_inside() if self.own_space else self._bytes()
        return self.found

    def remove(self) -> None:
        """Removes what would outlive the app."""
        if not self.own_space:
            self.seen.add(self.tree.root)
            libc = ctypes.CDLL(None, use_errno=True)
            for number, _ in self._all():
                libc.shmctl(number, _REMOVE, None)

    def _bytes(self) -> int:
        return sum(size for _, size in self._all())

    def _all(self) -> Iterator[tuple[int, int]]:
        """Numbers of the app's segments, and the bytes they take."""
        for line in read(_TABLE).splitlines()[1:]:
            fields = [int(field) for field in line.split()]
            number, maker, user = fields[1], fields[4], fields[9]
            if self._is_the_apps(maker, user):
                yield number, fields[-2] + fields[-1]

    def _is_the_apps(self, maker: int, user: int) -> bool:
        if self.own_space:
            return True
        if self.tree.identity is not None:
            return user == self.tree.identity
        return user == os.getuid() and maker in self.seen

    def _found_inside(self) -> int:
        """The sum as a child of ours sees it that enters the app's space."""
        self.spaces = self.spaces or _spaces_of(self.tree.root)
        if not self.spaces:
            return 0
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                for space, kind in self.spaces:
                    os.setns(space, kind)
                os.write(writer, b"%d" % self._bytes())
            finally:
                os._exit(0)
        os.close(writer)
        os.waitpid(child, 0)
        answer = os.read(reader, 32)
        os.close(reader)
        return int(answer or 0)


def _spaces_of(pid: int) -> list[tuple[int, int]]:
    """What to enter to see the app's segments; nothing where that cannot be.

    Power over them comes from the users' space that they belong to, so that one is first.
    """
    try:
        own = os.open(f"/proc/{pid}/ns/ipc", os.O_RDONLY)
        owner = fcntl.ioctl(own, _NS_GET_USERNS)
    except OSError:
        return []
    spaces = [(owner, os.CLONE_NEWUSER), (own, os.CLONE_NEWIPC)]
    if os.stat("/proc/self/ns/user").st_ino == os.stat(owner).st_ino:  # noqa: PTH116 - as in tree.read
        os.close(owner)
        return spaces[1:]
    return spaces
