"""Checks → a score from 0 to 1; every formula stands here and in docs/verdict.md.

Collapse (the app did not start, died, hung, failed every request): 0.
Nothing was seen, and it is nobody's fault: 0.5, which neither punishes nor rewards.
Limits of the guide's kinds only: the guide's own formula.
    website  1 - 0.2 per broken average - 0.1 per broken maximum - 0.3 per broken failure rate
             - 0.1 for fewer requests than ``min_requests``, not below 0
    api      1 - 0.15 per broken limit, not below 0
Any other set of limits: the margin of the limit that comes off worst.
    margin = 0.5 + 0.25 · log2(limit / value), within 0 and 1; value / limit for a minimum
    pass: 0.7 + 0.6 · (margin - 0.5)      fail: margin
A failed finding of the examination: 0.4, with a second dimension 0.3, with a third 0.2.
    Steps, and neither the figures behind them nor the limits that break because of them, both of
    which differ from run to run: ten runs of one app give one score.
Inconclusive: as above, and at most 0.65, since the host reads 0.7 as sound.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from codeoptix_performance.settings.limits import Limit
from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.verdict.checks import Check, holds, is_maximum
from codeoptix_performance.verdict.verdict import Finding, Outcome

UNKNOWN = 0.5
_WORST_PASS = 0.7
_BEST_WITHOUT_PASS = 0.65
_PER_DOUBLING = 0.25
_WEBSITE_PENALTIES = {"avg": 0.2, "max": 0.1, "rate": 0.3}
_BEST_EXAMINED = 0.5
_PER_DIMENSION = 0.1
_WEBSITE_TOO_FEW = 0.1
_API_PENALTY = 0.15


def score(
    settings: Settings,
    outcome: Outcome,
    checks: tuple[Check, ...],
    finished_requests: int,
    examined: tuple[Finding, ...] = (),
) -> float:
    """0..1, rounded to hundredths, for a run that was worth judging by its limits.

    Not to coarser steps: the host accepts a gain of 0.05, and a step of that size would turn the
    slightest noise at its edge into such a gain.
    """
    dimensions = {finding.dimension for finding in examined if finding.outcome == "fail"}
    if dimensions:
        return round(_BEST_EXAMINED - _PER_DIMENSION * len(dimensions), 2)
    if settings.guide_limits_only:
        exact = _guide_score(settings, checks, finished_requests)
    else:
        exact = _margin_score(outcome, checks)
    explained = any(check.broken for check in checks)
    if outcome == "inconclusive" or (outcome == "fail" and not explained):
        exact = min(exact, _BEST_WITHOUT_PASS)
    return round(exact, 2)


def margin(limit: Limit, value: float) -> float:
    """0..1: 0.5 on the limit, a quarter more for each halving of what may not grow."""
    if limit.operator in ("==", "!="):
        return 1.0 if holds(limit, value) else 0.0
    better, worse = (limit.value, value) if is_maximum(limit) else (value, limit.value)
    if worse <= 0:
        return 1.0 if holds(limit, value) else 0.5
    if better <= 0 or math.isinf(worse):
        return 0.0
    if math.isinf(better):
        return 1.0
    return min(1.0, max(0.0, 0.5 + _PER_DOUBLING * math.log2(better / worse)))


def _guide_score(settings: Settings, checks: Iterable[Check], finished_requests: int) -> float:
    broken = [check for check in checks if check.broken]
    if settings.profile == "api":
        return max(0.0, 1.0 - _API_PENALTY * len(broken))
    lost = sum(_WEBSITE_PENALTIES[check.limit.statistic] for check in broken)
    if finished_requests < settings.min_requests:
        lost += _WEBSITE_TOO_FEW
    return max(0.0, 1.0 - lost)


def _margin_score(outcome: Outcome, checks: Iterable[Check]) -> float:
    margins = [margin(check.limit, check.value) for check in checks if check.value is not None]
    worst = min(margins, default=1.0)
    return worst if outcome == "fail" else _WORST_PASS + 0.6 * (worst - 0.5)
