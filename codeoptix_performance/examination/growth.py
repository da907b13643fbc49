"""How a list answers before and after many more rows were created."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from statistics import median
from time import perf_counter

from codeoptix_performance.examination.answers import ask_at_once
from codeoptix_performance.examination.examination import ListGrowth
from codeoptix_performance.target.asking import Asker
from codeoptix_performance.target.endpoint import Endpoint
from codeoptix_performance.target.ids import items_in
from codeoptix_performance.target.operation import same_path

ROWS_TO_CREATE = 200
ROWS_AT_ONCE = 40
LONGEST_CREATION = 0.8
"""Seconds after which no more rows are created."""
FEWEST_CREATED = 40
LOOKS = 3


def find_growth(asker: Asker, write: Endpoint, reads: Iterable[Endpoint]) -> ListGrowth | None:
    """The list that ``write`` creates rows of, before and after up to ``ROWS_TO_CREATE`` more.

    None where it is no list, or where rows cannot be created quickly enough to tell. Where those
    that it does not show seem to cost time, it is looked at once more after as many again.
    """
    collection = next((read for read in reads if same_path(read.path, write.path)), None)
    if collection is None or "{" in write.path:
        return None
    before = _look(asker, collection)
    created = _create(asker, write) if before else 0
    after = _look(asker, collection)
    if before is None or after is None or created < FEWEST_CREATED:
        return None
    growth = ListGrowth(
        endpoint=collection.name,
        created=created,
        rows=(before.rows, after.rows),
        size=(before.size, after.size),
        seconds=(before.seconds, after.seconds),
    )
    if not growth.seems_slower:
        return growth
    more = _create(asker, write)
    last = _look(asker, collection) if more >= FEWEST_CREATED else None
    return replace(growth, more=(more, last.seconds)) if last else growth


def _create(asker: Asker, write: Endpoint) -> int:
    """How many rows were acknowledged."""
    requests = [each for each in write.requests if each.is_fresh] or list(write.requests)
    created, until = 0, perf_counter() + LONGEST_CREATION
    while created < ROWS_TO_CREATE and perf_counter() < until:
        batch = [requests[number % len(requests)] for number in range(ROWS_AT_ONCE)]
        acknowledged = sum(200 <= each.status < 300 for each in ask_at_once(asker, batch))
        if not acknowledged:
            break
        created += acknowledged
    return created


@dataclass(frozen=True, slots=True)
class _Look:
    """Rows and bytes of a list's answer, and its median seconds."""

    rows: int
    size: int
    seconds: float


def _look(asker: Asker, collection: Endpoint) -> _Look | None:
    """None where it is no list."""
    word = collection.path.rstrip("/").rpartition("/")[2]
    times = []
    for _ in range(LOOKS):
        asked_at = perf_counter()
        answer = asker.ask(collection.requests[0])
        times.append(perf_counter() - asked_at)
        rows = items_in(answer.json, word)
        if answer.status != 200 or not rows:
            return None
    return _Look(len(rows), len(answer.body), median(times))
