"""A bench's rows on the terminal, and the same rows as JSON on request."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
from rich import box
from rich.console import Console, JustifyMethod
from rich.table import Table

from benchmarks.process import BenchError

WIDTH_WITHOUT_TERMINAL = 140
NONE = "–"


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, and whether its cells are words (to the left) or figures (to the right)."""

    heading: str
    is_words: bool = False


def show(
    title: str, columns: Sequence[Column], lines: Sequence[Sequence[str]], notes: Sequence[str] = ()
) -> None:
    """Prints one table, a line per row, and the notes below it."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        side: JustifyMethod = "left" if column.is_words else "right"
        table.add_column(column.heading, justify=side, no_wrap=column.is_words)
    for cells in lines:
        table.add_row(*cells)
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=WIDTH_WITHOUT_TERMINAL)
    console.print(title, soft_wrap=True, markup=False)
    console.print(table)
    for note in notes:
        console.print(note, soft_wrap=True, markup=False)


def write_json(path: Path | None, bench: str, rows: Sequence[Any]) -> None:
    """Writes the rows (dataclasses; seconds, bytes and ratios) and the machine they are from."""
    if path is None:
        return
    machine = {
        "cores": os.cpu_count(),
        "processor": _processor(),
        "system": platform.platform(),
        "python": platform.python_version(),
    }
    document = {"bench": bench, "machine": machine, "rows": [asdict(row) for row in rows]}
    try:
        path.write_text(json.dumps(document, indent=2) + "\n")
    except OSError as error:
        raise BenchError(f"--json: {path}: {error.strerror}.") from error


def _refuse_unwritable(_: click.Context, __: click.Parameter, path: Path | None) -> Path | None:
    """Tells before the minutes of a bench, not after them, that its rows cannot be written."""
    if path is not None and not os.access(path if path.exists() else path.parent, os.W_OK):
        raise click.BadParameter(f"{path} cannot be written.")
    return path


json_option = click.option(
    "--json",
    "json_path",
    type=click.Path(path_type=Path, dir_okay=False),
    callback=_refuse_unwritable,
    help="Also write the rows to this file.",
)


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()


def in_milliseconds(seconds: float) -> str:
    """Three digits that mean something: ``0.123``, ``12.3``, ``1234``."""
    milliseconds = seconds * 1000
    for digits, limit in ((3, 10), (2, 100), (1, 1000)):
        if abs(milliseconds) < limit:
            return f"{milliseconds:.{digits}f}"
    return f"{milliseconds:.0f}"


def ratio(value: float | None) -> str:
    """``0.23``, or a dash where there is nothing to compare with."""
    return NONE if value is None else f"{value:.2f}"
