"""Response times as one sorted row of seconds, however they are kept."""

from __future__ import annotations

from abc import abstractmethod
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import overload

from codeoptix_performance.measurement.ticks import to_seconds


class Times(Sequence[float]):
    """Seconds, ascending: ``times[0]`` is the least, and bisecting works on it."""

    @abstractmethod
    def second(self, rank: int) -> float:
        """The time with so many others before it, from 0."""

    @property
    @abstractmethod
    def exact(self) -> bool:
        """Each is what it was, to the tick."""

    @abstractmethod
    def sum(self) -> float:
        """All seconds together, exactly."""

    @overload
    def __getitem__(self, place: int) -> float: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[float, ...]: ...

    def __getitem__(self, place: int | slice) -> float | tuple[float, ...]:
        places = range(len(self))[place]
        if isinstance(places, range):
            return tuple(self.second(rank) for rank in places)
        return self.second(places)


@dataclass(frozen=True, slots=True)
class ExactTimes(Times):
    """Each one to the tick of 100 ns, in 4 bytes."""

    ticks: array[int]

    @property
    def exact(self) -> bool:
        """Each is what it was, to the tick."""
        return True

    def __len__(self) -> int:
        return len(self.ticks)

    def second(self, rank: int) -> float:
        """The time with so many others before it, from 0."""
        return to_seconds(self.ticks[rank])

    def sum(self) -> float:
        """All seconds together, exactly."""
        return to_seconds(sum(self.ticks))


def exact_times(ticks: Iterable[int]) -> ExactTimes:
    """The times of so many ticks each, given in any order."""
    return ExactTimes(array("I", sorted(ticks)))
