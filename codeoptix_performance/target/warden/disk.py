"""What an app has added to its folders, looked at now and then; for the warden."""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Iterator

from codeoptix_performance.target.warden.tree import read

_LOOK_SECONDS = 1.0
_PATIENCE, _HASTE = 20, 3
_LEAST_BYTES_OF_A_FILE = 4096
_REMOVED = " (deleted)"
_OF_MEMORY = ("/memfd:", "/dev/zero", "/SYSV", "/dev/shm/")  # noqa: S108 - counted as memory
_GONE_MEANWHILE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)


class Disk:
    """Compares what lies in the app's folders with the limits.

    A look costs time, so the next one is twenty times as far away as it took; three times where
    the file system has lost by then what the app may still take.
    """

    def __init__(self, folders: list[str], limits: dict[str, int], owner: int | None) -> None:
        """Notes what lies there before the app starts, and gives it to its ``owner``."""
        self.folders = folders
        self.limits = limits
        self.most_bytes = limits["disk_bytes"]
        self.most_entries = limits["entries"]
        for folder in folders:
            if owner is not None:
                os.chown(folder, owner, owner)
        start = Content(None, limits["depth"])
        start.add(folders, owner)
        self.most_bytes += start.byte_count
        self.most_entries += start.entry_count
        self.room = self.left = (0, 0)
        self.next_look = self.next_hasty_look = 0.0

    def broken(self, pids: list[int]) -> str:
        """The limit that is broken, in words; empty for none, and where it is no time to look."""
        started = time.monotonic()
        if not self.is_due(started):
            return ""
        self.room = _room_of(self.folders[0])
        found = Content(self.most_entries, self.limits["depth"])
        found.add(self.folders)
        used = found.byte_count + _removed_bytes(pids)
        self.left = self.most_bytes - used, self.most_entries - found.entry_count
        ended = time.monotonic()
        self.next_look = ended + max(_LOOK_SECONDS, _PATIENCE * (ended - started))
        self.next_hasty_look = ended + _HASTE * (ended - started)
        if found.entry_count > self.most_entries:
            return f"it made more than {self.limits['entries']} files and folders"
        if used > self.most_bytes:
            return f"it wrote more than {self.limits['disk_bytes'] / 2**20:.0f} MiB to disk"
        return found.problem

    def is_due(self, now: float) -> bool:
        """Whether it is time to look: often enough, and at once where it may be too late soon."""
        if now < self.next_hasty_look:
            return False
        room = _room_of(self.folders[0])
        lost = self.room[0] - room[0] > self.left[0] or self.room[1] - room[1] > self.left[1]
        return lost or now >= self.next_look


class Content:
    """Bytes and entries of folders, counted until there are too many of them.

    ``problem`` says what cannot be counted: all that lies in too deep or closed a folder.
    """

    def __init__(self, most_entries: int | None, depth: int) -> None:
        self.most_entries = most_entries
        self.depth = depth
        self.byte_count = 0
        self.entry_count = 0
        self.problem = ""
        self._open: list[tuple[int, list[str]]] = []

    def add(self, folders: list[str], owner: int | None = None) -> None:
        """Counts what is in them, and gives it to its ``owner`` if there is one.

        By descriptors, one for each folder on the way: a path may be too long for the kernel.
        """
        for folder in folders:
            try:
                self._enter(folder, None, owner)
                while self._open and not self._is_enough():
                    descriptor, names = self._open[-1]
                    if not names:
                        self._open.pop()
                        os.close(descriptor)
                    elif len(self._open) > self.depth:
                        self.problem = f"it made folders more than {self.depth} deep"
                    else:
                        self._enter(names.pop(), descriptor, owner)
            finally:
                for descriptor, _ in self._open:
                    os.close(descriptor)
                self._open.clear()

    def _is_enough(self) -> bool:
        too_many = self.most_entries is not None and self.entry_count > self.most_entries
        return too_many or bool(self.problem)

    def _enter(self, name: str, above: int | None, owner: int | None) -> None:
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            descriptor = os.open(name, flags, dir_fd=above)
        except OSError as error:
            if error.errno not in _GONE_MEANWHILE:
                self.problem = f"it made a folder that cannot be looked into ({error.strerror})"
            return
        names: list[str] = []
        self._open.append((descriptor, names))
        with os.scandir(descriptor) as entries:
            for entry in entries:
                self.entry_count += 1
                if self._is_enough():
                    return
                try:
                    self._count(entry, names)
                    if owner is not None:
                        os.chown(entry.name, owner, owner, dir_fd=descriptor, follow_symlinks=False)
                except OSError:
                    continue  # the app removes files while we look

    def _count(self, entry: os.DirEntry[str], names: list[str]) -> None:
        """An empty file takes a block, so that none are free of charge."""
        if entry.is_dir(follow_symlinks=False):
            names.append(entry.name)
        blocks = entry.stat(follow_symlinks=False).st_blocks
        self.byte_count += max(_LEAST_BYTES_OF_A_FILE, blocks * 512)


def _room_of(folder: str) -> tuple[int, int]:
    """Bytes and entries that the folder's file system has room for; none where it is gone."""
    try:
        facts = os.statvfs(folder)
    except OSError:
        return 0, 0
    return facts.f_bfree * facts.f_frsize, facts.f_ffree


def _removed_bytes(pids: list[int]) -> int:
    """What files take that were removed while a process has them open, or mapped.

    Of a file that is only mapped, none but root may ask how large it is: its mapped part counts.
    """
    found: dict[tuple[int, int], int] = {}
    mapped: dict[tuple[int, int], int] = {}
    for pid in pids:
        for path in _removed_and_open(pid):
            _note(path, found)
        for path, file, length in _removed_and_mapped(pid):
            if not _note(path, found):
                mapped[file] = max(mapped.get(file, 0), length)
    return sum({**mapped, **found}.values())


def _note(path: str, found: dict[tuple[int, int], int]) -> bool:
    try:
        facts = os.stat(path)  # noqa: PTH116 - as in tree.read
    except OSError:
        return False  # the process has ended or closed it, or it is not ours to ask
    if stat.S_ISREG(facts.st_mode):
        found[facts.st_dev, facts.st_ino] = facts.st_blocks * 512
    return True


def _removed_and_open(pid: int) -> list[str]:
    paths = []
    try:
        for name in os.listdir(f"/proc/{pid}/fd"):  # noqa: PTH208 - as in tree.read
            path = f"/proc/{pid}/fd/{name}"
            if os.readlink(path).endswith(_REMOVED):  # noqa: PTH115 - as above
                paths.append(path)
    except OSError:
        return paths
    return paths


def _removed_and_mapped(pid: int) -> Iterator[tuple[str, tuple[int, int], int]]:
    """A path to each such file, its device and inode, and how far into it a mapping goes."""
    for line in read(f"/proc/{pid}/maps").decode(errors="replace").splitlines():
        if line.endswith(_REMOVED):
            span, _, offset, device, inode, path = line.split(maxsplit=5)
            if not path.startswith(_OF_MEMORY):
                first, last = (int(end, 16) for end in span.split("-"))
                major, minor = (int(part, 16) for part in device.split(":"))
                file = os.makedev(major, minor), int(inode)
                yield (
                    f"/proc/{pid}/map_files/{first:x}-{last:x}",
                    file,
                    int(offset, 16) + last - first,
                )
