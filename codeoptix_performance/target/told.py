"""What an app's process told of itself: a file that the app owns, and may have made anything of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from codeoptix_performance.target.json_text import read_json
from codeoptix_performance.target.regular_file import open_regular

_MOST_BYTES = 4 * 2**20


def read_told(path: Path) -> dict[str, Any]:
    """The JSON object in the file; empty where it is absent, spoilt, too large, or no file."""
    told = read_json(read_regular(path))
    return told if isinstance(told, dict) else {}


def read_regular(path: Path) -> str:
    """The text of a file that an app may have made; empty where there is none, or too much of it.

    Never waits, whatever the path has become, and follows no link.
    """
    try:
        with open_regular(path) as file:
            words = file.read(_MOST_BYTES + 1)
    except OSError:
        return ""
    return words.decode("utf-8", "replace") if len(words) <= _MOST_BYTES else ""


def routes_told(told: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """Methods and paths of the route table; rows that are none are left out."""
    rows = told.get("routes")
    return tuple(
        (row["method"], row["path"])
        for row in (rows if isinstance(rows, list) else ())
        if isinstance(row, dict)
        and isinstance(row.get("method"), str)
        and isinstance(row.get("path"), str)
    )
