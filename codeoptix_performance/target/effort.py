"""How much of processor and memory an app's own description may cost before the load."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_SECONDS_EACH = 0.5
_SECONDS_IN_ALL = 8.0
_LONGEST_EACH = 2**20
_LONGEST_IN_ALL = 64 * 2**20


class TooMuchToReadError(ValueError):
    """A description whose reading has cost enough."""


class Effort:
    """Seconds of processor time, and characters made; what costs more ends with an error.

    A schema of a few lines can ask for more of either than there is: by references that double at
    each step, or by a long example that many places share.
    """

    def __init__(self) -> None:
        self._seconds_left = _SECONDS_IN_ALL
        self._characters_left = _LONGEST_IN_ALL
        self._began: float | None = None

    @contextmanager
    def piece(self) -> Iterator[None]:
        """Counts what is done inside as one piece; a piece inside another is a part of it."""
        if self._began is not None:
            self.check()
            yield
            return
        if self._seconds_left <= 0:
            raise TooMuchToReadError("the description as a whole takes too long to read")
        self._began = time.thread_time()
        try:
            yield
        finally:
            self._seconds_left -= time.thread_time() - self._began
            self._began = None

    def check(self) -> None:
        """Raises ``TooMuchToReadError`` when the piece has taken its time; cheap, called often."""
        if self._began is not None and time.thread_time() - self._began > _SECONDS_EACH:
            raise TooMuchToReadError("a part of the description takes too long to read")

    def keep(self, value: Any) -> None:
        """Counts a value that was made; raises ``TooMuchToReadError`` for one too many or long."""
        self._characters_left -= _length(value)
        if self._characters_left < 0:
            raise TooMuchToReadError("the values are too long")


def _length(value: Any) -> int:
    """About as many characters as the value has in JSON; raises where there are too many."""
    length, waiting = 0, [value]
    while waiting:
        one = waiting.pop()
        length += 2 + (len(one) if isinstance(one, str | list | dict) else 0)
        if length > _LONGEST_EACH:
            raise TooMuchToReadError("a value is too long")
        if isinstance(one, dict):
            waiting += [*one, *one.values()]
        elif isinstance(one, list):
            waiting += one
    return length
