"""Resident memory per request, with a control: growth that goes on when nothing new is asked."""

from __future__ import annotations

from codeoptix_performance.examination.examination import MemoryGrowth
from codeoptix_performance.examination.stretch import Prober, Stretch
from codeoptix_performance.target.endpoint import Endpoint

MEMORY_USERS = 8
STRETCH_SECONDS = 0.4
SUSPICIOUS_BYTES_EACH = 512
"""Per request in the stretch after the control; only then is there one more to make sure."""
FEWEST_REQUESTS = 100


def watch_memory(prober: Prober, endpoints: tuple[Endpoint, ...]) -> MemoryGrowth | None:
    """Two or three equal stretches of reads; None where there are no reads or no processes of ours.

    Writes are left out: what they store is to stay. An app too slow for ``FEWEST_REQUESTS`` in
    a stretch says nothing here.
    """
    reads = tuple(endpoint for endpoint in endpoints if endpoint.method == "GET")
    if not reads:
        return None
    stretches = [prober.run(reads, MEMORY_USERS, STRETCH_SECONDS) for _ in range(2)]
    if any(_grown(each) is None or each.requests < FEWEST_REQUESTS for each in stretches):
        return None
    growth = _growth(stretches)
    if growth.bytes_each >= SUSPICIOUS_BYTES_EACH:
        growth = _growth([*stretches, prober.run(reads, MEMORY_USERS, STRETCH_SECONDS)])
    return growth


def _growth(stretches: list[Stretch]) -> MemoryGrowth:
    return MemoryGrowth(
        grown=tuple(_grown(each) or 0 for each in stretches),
        requests=tuple(each.requests for each in stretches),
    )


def _grown(stretch: Stretch) -> int | None:
    if stretch.memory_before is None or stretch.memory_after is None:
        return None
    return stretch.memory_after - stretch.memory_before
