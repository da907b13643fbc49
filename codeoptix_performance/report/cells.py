"""Texts and figures as they stand on a page."""

from __future__ import annotations

import math
import re

from codeoptix_performance.units import format_milliseconds

NO_FIGURE = "–"
FAILED_FIGURE = "failed"
"""Stands for a percentile whose request failed: more failed than the percentile leaves out."""

_TERMINAL_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|.)?")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    """``text`` without anything a terminal would obey: apps under test write what they like."""
    return _CONTROL.sub(" ", _TERMINAL_SEQUENCE.sub("", text))


def milliseconds(seconds: float | None) -> str:
    """``12.4``, or what stands where there is no number."""
    if seconds is None:
        return NO_FIGURE
    if math.isinf(seconds):
        return FAILED_FIGURE
    return format_milliseconds(seconds).removesuffix(" ms")
