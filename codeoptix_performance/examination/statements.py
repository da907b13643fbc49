"""SQL statements per request: each read asked alone, quietly, while the app tells them."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from time import perf_counter

from codeoptix_performance.examination.alone import Alone
from codeoptix_performance.examination.examination import StatementsSent
from codeoptix_performance.examination.stretch import LONGEST_ANSWER, Part, Prober
from codeoptix_performance.target.asking import Asker
from codeoptix_performance.target.endpoint import Endpoint
from codeoptix_performance.target.ids import items_in
from codeoptix_performance.target.statements import StatementRecord

ASKED_EACH = 2
LAST_BEGIN = 1.0
"""Seconds after which no read is asked any more; what is under way may take 2.5 more."""
LONGEST_TEXT = 80
_OF_NO_ACCOUNT = re.compile(
    r"(BEGIN|COMMIT|END|ROLLBACK|SAVEPOINT|RELEASE|PRAGMA|ATTACH|DETACH)\b|SELECT sqlite_\w+\(",
    re.IGNORECASE,
)
"""They read and store nothing of the app's; Django asks each connection how SQLite was built."""
_PART = re.compile(
    r"""
      (?P<name>"(?:[^"]|"")*" | `[^`]*` | \[[^\]]*\])
    | (?P<comment>--[^\n]* | /\*.*?(?:\*/|\Z))
    | (?P<literal>
        x?'(?:[^']|'')*'
      | (?<![\w.])(?:0x[0-9a-f]+|\d+(?:\.\d+)?(?:e[+-]?\d+)?)(?!\w)
      | \?\d* | %s | %\(\w+\)s | [:@$][a-z_]\w*
      )
    """,
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_LISTS = (
    (re.compile(r"\?(?:\s*,\s*\?)+"), "?"),
    (re.compile(r"\(\s*\?\s*\)(?:\s*,\s*\(\s*\?\s*\))+"), "(?)"),
)
_COLUMNS = re.compile(r"^(SELECT )(?:(?! FROM ).)+( FROM )", re.IGNORECASE)


def count_statements(
    prober: Prober,
    record: StatementRecord | None,
    endpoints: tuple[Endpoint, ...],
    alone: Alone,
) -> tuple[StatementsSent, ...]:
    """What each read sends; empty where statements cannot be seen, or where none is sent at all.

    The quickest is asked first, as one user saw them. Reads that need an item created first
    are left out.
    """
    if record is None or not record.is_kept:
        return ()
    reads = [each for each in endpoints if each.method == "GET" and each.creation is None]
    reads.sort(key=lambda read: _seconds(alone.part(read.name)))
    last_begin = perf_counter() + LAST_BEGIN
    with prober.asker(LAST_BEGIN + LONGEST_ANSWER) as asker:
        counted = [
            sent for read in reads if (sent := _statements_of(asker, record, read, last_begin))
        ]
    return tuple(counted) if any(sent.count for sent in counted) else ()


def _seconds(part: Part | None) -> float:
    return math.inf if part is None or part.median is None else part.median


def _statements_of(
    asker: Asker, record: StatementRecord, endpoint: Endpoint, last_begin: float
) -> StatementsSent | None:
    """The least of two requests: what an app does besides is in one of them only.

    One that repeats nothing is asked once.
    """
    request, always, rows = endpoint.requests[0], None, 0
    word = endpoint.path.rstrip("/").rpartition("/")[2]
    for _ in range(ASKED_EACH):
        if perf_counter() > last_begin:
            break
        answer, told = record.during(lambda: asker.ask(request))
        if not 200 <= answer.status < 300:
            break
        rows = len(items_in(answer.json, word))
        sent = Counter(_shapes(told))
        always = sent if always is None else always & sent
        if max(always.values(), default=0) <= 1:
            break
    if always is None:
        return None
    text, times = max(always.items(), key=lambda item: item[1], default=("", 0))
    return StatementsSent(endpoint.name, always.total(), shortened(text), times, rows)


def _shapes(statements: Iterable[str]) -> Iterator[str]:
    for statement in statements:
        shape = shape_of(statement)
        if shape and not _OF_NO_ACCOUNT.match(shape):
            yield shape


def shape_of(statement: str) -> str:
    """A statement on one line without comments; literals, parameters, lists of them are ``?``."""
    shape = _PART.sub(_plain_part, statement)
    for pattern, short in _LISTS:
        shape = pattern.sub(short, shape)
    return " ".join(shape.split())


def shortened(shape: str) -> str:
    """At most ``LONGEST_TEXT`` characters, columns left out first: they tell least."""
    if len(shape) > LONGEST_TEXT:
        shape = _COLUMNS.sub(r"\1…\2", shape)
    return shape if len(shape) <= LONGEST_TEXT else f"{shape[: LONGEST_TEXT - 1]}…"


def _plain_part(part: re.Match[str]) -> str:
    if part["name"]:
        return part[0]
    return " " if part["comment"] else "?"
