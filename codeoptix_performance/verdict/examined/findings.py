"""An examination → findings that fail the verdict, and notes on what does not."""

from __future__ import annotations

from collections.abc import Iterator

from codeoptix_performance.examination.examination import Examination, Focus
from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.verdict.examined.capacity import find_capacity
from codeoptix_performance.verdict.examined.crowding import find_crowding, find_end
from codeoptix_performance.verdict.examined.grades import fails
from codeoptix_performance.verdict.examined.growth import find_growth
from codeoptix_performance.verdict.examined.integrity import find_integrity
from codeoptix_performance.verdict.examined.lines import unseen_note
from codeoptix_performance.verdict.examined.memory import find_memory
from codeoptix_performance.verdict.examined.start import find_start
from codeoptix_performance.verdict.examined.statements import find_n_plus_one
from codeoptix_performance.verdict.examined.throughput import find_throughput
from codeoptix_performance.verdict.verdict import Finding
from codeoptix_performance.verdict.wording import show_endpoint

_NAMED = 3


def find_in_examination(
    settings: Settings,
    examination: Examination | None,
    log_tail: str = "",
    start_seconds: float | None = None,
) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """Findings that bear on the verdict, decisive first, and a note for each of the others."""
    found = tuple(_found(settings, examination, log_tail)) if examination else ()
    if examination and examination.crowding and not found:
        found = tuple(filter(None, [find_throughput(settings, examination.crowding)]))
    if start := find_start(start_seconds):
        found = (*found, start)
    bearing = tuple(finding for finding in found if fails(settings, finding))
    notes = [f"Note: {finding.sentence}" for finding in found if finding not in bearing]
    if examination and (note := unseen_note(examination.focuses)):
        notes.append(note)
    if examination and (note := _unanswered_note(examination.unanswered)):
        notes.append(note)
    return bearing, tuple(notes)


def is_fault(settings: Settings, focus: Focus) -> bool:
    """Whether this alone fails the verdict."""
    finding = find_capacity(settings, focus)
    return finding is not None and finding.outcome == "fail" and fails(settings, finding)


def _unanswered_note(names: tuple[str, ...]) -> str | None:
    if not names:
        return None
    shown = ", ".join(show_endpoint(name) for name in names[:_NAMED])
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"Note: {shown}{more} gave a single user no answer in time, so no closer look was taken."


def _found(settings: Settings, examination: Examination, log_tail: str) -> Iterator[Finding]:
    """Wrong answers weigh more than slow ones; no endpoint is told of twice."""
    if examination.app_exit:
        yield find_end(examination.app_exit)
        return
    if examination.crowding:
        yield from find_crowding(examination.crowding, log_tail)
    if examination.integrity:
        yield from find_integrity(examination.integrity)
        yield from filter(None, map(find_growth, examination.integrity.growth))
    if examination.memory and (leak := find_memory(examination.memory)):
        yield leak
    sent = {each.endpoint: each for each in examination.statements}
    for focus in examination.focuses:
        if finding := find_capacity(settings, focus, sent.get(focus.endpoint)):
            sent.pop(focus.endpoint, None)
            yield finding
    yield from filter(None, map(find_n_plus_one, sent.values()))
