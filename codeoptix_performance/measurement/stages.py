"""Stages of the load, and requests that fell due by themselves: what was asked, what was done."""

from __future__ import annotations

from collections.abc import Sequence

from codeoptix_performance.load.engine import LoadReport, Phase
from codeoptix_performance.measurement.account import Account
from codeoptix_performance.measurement.measurement import ArrivalsMeasurement, StageMeasurement

ARRIVAL_GRACE = 0.2
"""Seconds after the end of a stage in which the last of its users may still arrive."""

UserChanges = Sequence[tuple[float, int]]


def measure_stages(
    report: LoadReport, user_changes: UserChanges, account: Account
) -> tuple[StageMeasurement, ...]:
    """Each stage the run came to."""
    return tuple(
        _measure_stage(phase, report.started_at, user_changes, account) for phase in report.phases
    )


def measure_arrivals(report: LoadReport, successes: int) -> ArrivalsMeasurement | None:
    """Rates over the stages, logins before them left out; None where users decide when they ask."""
    counted = report.arrivals
    if counted is None:
        return None
    phases = report.phases
    seconds = phases[-1].ends_at - phases[0].begins_at if phases else 0.0
    return ArrivalsMeasurement(
        due=counted.due,
        sent=counted.sent,
        dropped=counted.dropped,
        requested_per_second=_rate(counted.due, seconds),
        achieved_per_second=_rate(counted.sent, seconds),
        successful_per_second=_rate(successes, seconds),
    )


def most_users_asked(report: LoadReport, planned: int) -> int:
    """The most that any stage asked for; ``planned`` where the load knows no stages."""
    return max((phase.users for phase in report.phases), default=planned)


def _users_reached(phase: Phase, user_changes: UserChanges) -> int:
    """The most that were active at once in a stage, those from before it included.

    Of users that came just after its end, as many count as it still lacked.
    """
    before = [count for at, count in user_changes if at <= phase.begins_at]
    inside = [count for at, count in user_changes if phase.begins_at < at < phase.ends_at]
    until = phase.ends_at + ARRIVAL_GRACE
    after = [count for at, count in user_changes if phase.ends_at <= at <= until]
    reached = max([*before[-1:], *inside], default=0)
    return max(reached, min(phase.users, max(after, default=0)))


def _measure_stage(
    phase: Phase, started_at: float, user_changes: UserChanges, account: Account
) -> StageMeasurement:
    seconds = phase.ends_at - phase.begins_at
    seen = account.stretch(phase.begins_at, phase.ends_at)
    return StageMeasurement(
        begins=phase.begins_at - started_at,
        ends=phase.ends_at - started_at,
        users_planned=phase.users,
        users_reached=_users_reached(phase, user_changes),
        requests=seen.requests,
        failures=seen.failures,
        requested_per_second=phase.arrival_rate,
        achieved_per_second=_rate(seen.sent, seconds),
        successful_per_second=_rate(seen.requests - seen.failures, seconds),
        p50=seen.p50,
        p95=seen.p95,
    )


def _rate(count: int, seconds: float) -> float:
    return count / seconds if seconds > 0 else 0.0
