"""Memory that reads leave behind."""

from __future__ import annotations

from codeoptix_performance.examination.examination import MemoryGrowth
from codeoptix_performance.units import format_bytes
from codeoptix_performance.verdict.verdict import Finding
from codeoptix_performance.verdict.wording import show_endpoint

LEAKED_EACH = 1024.0
"""Bytes per request: reads of sound apps keep less than 300 once they are warm, those that leak
2800 and more."""
ACCEPTABLE_EACH = 512.0
LEAST_GROWTH = 256 * 1024


def find_memory(memory: MemoryGrowth) -> Finding | None:
    """Growth that goes on, stretch after stretch, with the number of reads.

    It is less sure where it has slowed down, or where memory is given back later.
    """
    each = memory.bytes_each
    if each < ACCEPTABLE_EACH or min(memory.grown[1:], default=0) < LEAST_GROWTH:
        return None
    count, grown = sum(memory.requests), sum(memory.grown)
    keeper = memory.keeper
    is_sure = memory.counts_references and not memory.slows_down
    leaks, levels = "leaks" if is_sure else "may leak", "does not level off"
    advice = "bound what it keeps between requests (caches, lists, globals)"
    if memory.slows_down:
        levels, advice = "has slowed down", "this may be a cache that fills: a longer run tells"
    elif not memory.counts_references:
        advice = "this may be garbage not yet collected: a longer run tells"
    sentence = (
        f"{show_endpoint(keeper.endpoint) if keeper else 'The app'} {leaks}: its memory grows by "
        f"{format_bytes(keeper.bytes_each if keeper else each)} per request and {levels}: "
        f"{format_bytes(grown)} over {count} reads that stored nothing; {advice}"
    )
    return Finding(
        id="leak",
        outcome="fail",
        sentence=f"{sentence}.",
        endpoint=keeper.endpoint if keeper else None,
        statistic="growth",
        value=each,
        limit=ACCEPTABLE_EACH,
        unit="bytes",
        dimension="memory",
        grade="poor" if each >= LEAKED_EACH and is_sure else "acceptable",
    )
