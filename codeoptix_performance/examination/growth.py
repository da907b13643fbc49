"""How a list answers before and after many more rows were created."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median
from time import perf_counter

from codeoptix_performance.examination.answers import ask_at_once
from codeoptix_performance.examination.examination import ListGrowth
from codeoptix_performance.target.asking import Asker
from codeoptix_performance.target.endpoint import UNIQUE, Endpoint, Request
from codeoptix_performance.target.ids import items_in

ROWS_TO_CREATE = 200
ROWS_AT_ONCE = 40
LONGEST_CREATION = 0.8
"""Seconds after which no more rows are created."""
FEWEST_CREATED = 40
LOOKS = 3


def find_growth(asker: Asker, write: Endpoint, reads: Iterable[Endpoint]) -> ListGrowth | None:
    """The list that ``write`` creates rows of, before and after up to ``ROWS_TO_CREATE`` more.

    None where it is no list, or where rows cannot be created quickly enough to tell.
    """
    collection = next((read for read in reads if read.path == write.path), None)
    if collection is None or "{" in write.path:
        return None
    word = write.path.rstrip("/").rpartition("/")[2]
    before = _look(asker, collection.requests[0], word)
    created = _create(asker, write)
    after = _look(asker, collection.requests[0], word)
    if before is None or after is None or created < FEWEST_CREATED:
        return None
    return ListGrowth(
        endpoint=collection.name,
        created=created,
        rows=(before[0], after[0]),
        size=(before[1], after[1]),
        seconds=(before[2], after[2]),
    )


def _create(asker: Asker, write: Endpoint) -> int:
    """How many rows were acknowledged."""
    requests = [each for each in write.requests if _is_fresh(each)] or list(write.requests)
    created, until = 0, perf_counter() + LONGEST_CREATION
    while created < ROWS_TO_CREATE and perf_counter() < until:
        batch = [requests[number % len(requests)] for number in range(ROWS_AT_ONCE)]
        acknowledged = sum(200 <= each.status < 300 for each in ask_at_once(asker, batch))
        if not acknowledged:
            break
        created += acknowledged
    return created


def _is_fresh(request: Request) -> bool:
    """Whether it is another item each time it is sent."""
    return request.body is not None and UNIQUE.encode() in request.body


def _look(asker: Asker, request: Request, word: str) -> tuple[int, int, float] | None:
    """Rows, bytes and the median seconds of the list's answer; None where it is no list."""
    times = []
    for _ in range(LOOKS):
        asked_at = perf_counter()
        answer = asker.ask(request)
        times.append(perf_counter() - asked_at)
        rows = items_in(answer.json, word)
        if answer.status != 200 or not rows:
            return None
    return len(rows), len(answer.body), median(times)
