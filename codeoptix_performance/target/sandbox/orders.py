"""What the warden is told about how an app is to be held."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from codeoptix_performance.target.sandbox.bubblewrap import (
    OWN_FOLDERS,
    bwrap_command,
    write_accounts,
)
from codeoptix_performance.target.sandbox.filesystem import readable_paths
from codeoptix_performance.target.sandbox.hold import Hold

_TASKS_OF_OURS = 8


class ToBeLaunched(Protocol):
    """The part of a ``Launch`` that matters here."""

    @property
    def argv(self) -> tuple[str, ...]:
        """Program and arguments."""

    @property
    def env(self) -> Mapping[str, str]:
        """The app's whole environment."""

    @property
    def readable(self) -> tuple[Path, ...]:
        """What it needs to read besides the usual."""


def orders_for(hold: Hold, folder: Path, launch: ToBeLaunched) -> dict[str, Any]:
    """The warden's ``wrapper``, ``identity``, ``limits`` and ``own_folders``, files prepared."""
    if hold.rung == "none":
        return {"wrapper": (), "identity": None, "limits": None, "own_folders": ()}
    own = [folder / name for name in OWN_FOLDERS]
    for path in own:
        path.mkdir(exist_ok=True)
    wrapper: tuple[str, ...] = ()
    if hold.rung == "bwrap":
        write_accounts(folder, os.getuid() if hold.identity is None else hold.identity)
        search = launch.env.get("PATH", os.defpath)
        shown = readable_paths(launch.argv[0], search, launch.readable)
        wrapper = bwrap_command(hold, folder, shown)
    elif hold.identity is not None:
        folder.chmod(0o711)
    return {
        "wrapper": wrapper,
        "identity": hold.identity,
        "limits": {
            "tasks": hold.limits.tasks,
            "user_tasks": _tasks_allowed(hold),
            "open_files": hold.limits.open_files,
            "file_bytes": hold.limits.file_bytes,
            "disk_bytes": hold.limits.disk_bytes,
            "entries": hold.limits.entries,
            "depth": hold.limits.depth,
            "log_bytes": hold.limits.log_bytes,
        },
        "own_folders": [str(path) for path in own],
    }


def _tasks_allowed(hold: Hold) -> int:
    """The kernel counts per user: where that is ours, what runs already is added."""
    running = 0 if hold.identity is not None else _tasks_of(os.getuid())
    return hold.limits.tasks + _TASKS_OF_OURS + running


def _tasks_of(user: int) -> int:
    """Processes and threads of a user, right now."""
    count = 0
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdigit() and process.stat().st_uid == user:
                count += sum(1 for _ in (process / "task").iterdir())
        except OSError:
            continue  # it has just ended
    return count
