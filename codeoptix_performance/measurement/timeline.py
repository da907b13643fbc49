"""The run, second by second."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from codeoptix_performance.load.engine import LoadReport
from codeoptix_performance.measurement.account import Account
from codeoptix_performance.measurement.measurement import Moment

SLIVER = 0.1
"""Seconds; a run that ends so little into a second gets no row for it, its last row is longer."""


def timeline(
    user_changes: Sequence[tuple[float, int]], report: LoadReport, account: Account
) -> tuple[Moment, ...]:
    """One ``Moment`` per second: what finished in it, and users and requests in flight at its end.

    A request is in flight from when it was due. The percentiles are of successes alone.
    """
    count = max(1, ceil(report.stopped_at - report.started_at - SLIVER))
    users = _users_at_ends(user_changes, report, count)
    moments: list[Moment] = []
    in_flight = 0
    for number, second in enumerate(account.seconds(count)):
        in_flight += second.due - second.requests
        moments.append(
            Moment(
                second=number,
                users=users[number],
                requests=second.requests,
                failures=second.failures,
                in_flight=in_flight,
                p50=second.p50,
                p95=second.p95,
            )
        )
    return tuple(moments)


def _users_at_ends(
    user_changes: Sequence[tuple[float, int]], report: LoadReport, count: int
) -> list[int]:
    last_in: dict[int, int] = {}
    for at, active in user_changes:
        last_in[min(max(int(at - report.started_at), 0), count - 1)] = active
    users: list[int] = []
    for second in range(count):
        users.append(last_in.get(second, users[-1] if users else 0))
    return users
