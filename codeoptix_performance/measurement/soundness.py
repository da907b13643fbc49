"""Reasons to distrust the figures of a run."""

from __future__ import annotations

import math

from codeoptix_performance.load.engine import GENERATOR_FAULT, LoadReport
from codeoptix_performance.load.plan import LoadPlan
from codeoptix_performance.measurement.measurement import (
    ArrivalsMeasurement,
    Doubt,
    StageMeasurement,
)
from codeoptix_performance.measurement.recorder import Recorder
from codeoptix_performance.measurement.stages import most_users_asked
from codeoptix_performance.units import format_duration, format_milliseconds, format_ratio

BUSIEST_GENERATOR = 0.8
LONGEST_LAG = 0.25
LEAST_SENT = 0.95
"""Of the requests that were due, as a share: fewer were another load than the one asked for."""
_STAGES_NAMED = 3


def doubts(
    plan: LoadPlan,
    report: LoadReport,
    recorder: Recorder,
    stages: tuple[StageMeasurement, ...] = (),
    arrivals: ArrivalsMeasurement | None = None,
) -> tuple[Doubt, ...]:
    """Those that apply, in order of weight."""
    found = (
        _listener_errors(report),
        _exhausted(recorder),
        _busy(report),
        _late(report),
        _users_died(report),
        _arrivals_not_sent(report, arrivals),
        _users_not_reached(report, stages, most_users_asked(report, plan.users)),
        _interrupted(plan, report),
    )
    return tuple(doubt for doubt in found if doubt is not None)


def _listener_errors(report: LoadReport) -> Doubt | None:
    if not report.listener_errors:
        return None
    return Doubt(
        "listener-errors",
        f"Requests were lost on their way into the record: {report.listener_errors[0]}.",
        "Report this as a defect of codeoptix-performance.",
        spoils=True,
    )


def _exhausted(recorder: Recorder) -> Doubt | None:
    causes = [
        cause
        for samples in recorder.samples
        for cause in samples.causes
        if cause.startswith(GENERATOR_FAULT)
    ]
    if not causes:
        return None
    return Doubt(
        "generator-exhausted",
        f"Requests failed because {causes[0]}, not because of the app.",
        "Ask for fewer users, or raise the limit of open files (ulimit -n).",
        spoils=True,
    )


def _busy(report: LoadReport) -> Doubt | None:
    if not _was_busy(report):
        return None
    share, when = report.generator_cpu_share, ""
    if share <= BUSIEST_GENERATOR:
        share, when = report.busiest_second, " in its busiest second"
    return Doubt(
        "generator-busy",
        f"The load generator itself used {format_ratio(share)} of a processor core{when}, so "
        "answers may have waited for it.",
        "Ask for fewer users or longer pauses, or run on a machine with more cores.",
        spoils=True,
    )


def _was_busy(report: LoadReport) -> bool:
    return max(report.generator_cpu_share, report.busiest_second) > BUSIEST_GENERATOR


def _late(report: LoadReport) -> Doubt | None:
    """A request can be held up where it is sent and again where its answer is taken."""
    if report.worst_lag <= LONGEST_LAG:
        return None
    return Doubt(
        "generator-late",
        f"The load generator was held up for {format_milliseconds(report.worst_lag)} at worst, "
        "so response times may be too long by as much.",
        "Run it again while the machine is less busy.",
        spoils=True,
        may_add=2 * report.worst_lag,
    )


def _users_died(report: LoadReport) -> Doubt | None:
    if not report.died:
        return None
    return Doubt(
        "users-died",
        f"{len(report.died)} of the load's users ended early, the first as {report.died[0]}.",
        "Report this as a defect of codeoptix-performance.",
        spoils=True,
    )


def _arrivals_not_sent(report: LoadReport, arrivals: ArrivalsMeasurement | None) -> Doubt | None:
    """Only where the generator was the limit: requests that wait for a slow app are its doing."""
    if arrivals is None:
        return None
    busy = _was_busy(report)
    late = report.worst_lag > LONGEST_LAG
    lacking = arrivals.dropped > 0 or arrivals.sent < LEAST_SENT * arrivals.due
    if not lacking or not (busy or late):
        return None
    return Doubt(
        "arrivals-not-sent",
        f"The load generator sent only {arrivals.sent} of the {arrivals.due} requests that were "
        "due, and was the limit itself.",
        "Ask for a lower arrival_rate, or run on a machine with more cores.",
        spoils=True,
        may_add=math.inf if busy else 2 * report.worst_lag,
    )


def _users_not_reached(
    report: LoadReport, stages: tuple[StageMeasurement, ...], asked: int
) -> Doubt | None:
    """Spoils nothing: a limit that fails at fewer users fails at more of them too."""
    short = [
        (number, stage)
        for number, stage in enumerate(stages, 1)
        if stage.users_reached < stage.users_planned
    ]
    if len(stages) > 1 and short:
        said = "; ".join(_short_of_users(number, stage) for number, stage in short[:_STAGES_NAMED])
        more = len(short) - _STAGES_NAMED
        where = f"{said}; {more} more stages" if more > 0 else said
    elif len(stages) <= 1 and report.peak_users < asked:
        lasted = format_duration(report.stopped_at - report.started_at)
        where = f"{report.peak_users} of {asked} users were active in {lasted}"
    else:
        return None
    return Doubt(
        "users-not-reached",
        f"Only {where}.",
        "Ask for a longer run_time or a higher spawn_rate.",
        spoils=False,
    )


def _short_of_users(number: int, stage: StageMeasurement) -> str:
    between = f"{format_duration(stage.begins)} to {format_duration(stage.ends)}"
    reached, planned = stage.users_reached, stage.users_planned
    return f"{reached} of {planned} users were active in stage {number} ({between})"


def _interrupted(plan: LoadPlan, report: LoadReport) -> Doubt | None:
    if not report.interrupted:
        return None
    return Doubt(
        "interrupted",
        f"The run was interrupted after {format_duration(report.stopped_at - report.started_at)} "
        f"of {format_duration(plan.run_time)}.",
        "Run it again to its end.",
        spoils=False,
    )
