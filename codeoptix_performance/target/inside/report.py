"""What the app's process tells the evaluating one: a small JSON file."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from . import find, routes


def write_routes(path: str) -> None:
    """Writes ``{"framework", "routes": [{"method", "path"}]}`` of the app with the most routes."""
    try:
        framework, table = _largest_table()
    except Exception as error:  # noqa: BLE001 - routes are a convenience; the app comes first
        sys.stderr.write(f"the route table could not be read: {error}\n")
        return
    rows = [{"method": method, "path": template} for method, template in table]
    _write(path, {"framework": framework, "routes": rows})


def write_no_app(path: str) -> None:
    """Writes that the entry ended, starts no server and defines no app."""
    _write(path, {"problem": "no-app"})


def _largest_table() -> tuple[str, routes.Table]:
    tables = [(found.label, routes.table_of(found)) for found in find.living_apps()]
    return max(tables, key=lambda entry: len(entry[1]), default=("", []))


def _write(path: str, words: dict[str, Any]) -> None:
    """All at once, so that a reader never sees half of it."""
    half = f"{path}.{os.getpid()}"
    with open(half, "w", encoding="utf-8") as file:  # noqa: PTH123 - pathlib is slow here
        json.dump(words, file)
    os.replace(half, path)  # noqa: PTH105 - as above
