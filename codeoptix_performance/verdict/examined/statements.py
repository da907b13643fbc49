"""Endpoints that send one SQL statement for each row they answer with (N+1)."""

from __future__ import annotations

from codeoptix_performance.examination.examination import StatementsSent
from codeoptix_performance.verdict.verdict import Finding
from codeoptix_performance.verdict.wording import quote, show_endpoint

FEWEST_ROWS = 5
PER_ROW = 0.8
"""Some rows of a list may need no statement of their own: they belong to nobody, or to one whom the
session knows already."""


def find_n_plus_one(sent: StatementsSent) -> Finding | None:
    """One statement sent about as often as rows come back; what it costs is judged elsewhere."""
    if not _is_per_row(sent):
        return None
    sentence = f"{show_endpoint(sent.endpoint)} sends {_figures(sent)}"
    return Finding(
        id="n-plus-one",
        outcome="fail",
        sentence=f"{sentence}.",
        endpoint=sent.endpoint,
        statistic="count",
        value=float(sent.count),
        dimension="capacity",
        grade="acceptable",
    )


def statement_words(sent: StatementsSent | None) -> str:
    """The same behind the sentence of another finding; nothing where there is no repetition."""
    return f"; {_figures(sent)}" if sent is not None and _is_per_row(sent) else ""


def _is_per_row(sent: StatementsSent) -> bool:
    enough = min(sent.rows, sent.times) >= FEWEST_ROWS
    return enough and sent.times >= PER_ROW * sent.rows


def _figures(sent: StatementsSent) -> str:
    return (
        f"{sent.count} statements per request for {sent.rows} rows (N+1), {sent.times} times "
        f"{quote(sent.text)}; load them with one join"
    )
