"""How busy the machine is beside this run: time in which something waited for a processor."""

from __future__ import annotations

from os import sysconf
from pathlib import Path

PRESSURE = Path("/proc/pressure/cpu")
STAT = Path("/proc/stat")
_STEAL = 8  # the words of /proc/stat: cpu user nice system idle iowait irq softirq steal


def seconds_waited(pressure: Path = PRESSURE, stat: Path = STAT) -> float:
    """Seconds since boot in which some task was ready and had no processor to run on.

    The kernel's pressure figure, and what a hypervisor took away from all processors together. Two
    answers, subtracted, tell about the time between. 0 where the kernel tells neither.
    """
    return _pressure(_first_line(pressure)) + _stolen(_first_line(stat))


def _pressure(line: str) -> float:
    """``some avg10=0.51 avg60=2.28 avg300=5.68 total=1110601772``; the total in microseconds."""
    _, found, total = line.rpartition(" total=")
    return int(total) / 1e6 if found and line.startswith("some") else 0.0


def _stolen(line: str) -> float:
    words = line.split()
    return int(words[_STEAL]) / sysconf("SC_CLK_TCK") if len(words) > _STEAL else 0.0


def _first_line(path: Path) -> str:
    try:
        return path.read_text().partition("\n")[0]
    except OSError:
        return ""
