"""The SQL statements that an app gives to SQLite, told by its runner while they are asked for.

They come through a file in the app's own folder: a page of switches that the runner maps, then a
line for each statement. The app may make of the file what it likes. So it is opened before the app
exists and never by its name again, read up to a bound, and never mapped on this side, where a
file that is cut short would end the process.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from codeoptix_performance.target.inside.statements import (
    IN_USE,
    LISTENING,
    LONGEST,
    MOST_BYTES,
    PAGE_BYTES,
)

_OFF, _ON = b"\0", b"\1"
_MOST_READ = MOST_BYTES + 8 * LONGEST


class StatementRecord:
    """What the app says of its statements; ``descriptor`` is the open file."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @property
    def is_kept(self) -> bool:
        """Whether the app has loaded SQLite, so that there can be statements."""
        return os.pread(self._descriptor, 1, IN_USE) == _ON

    def during[Result](self, ask: Callable[[], Result]) -> tuple[Result, tuple[str, ...]]:
        """What ``ask`` comes to, and the statements sent meanwhile, in order.

        Of more than about a megabyte of statements only the first are told; none are where the
        app has spoilt the file.
        """
        self._switch(_ON)
        try:
            result = ask()
        finally:
            self._switch(_OFF)
        words = os.pread(self._descriptor, _MOST_READ, PAGE_BYTES)
        return result, tuple(_statements_in(words))

    def _switch(self, to: bytes) -> None:
        with suppress(OSError):  # the disk is full, and the app has given the page back
            if to == _ON:
                os.ftruncate(self._descriptor, PAGE_BYTES)
            os.pwrite(self._descriptor, to, LISTENING)


@contextmanager
def keep_statements(path: Path) -> Iterator[StatementRecord]:
    """A record in a new file at ``path``, until the context ends."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.write(descriptor, bytes(PAGE_BYTES))
        yield StatementRecord(descriptor)
    finally:
        os.close(descriptor)


def _statements_in(words: bytes) -> Iterator[str]:
    """Every line that is a JSON string; the app may have written others."""
    for line in words.splitlines():
        try:
            statement = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(statement, str):
            yield statement[:LONGEST]
