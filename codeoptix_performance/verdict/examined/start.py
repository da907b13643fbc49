"""Apps that take long from their start to their first answer."""

from __future__ import annotations

from codeoptix_performance.units import format_duration
from codeoptix_performance.verdict.verdict import Finding

POOR_SECONDS = 5.0
ACCEPTABLE_SECONDS = 3.0
"""Sound apps of the corpus answer after 0.2 to 0.6 s."""


def find_start(seconds: float | None) -> Finding | None:
    """A start of ``ACCEPTABLE_SECONDS`` or more; None of an app that is not ours."""
    if seconds is None or seconds < ACCEPTABLE_SECONDS:
        return None
    sentence = (
        f"The app started slowly: {format_duration(seconds)} went by until it answered its first "
        f"request (target: under {format_duration(ACCEPTABLE_SECONDS)}), and every restart and new "
        "instance pays that again; answer first and do such work behind the start, or load it "
        "when it is needed"
    )
    return Finding(
        id="slow-start",
        outcome="fail",
        sentence=f"{sentence}.",
        statistic="start",
        value=seconds * 1000,
        limit=POOR_SECONDS * 1000,
        unit="ms",
        dimension="start",
        grade="poor" if seconds >= POOR_SECONDS else "acceptable",
    )
