"""How much an app and everything it starts may use."""

from __future__ import annotations

from dataclasses import dataclass

from codeoptix_performance.units import format_bytes


@dataclass(frozen=True, slots=True)
class Limits:
    """Of the whole tree: ``tasks`` (processes and threads), ``disk_bytes``, ``log_bytes``.

    Of each process: ``open_files``, ``file_bytes`` (one file's length). ``disk_bytes`` and
    ``entries`` (files and folders) count what the app adds to its folder, what is copied into it
    may be as much; ``depth`` is how deep folders may lie in one another. The memory of the tree is
    a setting of its own.
    """

    tasks: int = 2048
    open_files: int = 16_384
    file_bytes: int = 2**30
    disk_bytes: int = 2 * 2**30
    entries: int = 200_000
    depth: int = 200
    log_bytes: int = 2**30

    @property
    def words(self) -> str:
        """For people: what is bounded besides memory."""
        return (
            f"{self.tasks} processes and threads, {format_bytes(self.disk_bytes)} of disk, "
            f"{format_bytes(self.log_bytes)} of log"
        )
