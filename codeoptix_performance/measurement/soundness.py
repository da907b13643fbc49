"""Reasons to distrust the figures of a run."""

from __future__ import annotations

from codeoptix_performance.load.engine import GENERATOR_FAULT, LoadReport
from codeoptix_performance.load.plan import LoadPlan
from codeoptix_performance.measurement.measurement import Doubt
from codeoptix_performance.measurement.recorder import Recorder
from codeoptix_performance.units import format_duration, format_milliseconds, format_ratio

BUSIEST_GENERATOR = 0.8
LONGEST_LAG = 0.25


def doubts(plan: LoadPlan, report: LoadReport, recorder: Recorder) -> tuple[Doubt, ...]:
    """Those that apply, in order of weight."""
    found = (
        _listener_errors(report),
        _exhausted(recorder),
        _busy(report),
        _late(report),
        _users_died(report),
        _users_not_reached(plan, report),
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
    if report.generator_cpu_share <= BUSIEST_GENERATOR:
        return None
    return Doubt(
        "generator-busy",
        f"The load generator itself used {format_ratio(report.generator_cpu_share)} of a "
        "processor core, so answers may have waited for it.",
        "Ask for fewer users or longer pauses, or run on a machine with more cores.",
        spoils=True,
    )


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


def _users_not_reached(plan: LoadPlan, report: LoadReport) -> Doubt | None:
    """Spoils nothing: a limit that fails at fewer users fails at more of them too."""
    if report.peak_users >= plan.users:
        return None
    return Doubt(
        "users-not-reached",
        f"Only {report.peak_users} of {plan.users} users were active in "
        f"{format_duration(report.stopped_at - report.started_at)}.",
        "Ask for a longer run_time or a higher spawn_rate.",
        spoils=False,
    )


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
