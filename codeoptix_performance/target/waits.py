"""How long threads were ready to run and had to wait for a processor, as the kernel counts it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

PROC = Path("/proc")
MOST_GENERATIONS = 32


class Task(NamedTuple):
    """A living thread: the seconds it has waited so far, and the processes it has started."""

    waited: float
    children: tuple[int, ...]


def tasks_of(pid: int, proc: Path = PROC) -> list[Task]:
    """The threads of one process; none of one that is gone."""
    try:
        folders = list((proc / str(pid) / "task").iterdir())
    except OSError:
        return []
    return [
        Task(
            _waited(first_line(folder / "schedstat")),
            tuple(map(int, first_line(folder / "children").split())),
        )
        for folder in folders
    ]


def longest_wait(pid: int, proc: Path = PROC, *, generations: int = MOST_GENERATIONS) -> float:
    """Seconds of the one thread in ``pid`` that waited longest, and so on down its children.

    Threads wait side by side, a process and the one it has started one after the other. So this is
    the most that waiting can have delayed them all. No more ``generations`` are looked at: an app
    may fork as deep as it likes.
    """
    if not generations:
        return 0.0
    tasks = tasks_of(pid, proc)
    below = (
        longest_wait(child, proc, generations=generations - 1)
        for task in tasks
        for child in task.children
    )
    return max((task.waited for task in tasks), default=0.0) + max(below, default=0.0)


def descendants_of(pid: int, proc: Path = PROC) -> list[int]:
    """The process and all below it that live."""
    found, unseen = [], [pid]
    while unseen:
        found.append(one := unseen.pop())
        unseen.extend(child for task in tasks_of(one, proc) for child in task.children)
    return found


def first_line(path: Path) -> str:
    """Empty for a file that is not there."""
    try:
        return path.read_text().partition("\n")[0]
    except OSError:
        return ""


def _waited(line: str) -> float:
    """``time on a processor, time waiting for one, turns``, times in nanoseconds."""
    words = line.split()
    return int(words[1]) / 1e9 if len(words) == 3 else 0.0
