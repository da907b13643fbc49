"""A user number that nobody has, for an app that root starts: the kernel then keeps them apart.

It makes the kernel's limit of processes per user count the app's alone, and root's files,
processes and environments are closed to it.
"""

from __future__ import annotations

import os
import pwd
import random
from pathlib import Path

_RANGES = (range(2_000_000_000, 2_001_000_000), range(30_000, 60_000))
"""Far above what systems hand out; and, for containers that have few numbers, Debian's unused."""


def unused_identity() -> int | None:
    """A number for an app's user and group; None where we are not root or have none to give."""
    if os.geteuid() != 0:
        return None
    mapped = _mapped_numbers()
    for numbers in _RANGES:
        if any(numbers[0] in ours and numbers[-1] in ours for ours in mapped):
            return _unused_of(numbers)
    return None


def _unused_of(numbers: range) -> int:
    while True:
        number = random.choice(numbers)  # noqa: S311 - a user number is no secret
        if _is_unused(number):
            return number


def _is_unused(number: int) -> bool:
    try:
        pwd.getpwuid(number)
    except KeyError:
        return True
    return False


def _mapped_numbers() -> list[range]:
    """The user numbers that exist for us: in a container these may be few."""
    ranges = []
    for line in Path("/proc/self/uid_map").read_text(encoding="ascii").splitlines():
        first, _, count = map(int, line.split())
        ranges.append(range(first, first + count))
    return ranges
