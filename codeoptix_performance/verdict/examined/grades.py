"""Grades of what an examination found, and which of them fail a verdict."""

from __future__ import annotations

from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.verdict.verdict import Finding, Grade

_DECISIVE = frozenset({"capacity", "memory", "integrity", "start"})


def grade_rate(settings: Settings, per_second: float) -> Grade:
    """A capacity in requests per second of one instance, by the settings' table."""
    if per_second >= settings.target_rps:
        return "target"
    return "acceptable" if per_second >= settings.acceptable_rps else "poor"


def fails(settings: Settings, finding: Finding) -> bool:
    """Whether ``fail_on`` lets a finding of this dimension and grade fail the verdict.

    A start is seen without an examination, and fails only where one was asked for.
    """
    if finding.dimension == "start" and not settings.examine:
        return False
    match settings.fail_on:
        case "limits":
            return False
        case "target":
            return finding.grade != "target"
        case "acceptable":
            return finding.grade == "poor"
        case "poor":
            return finding.grade == "poor" and finding.dimension in _DECISIVE
