"""What an app shows of what is written to it: numbers, and how many rows its lists have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from codeoptix_performance.target.asking import Asker
from codeoptix_performance.target.endpoint import Endpoint, Request

GREATEST_COUNT = 10**8
"""Greater numbers are moments or keys, no counts."""
MOST_SHOWN_BY = 4


@dataclass(frozen=True, slots=True)
class Place:
    """Where the answer to ``request`` has a whole number, or a list whose rows are counted.

    ``keys`` lead there, such as ``data.votes``; empty where the answer itself is it.
    """

    request: Request
    keys: str
    is_list: bool


Figures = dict[Place, int]


@dataclass(frozen=True, slots=True)
class Window:
    """Where an app shows what a write changes: reads by their path, with their endpoints' names."""

    asker: Asker
    shown_by: Mapping[Request, str]

    def figures(self) -> Figures:
        """What is shown now."""
        return {
            Place(request, keys, is_list): count
            for request in self.shown_by
            for keys, is_list, count in _counts(self.asker.ask(request).json)
        }


def window_on(asker: Asker, request: Request, reads: Iterable[Endpoint]) -> Window:
    """Reads that may show what ``request`` changes: at its path, above it, then any without ids."""
    path = request.path.partition("?")[0].rstrip("/")
    near, others = {}, {}
    for read in reads:
        for asked in read.requests:
            above = asked.path.partition("?")[0].rstrip("/")
            if above and f"{path}/".startswith(f"{above}/"):
                near[asked] = read.name
        if "{" not in read.path:
            others[read.requests[0]] = read.name
    return Window(asker, dict(list({**near, **others}.items())[:MOST_SHOWN_BY]))


def _counts(content: Any, keys: str = "") -> Iterator[tuple[str, bool, int]]:
    """Keys, whether it is a list, and the figure; none within lists, whose order may change.

    Numbers under keys of ids count nothing.
    """
    if isinstance(content, Mapping):
        for key, value in content.items():
            if not str(key).lower().endswith("id"):
                yield from _counts(value, f"{keys}.{key}" if keys else str(key))
    elif isinstance(content, list):
        yield keys, True, len(content)
    elif type(content) is int and abs(content) < GREATEST_COUNT:
        yield keys, False, content
