"""Answers that are not true: lost and unstored writes, errors called success, one for all."""

from __future__ import annotations

from collections.abc import Iterator

from codeoptix_performance.examination.examination import (
    Integrity,
    LostWrites,
    MaskedErrors,
    NothingStored,
    SameForAll,
    SharedIds,
)
from codeoptix_performance.verdict.verdict import Finding
from codeoptix_performance.verdict.wording import quote, show_endpoint


def find_integrity(integrity: Integrity) -> Iterator[Finding]:
    """A finding for each, all of them poor: an answer is true or it is not."""
    yield from map(_lost, integrity.lost_writes)
    faults = [found for found in integrity.masked_errors if found.thrown or not found.always]
    yield from map(_masked, sorted(faults, key=lambda it: (not it.always, -it.count)))
    yield from map(_same, integrity.same_for_all)
    yield from map(_unstored, integrity.nothing_stored)


def _lost(found: LostWrites | SharedIds) -> Finding:
    by_many = f"{found.acknowledged} were acknowledged, sent by 8 clients at once"
    if isinstance(found, SharedIds):
        kept = found.distinct
        words = (
            f"gives several new items one id: {by_many}, with {kept} ids in all; let the store "
            "give each its own (a key that counts up, a UUID, a lock)"
        )
    else:
        kept = found.stored
        words = (
            f"loses updates: {by_many}, and {_seen_of(found)}; read and write in one step (an "
            "atomic update, a transaction, a lock)"
        )
    return Finding(
        id="lost-writes",
        outcome="fail",
        sentence=f"{show_endpoint(found.endpoint)} {words}.",
        endpoint=found.endpoint,
        statistic="count",
        value=float(kept),
        limit=float(found.acknowledged),
        unit="requests",
        dimension="integrity",
        grade="poor",
    )


def _seen_of(lost: LostWrites) -> str:
    shown_by = show_endpoint(lost.shown_by)
    if not lost.is_list:
        return f"{quote(lost.count)} in {shown_by} counts {lost.stored} of them"
    named = f"{quote(lost.count)} in" if lost.count else "in"
    return f"the list {named} {shown_by} has {lost.stored} of them"


def _masked(found: MaskedErrors) -> Finding:
    told = f"{found.count} of {found.asked} answers to 8 clients at once say"
    if found.always:
        told = "each answer, also to a single client, says"
    sentence = (
        f"{show_endpoint(found.endpoint)} answers errors with status {found.status}: "
        f"{told} {quote(found.words)}; "
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
