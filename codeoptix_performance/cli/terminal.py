"""Standard output and error: written so that neither a closed pipe nor an encoding is a crash."""

from __future__ import annotations

import io
import os
import shutil
import sys
from pathlib import Path
from typing import TextIO

from codeoptix_performance.errors import PerformanceError

_WIDTH_WITHOUT_TERMINAL = 120
_WIDEST = 160


def write_safely(text: str, stream: TextIO) -> None:
    """Writes and flushes; a reader that went away ends the writing, not the program.

    Raises ``PerformanceError`` if nothing can be written for another reason, a full disk for one.
    """
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        _discard_from_now_on(stream)
    except OSError as error:
        _discard_from_now_on(stream)
        raise PerformanceError(f"The result cannot be written: {error.strerror}.") from error


def tolerate_any_encoding() -> None:
    """Characters that a stream cannot encode are written as escapes from now on."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def page_width(stream: TextIO) -> int:
    """Columns of a page on ``stream``: the terminal's, within reason, else 120."""
    if not stream.isatty():
        return _WIDTH_WITHOUT_TERMINAL
    return min(shutil.get_terminal_size().columns, _WIDEST)


def wants_colour(stream: TextIO) -> bool:
    """True on a terminal that knows colours and whose owner has not declined them (NO_COLOR)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _discard_from_now_on(stream: TextIO) -> None:
    """Python flushes once more at exit; into a closed pipe that would end in exit code 120."""
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), stream.fileno())
