"""The end of an app's folder, whatever the app has made of it; for the warden, and after it."""

from __future__ import annotations

import os

_OPEN = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


def remove(folder: str) -> str:
    """Removes a folder with all that is in it; why not, where something is left, else empty.

    However deep folders lie, and whatever they forbid: each is moved to the top before it is
    emptied, so that a few descriptors are enough and no path is too long.
    """
    try:
        top = _opened(folder, None)
    except FileNotFoundError:
        return ""
    except OSError as error:
        return str(error.strerror)
    try:
        problem = _Removal(top).run()
    finally:
        os.close(top)
    try:
        os.rmdir(folder)  # noqa: PTH106 - pathlib is slow to import
    except OSError as error:
        return problem or str(error.strerror)
    return ""


class _Removal:
    """Passes over the top folder, until it is empty or one of them changed nothing."""

    def __init__(self, top: int) -> None:
        self.top = top
        self.steps = 0
        self.problem = ""
        self.prefix = os.urandom(8).hex()

    def run(self) -> str:
        """Why something is left; empty if nothing is."""
        before = -1
        while self.steps > before:
            before, self.problem = self.steps, ""
            self.empty(self.top)
        return self.problem

    def empty(self, folder: int) -> None:
        """Removes what is in a folder, and moves the folders that are in it to the top."""
        with os.scandir(folder) as entries:
            for entry in entries:
                try:
                    self.take(entry, folder)
                except OSError as error:
                    self.problem = str(error.strerror)
                else:
                    self.steps += 1

    def take(self, entry: os.DirEntry[str], folder: int) -> None:
        """Removes or moves one entry."""
        if not entry.is_dir(follow_symlinks=False):
            os.unlink(entry.name, dir_fd=folder)
            return
        inner = _opened(entry.name, folder)
        try:
            if folder == self.top:
                self.empty(inner)
        finally:
            os.close(inner)
        if folder == self.top:
            os.rmdir(entry.name, dir_fd=folder)
        else:
            place = f"{self.prefix}-{self.steps}"
            os.rename(entry.name, place, src_dir_fd=folder, dst_dir_fd=self.top)


def _opened(name: str, above: int | None) -> int:
    """A folder's descriptor, after its owner was given every right to it."""
    place = os.open(name, os.O_PATH | os.O_NOFOLLOW | _OPEN, dir_fd=above)
    try:
        path = f"/proc/self/fd/{place}"
        if os.stat(path).st_mode & 0o700 != 0o700:  # noqa: PTH116 - as above
            os.chmod(path, 0o700)  # noqa: PTH101 - as above
        return os.open(path, _OPEN)
    finally:
        os.close(place)
