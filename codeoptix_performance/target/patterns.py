"""Patterns of an app's document, tried in a process that ends when one takes too long."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TextIO

_PROGRAM = Path(__file__).with_name("pattern_program.py")
_SECONDS_IN_ALL = 5.0
_LONGEST_KEPT = 1000


class Patterns:
    """Answers as ``re`` would. One that takes too long is found nowhere and not tried again.

    The process is started for the first pattern there is, in 20 ms, and again after its end. After
    five seconds of waiting, no pattern is found anywhere.
    """

    def __init__(self) -> None:
        self._channel: TextIO | None = None
        self._end: Callable[[], object] = _nothing
        self._endless: set[str] = set()
        self._known: dict[tuple[str, str], bool] = {}
        self._seconds_left = _SECONDS_IN_ALL

    def found(self, pattern: str, text: str) -> bool:
        """Whether the pattern is found in the text; never, where it is no pattern."""
        known = self._known.get((pattern, text))
        if known is None:
            known = self._answer(pattern, {"text": text}) is True
            if len(text) <= _LONGEST_KEPT:
                self._known[pattern, text] = known
        return known

    def text_with(self, pattern: str, seed: int, least: int, most: int) -> str | None:
        """A text that the pattern is found in, of a length between ``least`` and ``most``.

        Where there seems to be none, a text built from the pattern all the same, or None.
        """
        question = {"seed": seed, "least": least, "most": most}
        text, is_found = self._answer(pattern, question) or (None, False)
        if text is not None and is_found:
            self._known[pattern, text] = True
        return text

    def close(self) -> None:
        """Ends the process, if there is one."""
        self._end()
        self._channel = None

    def _answer(self, pattern: str, question: dict[str, Any]) -> Any:
        if pattern in self._endless or self._seconds_left <= 0:
            return None
        asked = time.monotonic()
        try:
            line = _asked(self._started(), json.dumps({"pattern": pattern, **question}))
        except BaseException:
            self.close()  # or the next question would get the answer to this one
            raise
        self._seconds_left -= time.monotonic() - asked
        if line.endswith("\n"):
            return json.loads(line)
        self._endless.add(pattern)
        self.close()
        return None

    def _started(self) -> TextIO:
        if self._channel is None:
            rstr = find_spec("rstr")
            folder = str(Path(rstr.origin).parents[1]) if rstr and rstr.origin else ""
            ours, theirs = socket.socketpair()
            with ours, theirs:
                process = subprocess.Popen(
                    [sys.executable, "-I", "-S", str(_PROGRAM), folder],
                    stdin=theirs.fileno(),
                    stdout=theirs.fileno(),
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,
                )
                self._channel = ours.makefile("rw", encoding="ascii")
            self._end = weakref.finalize(self, _end, process, self._channel)
        return self._channel


def _asked(channel: TextIO, question: str) -> str:
    """One line, or less of it from a process that was ended."""
    try:
        channel.write(f"{question}\n")
        channel.flush()
        return channel.readline()
    except ConnectionError:
        return ""


def _end(process: subprocess.Popen[bytes], channel: TextIO) -> None:
    process.kill()
    process.wait()
    with suppress(ConnectionError):  # of a question that was not read to its end
        channel.close()


def _nothing() -> None:
    """Where there is no process to end."""
