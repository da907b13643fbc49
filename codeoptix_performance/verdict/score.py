"""Checks → a score from 0 to 1; every formula and step stands here and in docs/verdict.md.

Collapse (the app did not start, died, hung, failed every request): 0.
Nothing was seen, and it is nobody's fault: 0.5, which neither punishes nor rewards.
Limits of the guide's kinds only: the guide's own formula.
    website  1 - 0.2 per broken average - 0.1 per broken maximum - 0.3 per broken failure rate
             - 0.1 for fewer requests than ``min_requests``, not below 0
    api      1 - 0.15 per broken limit, not below 0
Any other set of limits: steps, by the limit that comes off worst.
    times off the limit       under 1.7   1.7    3.4    6.8    13.6   …
    kept, figure better by    0.92        0.96   1.00   1.00   1.00
    broken, figure worse by   0.50        0.46   0.42   0.38   0.34   0.04 less per doubling
    What a few requests decide (maxima, P99 and above, failure rates, counts) has edges at 3.4 and
    each fourfold only: kept 0.96, 1.00; broken 0.50, 0.46, 0.42, …. So has a percentile that only
    failed or hung requests break: their share per what it leaves out counts, for want of times.
A failed finding of the examination: 0.4, with a second dimension 0.3, with a third 0.2, whatever
    the figures behind it and the limits that broke because of it.
Inconclusive: as above, and at most 0.65, since the host reads 0.7 as sound; at most 0.5 where the
    app refused requests: to refuse them is no progress.

The host takes a gain of 0.05 for progress. A step is less, so an app that lies on an edge gains
nothing by chance; steps are wider than noise, so that it seldom crosses two. The tiers of the
sequential decision are no steadier measure: under noise that lasts, runs of one app are decided on
any of them, or on none.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from codeoptix_performance.settings.limits import Limit
from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.verdict.checks import Check, share_left_out
from codeoptix_performance.verdict.hanging import broken_by_hanging_alone
from codeoptix_performance.verdict.verdict import Finding, Outcome

UNKNOWN = 0.5
_BEST_WITHOUT_PASS = 0.65
_BEST_FAIL = 0.5
_STEP = 0.04
_WEBSITE_PENALTIES = {"avg": 0.2, "max": 0.1, "rate": 0.3}
_BEST_EXAMINED = 0.5
_PER_DIMENSION = 0.1
_WEBSITE_TOO_FEW = 0.1
_API_PENALTY = 0.15
_EDGES = tuple(1.7 * 2.0**number for number in range(26))
"""Times off a limit. Noise of 25 % to either side spans a factor of 1.67, so it crosses one."""
_RARE_EDGES = _EDGES[1::2]
_GOOD_ENOUGH = 3.4
"""Times better: the last edge of a pass. Far from a limit a machine's noise is large."""
_RARE_PERCENTILE = 99
_COUNTED = frozenset({"failure_rate", "requests", "dropped_requests", "dropped_rate"})
_LEAST_SHARE = 0.01
"""Of failed requests: under it a run has hardly one, so limits below it are measured by it."""


def score(
    settings: Settings,
    outcome: Outcome,
    checks: tuple[Check, ...],
    finished_requests: int,
    examined: tuple[Finding, ...] = (),
    *,
    rate_limited: bool = False,
) -> float:
    """0..1, in hundredths, for a run that was worth judging by its limits."""
    dimensions = {finding.dimension for finding in examined if finding.outcome == "fail"}
    if dimensions:
        return round(_BEST_EXAMINED - _PER_DIMENSION * len(dimensions), 2)
    unexplained = _BEST_WITHOUT_PASS
    if settings.guide_limits_only:
        exact = _guide_score(settings, checks, finished_requests)
    else:
        exact, unexplained = min(map(step, checks), default=1.0), _BEST_FAIL
    if outcome == "inconclusive":
        exact = min(exact, UNKNOWN if rate_limited else _BEST_WITHOUT_PASS)
    elif outcome == "fail" and not any(check.broken for check in checks):
        exact = min(exact, unexplained)
    return round(exact, 2)


def step(check: Check) -> float:
    """What one limit is worth by the table; all where there was nothing to judge by."""
    if check.value is None:
        return 1.0
    allowed = share_left_out(check.limit)
    if allowed is not None and _is_broken_by_lost_ones(check):
        return _broken(_share_lost(check) / max(allowed, _LEAST_SHARE), _RARE_EDGES)
    edges = _RARE_EDGES if _is_rare(check.limit) else _EDGES
    times = _times_off(check, check.value)
    if check.broken:
        return _broken(times, edges)
    return 1.0 - _STEP * sum(times < edge <= _GOOD_ENOUGH for edge in edges)


def _broken(times: float, edges: tuple[float, ...]) -> float:
    return max(0.0, _BEST_FAIL - _STEP * sum(edge <= times for edge in edges))


def _is_broken_by_lost_ones(check: Check) -> bool:
    """By requests that failed or hung: then no time says how slow the app is, only how many."""
    lost = check.value == math.inf or broken_by_hanging_alone(check, check.limit.value)
    return check.broken and lost


def _share_lost(check: Check) -> float:
    latencies, seconds = check.latencies, check.limit.value
    lost = latencies.failures + latencies.overdue(seconds)
    return lost / max(1, latencies.observed(seconds))


def _times_off(check: Check, value: float) -> float:
    """Better where the limit was kept, worse where it broke; infinite without a measure for it."""
    limit = check.limit
    if limit.operator == "!=" or (limit.operator == "==" and limit.value):
        return math.inf
    asked = max(limit.value, _LEAST_SHARE) if limit.metric == "failure_rate" else limit.value
    is_minimum = limit.operator in (">", ">=")
    over, under = (value, asked) if check.broken != is_minimum else (asked, value)
    return over / under if under > 0 else math.inf


def _is_rare(limit: Limit) -> bool:
    """A few requests decide it."""
    far_out = limit.statistic == "max" or (limit.percentile or 0.0) >= _RARE_PERCENTILE
    return far_out or limit.metric in _COUNTED


def _guide_score(settings: Settings, checks: Iterable[Check], finished_requests: int) -> float:
    broken = [check for check in checks if check.broken]
    if settings.profile == "api":
        return max(0.0, 1.0 - _API_PENALTY * len(broken))
    lost = sum(_WEBSITE_PENALTIES[check.limit.statistic] for check in broken)
    if finished_requests < settings.min_requests:
        lost += _WEBSITE_TOO_FEW
    return max(0.0, 1.0 - lost)
