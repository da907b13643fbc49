"""Answers that are not true: lost and unstored writes, errors called success, one for all."""

from __future__ import annotations

from collections.abc import Iterator

from codeoptix_performance.examination.examination import (
    Integrity,
    LostWrites,
    MaskedErrors,
    NothingStored,
    SameForAll,
)
from codeoptix_performance.verdict.verdict import Finding
from codeoptix_performance.verdict.wording import quote, show_endpoint


def find_integrity(integrity: Integrity) -> Iterator[Finding]:
    """A finding for each, all of them poor: an answer is true or it is not."""
    yield from map(_lost, integrity.lost_writes)
    yield from map(_masked, sorted(integrity.masked_errors, key=lambda it: -it.count))
    yield from map(_same, integrity.same_for_all)
    yield from map(_unstored, integrity.nothing_stored)


def _lost(found: LostWrites) -> Finding:
    sentence = (
        f"{show_endpoint(found.endpoint)} loses updates: {found.acknowledged} were acknowledged, "
        f"sent by 8 clients at once, and {quote(found.count)} in {show_endpoint(found.shown_by)} "
        f"counts {found.stored} of them; read and write in one step (an atomic update, a "
        "transaction, a lock)"
    )
    return Finding(
        id="lost-writes",
        outcome="fail",
        sentence=f"{sentence}.",
        endpoint=found.endpoint,
        statistic="count",
        value=float(found.stored),
        limit=float(found.acknowledged),
        unit="requests",
        dimension="integrity",
        grade="poor",
    )


def _masked(found: MaskedErrors) -> Finding:
    sentence = (
        f"{show_endpoint(found.endpoint)} answers errors with status {found.status}: "
        f"{found.count} of {found.asked} answers to 8 clients at once say {quote(found.words)}; "
        "answer what failed with a status of 500 or 503, and remove its cause"
    )
    return Finding(
        id="masked-errors",
        outcome="fail",
        sentence=f"{sentence}.",
        endpoint=found.endpoint,
        statistic="count",
        value=float(found.count),
        limit=0.0,
        unit="requests",
        dimension="integrity",
        grade="poor",
    )


def _same(found: SameForAll) -> Finding:
    asked = ", ".join(quote(value) for value in found.asked)
    sentence = (
        f"{show_endpoint(found.endpoint)} gives the same answer for every id ({asked}), a "
        f"constant: {quote(found.words)}; look up what was asked for"
    )
    return Finding(
        id="constant-answers",
        outcome="fail",
        sentence=f"{sentence}.",
        endpoint=found.endpoint,
        dimension="integrity",
        grade="poor",
    )


def _unstored(found: NothingStored) -> Finding:
    sentence = (
        f"{show_endpoint(found.endpoint)} stores nothing: it acknowledged two new items, both with "
        f"id {quote(found.id)}, and {show_endpoint(found.shown_by)} is empty afterwards"
    )
    return Finding(
        id="nothing-stored",
        outcome="fail",
        sentence=f"{sentence}.",
        endpoint=found.endpoint,
        dimension="integrity",
        grade="poor",
    )
