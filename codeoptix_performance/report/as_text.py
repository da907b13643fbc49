"""The final page as text, for a terminal or a log."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from codeoptix_performance.assessment import Assessment
from codeoptix_performance.report.view import COLUMNS, View, view_of

_COLOUR = {"pass": "bold green", "fail": "bold red", "inconclusive": "bold yellow"}
_IN_FLIGHT = COLUMNS.index("In flight")
_EXPENDABLE = tuple(COLUMNS.index(name) for name in ("Min", "P99", "Median", "Avg", "Req/s"))
_NARROWEST_NAME = 24


def as_text(assessment: Assessment, *, width: int = 100, colour: bool = False) -> str:
    """The page, ending in a newline, at most ``width`` columns wide where words allow."""
    console = Console(
        file=StringIO(),
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=not colour,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
        _environ={},
    )
    with console.capture() as captured:
        for part in _parts(view_of(assessment), width):
            console.print(part)
    lines = (line.rstrip() for line in captured.get().splitlines())
    return "\n".join(lines).strip("\n") + "\n"


def _parts(view: View, width: int) -> Iterator[RenderableType]:
    yield Text(view.headline, style=_COLOUR[view.outcome])
    yield Text(view.subject)
    if view.evidence:
        yield ""
        yield from _list(view.evidence)
    if view.rows:
        yield ""
        yield _figures(view, width)
        yield Text(view.legend, style="dim")
    if view.failures:
        yield from _titled("Failures")
        yield from _list(
            [
                f"{failures.count} × {failures.endpoint}: {failures.cause}"
                for failures in view.failures
            ]
        )
    if view.doubts:
        yield from _titled("Reasons to distrust these figures")
        yield from _list(view.doubts)
    if view.skipped:
        yield from _titled("Found and not put under load")
        yield from _list(view.skipped)
    if view.log:
        yield from _titled("The app's last words")
        yield from (Padding(Text(line), (0, 0, 0, 2)) for line in view.log)
    yield ""
    yield _facts(view)


def _titled(title: str) -> tuple[RenderableType, ...]:
    return ("", Text(title, style="bold"))


def _list(sentences: tuple[str, ...] | list[str]) -> Iterator[RenderableType]:
    for sentence in sentences:
        entry = Table.grid(padding=(0, 1))
        entry.add_row(Text("-"), Text(sentence, overflow="fold"))
        yield Padding(entry, (0, 0, 0, 2), expand=False)


def _figures(view: View, width: int) -> Table:
    """The table; columns that tell the least are left out until the rest fits in ``width``."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    shown = _columns_that_fit(view, width)
    for column in shown:
        is_name = column == 0
        table.add_column(
            COLUMNS[column],
            justify="left" if is_name else "right",
            no_wrap=not is_name,
            overflow="fold",
        )
    for number, row in enumerate(view.rows, 1):
        of_all = number > len(view.rows) - view.rows_of_total
        table.add_row(*(Text(row[column]) for column in shown), style="bold" if of_all else None)
    return table


def _columns_that_fit(view: View, width: int) -> list[int]:
    shown = list(range(len(COLUMNS)))
    if all(row[_IN_FLIGHT] == "0" for row in view.rows):
        shown.remove(_IN_FLIGHT)
    for column in _EXPENDABLE:
        if _needed_width(view, shown) <= width:
            break
        if column in shown:
            shown.remove(column)
    return shown


def _needed_width(view: View, shown: list[int]) -> int:
    name, *cells = (max(len(row[n]) for row in (COLUMNS, *view.rows)) for n in shown)
    return min(name, _NARROWEST_NAME) + sum(2 + cell for cell in cells)


def _facts(view: View) -> Table:
    table = Table.grid(padding=(0, 2))
    for fact in view.facts:
        table.add_row(Text(fact.label, style="dim"), Text(fact.text, overflow="fold"))
    return table
