"""How much memory processes take together, what they share counted once; for the warden."""

from __future__ import annotations

import os

from codeoptix_performance.target.warden.tree import read

_PAGE = os.sysconf("SC_PAGE_SIZE")
_KIB = 1024


def memory_of(pids: list[int], enough: int) -> int:
    """Bytes; no more than ``enough``, or exact: who shares which page is dear to ask."""
    resident = sum(map(_resident, pids))
    return resident if resident <= enough else sum(map(_share, pids))


def _resident(pid: int) -> int:
    fields = read(f"/proc/{pid}/statm").split()
    return int(fields[1]) * _PAGE if fields else 0


def _share(pid: int) -> int:
    """A page that three processes have counts a third; all of it where nobody may ask."""
    for line in read(f"/proc/{pid}/smaps_rollup").splitlines():
        if line.startswith(b"Pss:"):
            return int(line.split()[1]) * _KIB
    return _resident(pid)
