"""Resident memory per request, with a control: growth that goes on when nothing new is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from codeoptix_performance.examination.examination import Keeper, MemoryGrowth
from codeoptix_performance.examination.stretch import Prober, Stretch
from codeoptix_performance.target.endpoint import Endpoint
from codeoptix_performance.target.waits import descendants_of, tasks_of

MEMORY_USERS = 8
STRETCH_SECONDS = 0.4
LONG_STRETCH_SECONDS = 1.2
"""Of the last stretch, by whose end what is bounded is full; only for apps that still grow."""
SUSPICIOUS_BYTES_EACH = 512
"""Per request in the stretch after the control; only then is there one more to make sure."""
FEWEST_REQUESTS = 100
ALONE_SECONDS = 0.3
MOST_ALONE = 4
FEWEST_ALONE = 30
"""Of one read in its stretch; fewer tell nothing about each."""


def watch_memory(prober: Prober, endpoints: tuple[Endpoint, ...]) -> MemoryGrowth | None:
    """Two equal stretches of reads; None where there are no reads or no processes of ours.

    Writes are left out: what they store is to stay. An app too slow for ``FEWEST_REQUESTS`` in
    a stretch says nothing here. Where growth goes on, one more tells whether it still does, and a
    long one whether it slows down; then up to ``MOST_ALONE`` reads are asked alone.
    """
    reads = tuple(endpoint for endpoint in endpoints if endpoint.method == "GET")
    if not reads:
        return None
    stretches = [prober.run(reads, MEMORY_USERS, STRETCH_SECONDS) for _ in range(2)]
    if any(_grown(each) is None or each.requests < FEWEST_REQUESTS for each in stretches):
        return None
    growth = _growth(stretches)
    if growth.bytes_each < SUSPICIOUS_BYTES_EACH:
        return growth
    for seconds in (STRETCH_SECONDS, LONG_STRETCH_SECONDS):
        stretches.append(prober.run(reads, MEMORY_USERS, seconds))
        growth = _growth(stretches)
        if growth.bytes_each < SUSPICIOUS_BYTES_EACH:
            return growth
    growth = replace(growth, counts_references=_runs_cpython(prober.app_pid))
    if len(reads) == 1:
        return replace(growth, keeper=Keeper(reads[0].name, growth.bytes_each))
    return replace(growth, keeper=_find_keeper(prober, reads, stretches[0]))


def _runs_cpython(pid: int | None) -> bool:
    """Whether all that work in an app are; who only starts others does not count."""
    if pid is None:
        return False
    return all(_program(one).startswith("python") for one in descendants_of(pid) if _works(one))


def _works(pid: int) -> bool:
    return not any(task.children for task in tasks_of(pid))


def _program(pid: int) -> str:
    """The name of what it runs; empty where nobody may know."""
    try:
        return Path(f"/proc/{pid}/exe").readlink().name
    except OSError:
        return ""


def _find_keeper(prober: Prober, reads: Sequence[Endpoint], mixed: Stretch) -> Keeper | None:
    """The read that keeps most per request, among those that were asked most in ``mixed``."""
    asked = {part.name: part.requests for part in mixed.parts}
    by_frequency = sorted(reads, key=lambda read: -asked.get(read.name, 0))
    kept = [Keeper(read.name, _kept_each(prober, read)) for read in by_frequency[:MOST_ALONE]]
    most = max(kept, key=lambda keeper: keeper.bytes_each)
    return most if most.bytes_each >= SUSPICIOUS_BYTES_EACH else None


def _kept_each(prober: Prober, read: Endpoint) -> float:
    """Bytes per request to one read alone; 0 where too few were answered to tell."""
    alone = prober.run((replace(read, weight=1),), MEMORY_USERS, ALONE_SECONDS)
    grown = _grown(alone)
    return grown / alone.requests if grown and alone.requests >= FEWEST_ALONE else 0.0


def _growth(stretches: list[Stretch]) -> MemoryGrowth:
    return MemoryGrowth(
        grown=tuple(_grown(each) or 0 for each in stretches),
        requests=tuple(each.requests for each in stretches),
    )


def _grown(stretch: Stretch) -> int | None:
    if stretch.memory_before is None or stretch.memory_after is None:
        return None
    return stretch.memory_after - stretch.memory_before
