"""TARGET → the settings' words that say where the app comes from."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from codeoptix_performance.errors import UsageError

_STANDARD_INPUT = "-"
_ADDRESS = re.compile(r"[\w.-]+:\d+(/.*)?|localhost(/.*)?")

Words = dict[str, str]


def app_words(target: str | None, host: str | None, command: str | None) -> Words:
    """``url``, ``workspace`` or ``code``, from TARGET or ``--host``; empty if neither is given.

    Raises ``UsageError`` when both are given, or when TARGET is nothing that can be tested.
    """
    if target is not None and host is not None:
        raise UsageError("Give TARGET or --host, not both: each names what is to be checked.")
    if host is not None:
        return {"url": host}
    if target is None:
        return {}
    if target == _STANDARD_INPUT:
        return _code(sys.stdin.read(), "standard input", command)
    path = Path(target)
    if path.is_dir():
        return {"workspace": target}
    if path.is_file():
        return _file(path, command)
    if "://" in target or _ADDRESS.fullmatch(target):
        return {"url": target}
    raise UsageError(
        f"There is no file or folder '{target}'; a URL starts with http:// or https://."
    )


def _file(path: Path, command: str | None) -> Words:
    """A Python file runs beside its neighbours; any other file is an answer that holds code."""
    if path.suffix == ".py" and command is None:
        return {"workspace": str(path)}
    try:
        return _code(path.read_text(encoding="utf-8-sig"), str(path), command)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} cannot be read: it is no text in UTF-8.") from error


def _code(text: str, origin: str, command: str | None) -> Words:
    if command is not None:
        raise UsageError(f"With --command, TARGET is the folder it runs in; {origin} is no folder.")
    return {"code": text}
