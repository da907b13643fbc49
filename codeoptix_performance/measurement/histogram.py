"""Times counted in buckets: memory with an end for load without one, and mergeable."""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from itertools import accumulate
from math import ceil
from struct import pack, unpack

from codeoptix_performance.measurement.ticks import MOST_TICKS, to_seconds
from codeoptix_performance.measurement.times import Times

WORST_ERROR = 0.005
"""Of a time read back, as a share of it: half a bucket is 1/256, and rounding adds next to none."""

_UPPER_HALF = 1 if sys.byteorder == "little" else 0


class Histogram:
    """Times in ticks of 100 ns. Count, sum, least and greatest are exact.

    The number of a time's bucket is the upper half of the time as a 32-bit float: eight bits of
    exponent and seven of mantissa, so 128 buckets of one width from each power of two to the next.
    Whole ticks below 256 have a bucket each. The computer sorts into such buckets by itself, much
    faster than Python takes a logarithm.
    """

    __slots__ = ("buckets", "count", "greatest", "least", "sum")

    def __init__(self) -> None:
        self.count = 0
        self.sum = 0
        self.least = MOST_TICKS
        self.greatest = 0
        self.buckets: Counter[int] = Counter()

    @classmethod
    def of(cls, ticks: array[int]) -> Histogram:
        """A histogram of these times."""
        made = cls()
        if ticks:
            numbers = ticks.tolist()
            made.count = len(numbers)
            made.sum = sum(numbers)
            made.least = min(numbers)
            made.greatest = max(numbers)
            halves = array("H", pack(f"{len(numbers)}f", *numbers))
            made.buckets = Counter(halves[_UPPER_HALF::2].tolist())
        return made

    def merge(self, other: Histogram) -> None:
        """Takes every time of ``other`` as well."""
        if not other.count:
            return
        self.count += other.count
        self.sum += other.sum
        self.least = min(self.least, other.least)
        self.greatest = max(self.greatest, other.greatest)
        self.buckets.update(other.buckets)

    def times(self) -> HistogramTimes:
        """The times as they are now, ascending; each at most ``WORST_ERROR`` from what it was."""
        numbers = sorted(self.buckets)
        values = (min(max(_middle(number), self.least), self.greatest) for number in numbers)
        return HistogramTimes(
            array("d", map(to_seconds, values)),
            array("Q", accumulate(self.buckets[number] for number in numbers)),
            to_seconds(self.sum),
            to_seconds(self.least),
            to_seconds(self.greatest),
        )


@dataclass(frozen=True, slots=True)
class HistogramTimes(Times):
    """The times of a histogram: a value for each bucket, and how many there are up to it."""

    values: array[float]
    up_to: array[int]
    total: float
    least: float
    greatest: float

    @property
    def exact(self) -> bool:
        """Each is what it was, to the tick: not here, but for the least and the greatest."""
        return False

    def __len__(self) -> int:
        return self.up_to[-1] if self.up_to else 0

    def second(self, rank: int) -> float:
        """The time with so many others before it, from 0; the least and the greatest exactly."""
        if rank == 0:
            return self.least
        if rank == len(self) - 1:
            return self.greatest
        return self.values[bisect_right(self.up_to, rank)]

    def sum(self) -> float:
        """All seconds together, exactly."""
        return self.total


def _lowest(number: int) -> float:
    """The least value in the bucket."""
    (value,) = unpack(">f", pack(">HH", number, 0))
    return float(value)


def _middle(number: int) -> float:
    """Half-way between the least and the greatest whole tick in the bucket."""
    return (ceil(_lowest(number)) + ceil(_lowest(number + 1)) - 1) / 2
