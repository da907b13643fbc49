"""Why requests failed, the most frequent causes first."""

from __future__ import annotations

from collections import Counter

from codeoptix_performance.measurement.measurement import Cause
from codeoptix_performance.measurement.samples import OTHER_CAUSES

MOST_CAUSES = 10


def most_frequent(causes: Counter[str]) -> tuple[Cause, ...]:
    """At most ``MOST_CAUSES`` causes, most frequent first, and the rest as one more."""
    ranked = sorted(causes.items(), key=lambda cause: (-cause[1], cause[0]))
    named = tuple(Cause(text, count) for text, count in ranked[:MOST_CAUSES])
    rest = sum(count for _, count in ranked[MOST_CAUSES:])
    return (*named, Cause(OTHER_CAUSES, rest)) if rest else named
