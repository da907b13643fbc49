"""A recorder's samples and an engine's report → one Measurement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from codeoptix_performance.load.engine import LoadReport
from codeoptix_performance.load.plan import LoadPlan
from codeoptix_performance.measurement.account import Account
from codeoptix_performance.measurement.causes import most_frequent
from codeoptix_performance.measurement.exact_account import ExactAccount
from codeoptix_performance.measurement.folded_account import FoldedAccount
from codeoptix_performance.measurement.latencies import Latencies
from codeoptix_performance.measurement.machine_soundness import machine_doubts
from codeoptix_performance.measurement.measurement import (
    EndpointMeasurement,
    MachineUse,
    Measurement,
    Resources,
)
from codeoptix_performance.measurement.recorder import Recorder, Unfinished
from codeoptix_performance.measurement.soundness import doubts
from codeoptix_performance.measurement.stages import (
    measure_arrivals,
    measure_stages,
    most_users_asked,
)
from codeoptix_performance.measurement.timeline import timeline
from codeoptix_performance.measurement.window import Window, steady_window
from codeoptix_performance.target.target import AppExit

TOTAL = "Total"


def measure(
    plan: LoadPlan,
    recorder: Recorder,
    report: LoadReport,
    resources: Resources | None,
    app_exit: AppExit | None,
    *,
    machine: MachineUse | None = None,
) -> Measurement:
    """Everything that was seen between ``report.started_at`` and ``report.stopped_at``."""
    users_planned = most_users_asked(report, plan.users)
    window = steady_window(users_planned, recorder.user_changes, report)
    facts = _gather(recorder, report, window)
    numbers = range(len(plan.endpoints))
    total = _measure_endpoints(facts, TOTAL, numbers)
    stages = measure_stages(report, recorder.user_changes, facts.account)
    arrivals = measure_arrivals(report, _successes_of_arrivals(plan, recorder))
    return Measurement(
        duration=report.stopped_at - report.started_at,
        steady_from=window.begins_at - report.started_at,
        steady_to=window.ends_at - report.started_at,
        users_planned=users_planned,
        users_reached=report.peak_users,
        total=total,
        endpoints=tuple(
            _measure_endpoints(facts, plan.endpoints[number].name, (number,)) for number in numbers
        ),
        timeline=timeline(recorder.user_changes, report, facts.account),
        resources=resources,
        app_exit=app_exit,
        doubts=(
            *doubts(plan, report, recorder, stages, arrivals),
            *machine_doubts(machine, report.peak_users, total.requests),
        ),
        died_users=report.died,
        interrupted=report.interrupted,
        arrivals=arrivals,
        stages=stages,
        machine=machine,
    )


def _successes_of_arrivals(plan: LoadPlan, recorder: Recorder) -> int:
    """Those of endpoints that are chosen from; logins have no weight."""
    every = zip(plan.endpoints, recorder.samples, strict=True)
    return sum(len(samples) - samples.failures for endpoint, samples in every if endpoint.weight)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the figures of any endpoint are taken from; ``left`` of the unfinished were sent."""

    recorder: Recorder
    account: Account
    window: Window
    unfinished: Sequence[Unfinished]
    left: Sequence[Unfinished]


def _gather(recorder: Recorder, report: LoadReport, window: Window) -> _Facts:
    """Closes the books. Requests that still waited for a free user were told last of all."""
    recorder.close(report.stopped_at)
    samples, unfinished = recorder.samples, recorder.in_flight()
    dropped = report.arrivals.dropped if report.arrivals else 0
    waiting = max(0, dropped - sum(each.unsent for each in samples))
    account: Account
    if recorder.ledger.exact:
        account = ExactAccount(samples, unfinished, waiting, report)
    else:
        account = FoldedAccount(samples, recorder.ledger, recorder.begun, waiting, report)
    left = unfinished[: max(0, len(unfinished) - waiting)]
    return _Facts(recorder, account, window, unfinished, left)


def _measure_endpoints(facts: _Facts, name: str, numbers: Sequence[int]) -> EndpointMeasurement:
    """The figures of these endpoints, taken together."""
    parts = [facts.recorder.samples[number] for number in numbers]
    causes = sum((part.causes for part in parts), Counter[str]())
    in_window = [facts.account.finished_from(number, facts.window.begins_at) for number in numbers]
    length = facts.window.seconds
    latencies, service = _latencies(facts, numbers)
    return EndpointMeasurement(
        name=name,
        requests=sum(map(len, parts)),
        failures=latencies.failures,
        latencies=latencies,
        causes=most_frequent(causes),
        received_bytes=sum(part.received_bytes for part in parts),
        requests_per_second=sum(count for count, _ in in_window) / length if length else 0.0,
        failures_per_second=sum(failed for _, failed in in_window) / length if length else 0.0,
        service=service,
    )


def _latencies(facts: _Facts, numbers: Sequence[int]) -> tuple[Latencies, Latencies]:
    """Counted from when requests were due, and from when they were sent."""
    parts = [facts.recorder.samples[number] for number in numbers]
    stopped_at = facts.account.stopped_at
    since_due = [stopped_at - each.due for each in facts.unfinished if each.endpoint in numbers]
    since_sent = [stopped_at - each.sent for each in facts.left if each.endpoint in numbers]
    times = facts.account.times(numbers)
    failures = sum(part.failures for part in parts)
    failed_after_sending = failures - sum(part.unsent for part in parts)
    responses = Latencies(times.responses, failures, _ascending(since_due))
    if (
        times.services is times.responses
        and failed_after_sending == failures
        and since_sent == since_due
    ):
        return responses, responses
    return responses, Latencies(times.services, failed_after_sending, _ascending(since_sent))


def _ascending(ages: list[float]) -> tuple[float, ...]:
    return tuple(sorted(max(0.0, age) for age in ages))
