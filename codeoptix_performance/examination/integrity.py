"""Whether answers are true: the questions, which of them, and for how long."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice

from codeoptix_performance.examination.alone import Alone
from codeoptix_performance.examination.answers import find_masked_errors, find_same_for_all
from codeoptix_performance.examination.examination import Integrity
from codeoptix_performance.examination.growth import find_growth
from codeoptix_performance.examination.ledger import find_lost_writes, find_nothing_stored
from codeoptix_performance.examination.stretch import Prober
from codeoptix_performance.target.endpoint import Endpoint
from codeoptix_performance.target.operation import WRITES

MOST_READS = 6
MOST_WRITES = 3
SLOWEST = 0.15
"""Seconds; what takes longer alone would use up the time of all others."""
SECONDS_IN_ALL = 2.5


def check_integrity(prober: Prober, endpoints: tuple[Endpoint, ...], alone: Alone) -> Integrity:
    """What was found in at most ``SECONDS_IN_ALL``; ``alone`` tells how long each takes.

    Only an app that is ours is written to: its files are thrown away with it.
    """
    quick = [each for each in endpoints if _is_quick(each, alone) and each.creation is None]
    reads = [each for each in quick if each.method == "GET"][:MOST_READS]
    changes = sorted(
        (each for each in quick if each.method in WRITES),
        key=lambda write: (write.method != "POST", not _is_shown(write, reads)),
    )
    creations = [each for each in changes if each.method == "POST"]
    few = creations[:MOST_WRITES]
    with prober.asker(SECONDS_IN_ALL) as asker:
        found = Integrity(
            same_for_all=_found(find_same_for_all(asker, read) for read in reads),
            nothing_stored=_found(find_nothing_stored(asker, write, reads) for write in few),
            lost_writes=_found(
                find_lost_writes(asker, write, reads) for write in changes[:MOST_WRITES]
            ),
            masked_errors=_found(find_masked_errors(asker, read) for read in reads),
            growth=_first(find_growth(asker, write, reads) for write in creations),
        )
        masked = _found(find_masked_errors(asker, write) for write in few)
        return replace(found, masked_errors=found.masked_errors + masked)


def _is_shown(write: Endpoint, reads: Iterable[Endpoint]) -> bool:
    """Whether a read at the path of ``write``, or above it, may show what it changes."""
    above = (read.path.rstrip("/") for read in reads)
    return any(path and f"{write.path}/".startswith(f"{path}/") for path in above)


def _found[Found](results: Iterable[Found | None]) -> tuple[Found, ...]:
    return tuple(result for result in results if result is not None)


def _first[Found](results: Iterable[Found | None]) -> tuple[Found, ...]:
    return tuple(islice((result for result in results if result is not None), 1))


def _is_quick(endpoint: Endpoint, alone: Alone) -> bool:
    part = alone.part(endpoint.name)
    return part is not None and part.median is not None and part.median <= SLOWEST
