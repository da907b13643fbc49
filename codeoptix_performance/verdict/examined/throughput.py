"""How much an app serves of everything together, and how much of that within its limits."""

from __future__ import annotations

from codeoptix_performance.examination.examination import Crowding
from codeoptix_performance.examination.stretch import Stretch
from codeoptix_performance.settings.limits import Limit
from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.units import format_rate
from codeoptix_performance.verdict.checks import check_limits, is_maximum
from codeoptix_performance.verdict.examined.grades import grade_rate
from codeoptix_performance.verdict.verdict import Capacity, Finding, Grade

STILL_GROWING = 0.5
"""Of as many times more as there are users: sound apps of the corpus that mostly wait come to 0.85
and more of it, those that compute to 0.05 to 0.2."""


def capacity_of(settings: Settings, crowding: Crowding) -> Capacity:
    """The rates of one user and of many, and the greatest at which the limits held."""
    one, many = crowding.one, crowding.many
    held = [it for it in (one, *crowding.fewer, many) if keeps_limits(settings, it)]
    best = max(held, key=lambda stretch: stretch.rate, default=None)
    return Capacity(
        users=many.users,
        rate=many.rate,
        rate_of_one=one.rate,
        rate_held=best.rate if best else None,
        users_held=best.users if best else None,
        grade=_grade(settings, crowding, best.rate if best else None),
    )


def find_throughput(settings: Settings, crowding: Crowding) -> Finding | None:
    """A capacity that is not what it should be; ``fail_on`` fails it by default for no grade."""
    capacity = capacity_of(settings, crowding)
    if capacity.grade is None or capacity.grade == "target":
        return None
    served = (
        f"serves {format_rate(capacity.rate_held)} of all its endpoints together within its limits"
        if capacity.rate_held is not None
        else "keeps its limits for no user who asks without pauses"
    )
    sentence = (
        f"One instance {served} (target: {format_rate(settings.target_rps)}): "
        f"{capacity.users} users without pauses get {format_rate(capacity.rate)}, one user "
        f"{format_rate(capacity.rate_of_one)}; look at what its slowest endpoints wait for"
    )
    return Finding(
        id="capacity",
        outcome="fail",
        sentence=f"{sentence}.",
        statistic="rate",
        value=capacity.rate_held or 0.0,
        limit=settings.acceptable_rps,
        unit="1/s",
        dimension="throughput",
        grade=capacity.grade,
    )


def _grade(settings: Settings, crowding: Crowding, held: float | None) -> Grade | None:
    """None where the users and not the app set the rate: they waited, and all were served."""
    grade = grade_rate(settings, held or 0.0)
    one, many = crowding.one, crowding.many
    all_held = held is not None and held >= many.rate
    if grade != "target" and all_held and many.rate >= STILL_GROWING * many.users * one.rate:
        return None
    return grade


def keeps_limits(settings: Settings, stretch: Stretch) -> bool:
    """Whether it answered something, and no limit on times or failures broke."""
    if stretch.measured is None or not stretch.rate:
        return False
    limits = [limit for limit in settings.limits if _speaks_of_answers(limit)]
    return not any(check.broken for check in check_limits(limits, stretch.measured))


def _speaks_of_answers(limit: Limit) -> bool:
    """Not of rates and counts: those follow from the users' pauses and from the time."""
    return is_maximum(limit) and (limit.is_time or limit.metric == "failure_rate")
