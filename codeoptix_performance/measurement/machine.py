"""How short of processors the machine is: time in which tasks were ready and had to wait."""

from __future__ import annotations

import time
from os import sysconf
from pathlib import Path

from codeoptix_performance.target.waits import PROC, first_line, tasks_of

PRESSURE = Path("/proc/pressure/cpu")
STAT = Path("/proc/stat")
BOOT = Path("/proc/sys/kernel/random/boot_id")
_STEAL = 8  # the words of /proc/stat: cpu user nice system idle iowait irq softirq steal
_AT_WORK = (1, 2, 3, 6, 7)


def seconds_waited(pressure: Path = PRESSURE, stat: Path = STAT) -> float:
    """Seconds since boot in which some task was ready and had no processor to run on.

    The kernel's pressure figure, and what a hypervisor took away from all processors together. Two
    answers, subtracted, tell about the time between. 0 where the kernel tells neither.
    """
    return seconds_of_pressure(pressure) + seconds_stolen(stat)


def seconds_of_pressure(pressure: Path = PRESSURE) -> float:
    """Seconds since boot in which some task waited for a processor; 0 where that is not told."""
    return _pressure(first_line(pressure))


def seconds_stolen(stat: Path = STAT) -> float:
    """Seconds since boot that a hypervisor gave to others, summed over processors."""
    return _seconds(first_line(stat), (_STEAL,))


def seconds_at_work(stat: Path = STAT) -> float:
    """Seconds since boot in which programs and the kernel computed, summed over processors."""
    return _seconds(first_line(stat), _AT_WORK)


def this_boot(boot: Path = BOOT) -> str:
    """The same text until the machine starts anew."""
    told = first_line(boot)
    return told or f"{round((time.time() - time.monotonic()) / 60):x}"


def seconds_waited_by(pid: int, proc: Path = PROC) -> float:
    """Seconds that the living threads of a process and of all below it have waited so far.

    Summed over threads, so that it may grow faster than time. Those that ended are left out.
    """
    waited, processes = 0.0, [pid]
    while processes:
        for task in tasks_of(processes.pop(), proc):
            waited += task.waited
            processes.extend(task.children)
    return waited


def _pressure(line: str) -> float:
    """``some avg10=0.51 avg60=2.28 avg300=5.68 total=1110601772``; the total in microseconds."""
    _, found, total = line.rpartition(" total=")
    return int(total) / 1e6 if found and line.startswith("some") else 0.0


def _seconds(line: str, places: tuple[int, ...]) -> float:
    words = line.split()
    if len(words) <= _STEAL:
        return 0.0
    return sum(int(words[place]) for place in places) / sysconf("SC_CLK_TCK")
