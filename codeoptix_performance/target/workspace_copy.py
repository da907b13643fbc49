"""The copy of a workspace in which an app runs: its own files, and none that a link leads to."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from codeoptix_performance.target.regular_file import open_regular, place_within
from codeoptix_performance.target.sandbox.limits import Limits
from codeoptix_performance.target.workspace import is_left_behind, too_large
from codeoptix_performance.units import format_bytes


def copy_workspace(workspace: Path, destination: Path, limits: Limits) -> tuple[Path, ...]:
    """Copies a folder into the folder ``destination``; the links that stayed behind, by path.

    Those are the ones that lead out of it: what they lead to was never delivered. Caches, virtual
    environments and version control stay behind as well. Raises ``PreparationError`` for a folder
    that is larger than what an app may write.
    """
    copy = _Copy(workspace, limits)
    copy.put(workspace, destination)
    return tuple(copy.links_out)


def copy_entries(
    root: Path, entries: tuple[Path, ...], destination: Path, limits: Limits
) -> tuple[Path, ...]:
    """As above, but only of some files and folders below ``root``, each to its own place."""
    copy = _Copy(root, limits)
    for entry in entries:
        place = destination / entry.relative_to(root)
        place.parent.mkdir(parents=True, exist_ok=True)
        copy.put(entry, place)
    return tuple(copy.links_out)


class _Copy:
    """What was copied so far of the folder ``root``, in bytes and entries, and what was not."""

    def __init__(self, root: Path, limits: Limits) -> None:
        self.root = root
        self.limits = limits
        self.byte_count = 0
        self.entry_count = 0
        self.links_out: list[Path] = []

    def put(self, entry: Path, place: Path) -> None:
        """Copies a file, a link, or a folder with all that is in it, unless it is there."""
        waiting = [(entry, place)]
        while waiting:
            entry, place = waiting.pop()
            mode = entry.lstat().st_mode
            if stat.S_ISDIR(mode) or entry == self.root:
                place.mkdir(parents=True, exist_ok=True)
                waiting += [(one, place / one.name) for one in self.entries_of(entry)]
            elif os.path.lexists(place):
                continue
            elif stat.S_ISLNK(mode):
                self.put_link(entry, place)
            elif stat.S_ISREG(mode):
                self.put_file(entry, place)

    def entries_of(self, folder: Path) -> Iterator[Path]:
        """What is in a folder and comes along."""
        if len(folder.relative_to(self.root).parts) > self.limits.depth:
            raise too_large(f"holds folders more than {self.limits.depth} deep")
        with os.scandir(folder) as entries:
            for entry in entries:
                self.take_entry()
                if not is_left_behind(folder / entry.name):
                    yield folder / entry.name

    def put_link(self, entry: Path, place: Path) -> None:
        """A link to the same entry of the copy, whatever way the original goes."""
        real = place_within(entry, self.root)
        if real is None:
            self.links_out.append(entry)
        else:
            place.symlink_to(os.path.relpath(real, os.path.realpath(entry.parent)))

    def put_file(self, entry: Path, place: Path) -> None:
        """As many bytes as there were when it was opened, with mode and times."""
        with open_regular(entry) as original, place.open("xb") as copy:
            facts = os.fstat(original.fileno())
            self.take_bytes(facts.st_size)
            left = facts.st_size
            while left and (sent := os.sendfile(copy.fileno(), original.fileno(), None, left)):
                left -= sent
            os.fchmod(copy.fileno(), stat.S_IMODE(facts.st_mode) & 0o777)
            os.utime(copy.fileno(), ns=(facts.st_atime_ns, facts.st_mtime_ns))

    def take_entry(self) -> None:
        """Counts an entry that was seen."""
        self.entry_count += 1
        if self.entry_count > self.limits.entries:
            raise too_large(f"holds more than {self.limits.entries} files and folders")

    def take_bytes(self, count: int) -> None:
        """Counts bytes before they are written."""
        self.byte_count += count
        if self.byte_count > self.limits.disk_bytes:
            raise too_large(f"holds more than {format_bytes(self.limits.disk_bytes)}")
