"""The one judge: a measurement against the settings' limits → a verdict."""

from __future__ import annotations

from dataclasses import replace

from codeoptix_performance.errors import StartFailure
from codeoptix_performance.examination.examination import Examination
from codeoptix_performance.measurement.measurement import Measurement
from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.target.target import Target
from codeoptix_performance.verdict.breaches import find_breaches
from codeoptix_performance.verdict.certainty import open_questions, settle
from codeoptix_performance.verdict.checks import Check, check_limits
from codeoptix_performance.verdict.collapse import find_collapse
from codeoptix_performance.verdict.coverage import barely_exercised, coverage_of
from codeoptix_performance.verdict.doubts import excuse, find_doubts, interrupted
from codeoptix_performance.verdict.evidence import explain, notes_on, praise
from codeoptix_performance.verdict.examined.findings import find_in_examination
from codeoptix_performance.verdict.examined.throughput import capacity_of
from codeoptix_performance.verdict.load_grades import grade_load, note_on_poor
from codeoptix_performance.verdict.refusals import find_rate_limited, leave_refusals_out
from codeoptix_performance.verdict.score import UNKNOWN, score
from codeoptix_performance.verdict.sequential.looks import Decision
from codeoptix_performance.verdict.verdict import Finding, Outcome, Unit, Verdict
from codeoptix_performance.verdict.wording import last_exception, plain

_LOG_EXPLAINS = frozenset({"out-of-memory", "died-under-load", "all-failed", "failures", "hung"})
_BEFORE_EXAMINATION = frozenset({"failures", "fails-in-a-crowd", "died-in-a-crowd"})
"""Breaches that say what is wrong better than an examination can."""


def judge(
    settings: Settings,
    target: Target,
    measurement: Measurement,
    decisions: tuple[Decision, ...] = (),
    examination: Examination | None = None,
) -> Verdict:
    """Pass only where requests finished, every limit held and nothing speaks against it.

    ``decisions`` are those made while the load ran; they tell what is proven.
    """
    log_tail = _log_tail(target, measurement)
    collapse = find_collapse(settings, measurement, log_tail)
    if collapse is not None:
        return _judge_collapse(settings, target, measurement, collapse, log_tail)
    measured = check_limits(settings.limits, measurement)
    checks = leave_refusals_out(measured)
    examined, remarks = find_in_examination(settings, examination, log_tail, target.start_seconds)
    if examination is not None and last_exception(examination.log_tail_before):
        log_tail = examination.log_tail_before
    breaches = find_breaches(settings, measurement, checks, log_tail)
    refusals = find_rate_limited(measurement, measured, checks)
    found = _with_doubts(settings, measurement, measured, (*breaches, *refusals))
    findings = _decisive_first(found, examined)
    if _outcome(findings) != "fail":
        findings = (*findings, *barely_exercised(coverage_of(target, measurement, examination)))
    outcome = _outcome(findings)
    crowding = examination.crowding if examination else None
    settled = settle(decisions, measured)
    grades = grade_load(settings.graded_figures, measurement)
    notes = (
        *remarks,
        *notes_on(settings, measurement, findings, target.skipped),
        *(note_on_poor(grades) if outcome != "fail" and not refusals else ()),
        *open_questions(settled, _in_question(outcome, measured)),
    )
    shown_log = log_tail if any(finding.id in _LOG_EXPLAINS for finding in findings) else ""
    return Verdict(
        outcome=outcome,
        score=score(
            settings,
            outcome,
            checks,
            measurement.total.requests,
            examined,
            rate_limited=bool(refusals),
        ),
        findings=_plain(findings),
        evidence=explain(outcome, findings, log_tail=shown_log, notes=notes)
        if findings
        else praise(measurement, checks, notes),
        decisions=settled,
        capacity=capacity_of(settings, crowding) if crowding else None,
        grades=grades,
    )


def finds_fault(
    settings: Settings,
    target: Target,
    measurement: Measurement,
    examination: Examination | None,
) -> bool:
    """Whether a verdict is known to be no pass, whatever more load would show."""
    found, _ = find_in_examination(settings, examination, start_seconds=target.start_seconds)
    fails = any(finding.outcome == "fail" for finding in found)
    return fails or bool(find_collapse(settings, measurement, "")) or measurement.interrupted


def judge_start_failure(settings: Settings, failure: StartFailure) -> Verdict:
    """The verdict on an app that no request could be sent to.

    An app with nothing to ask for, and one that could not be given what it needs, are
    inconclusive; every other failure is the app's own.
    """
    untested = failure.kind in ("nothing-to-load", "not-prepared")
    outcome: Outcome = "inconclusive" if untested else "fail"
    limit, unit = _start_limit(settings, failure)
    findings = (Finding(failure.kind, outcome, failure.sentence, limit=limit, unit=unit),)
    return Verdict(
        outcome=outcome,
        score=_score_without_figures(outcome),
        findings=_plain(findings),
        evidence=explain(outcome, findings, log_tail=failure.log_tail),
    )


def _judge_collapse(
    settings: Settings,
    target: Target,
    measurement: Measurement,
    collapse: Finding,
    log_tail: str,
) -> Verdict:
    cut_short = (interrupted(measurement),) if measurement.interrupted else ()
    findings = (*excuse((collapse,), measurement), *cut_short)
    outcome = _outcome(findings)
    notes = notes_on(settings, measurement, findings, target.skipped)
    return Verdict(
        outcome=outcome,
        score=_score_without_figures(outcome),
        findings=_plain(findings),
        evidence=explain(outcome, findings, log_tail=log_tail, notes=notes),
    )


def _with_doubts(
    settings: Settings,
    measurement: Measurement,
    measured: tuple[Check, ...],
    breaches: tuple[Finding, ...],
) -> tuple[Finding, ...]:
    """Everything found in the load, what failed before what decides nothing."""
    breaches = excuse(breaches, measurement)
    failed = any(finding.outcome == "fail" for finding in breaches)
    doubts = find_doubts(settings, measurement, measured, already_failed=failed)
    told = {finding.id for finding in breaches}
    found = (*breaches, *(doubt for doubt in doubts if doubt.id not in told))
    return tuple(sorted(found, key=lambda finding: finding.outcome != "fail"))


def _decisive_first(
    found: tuple[Finding, ...], examined: tuple[Finding, ...]
) -> tuple[Finding, ...]:
    """Causes before their symptoms: what the examination found, then limits that broke.

    Failed requests come first, as they name their own cause; hung ones may be victims.
    """

    def weight(finding: Finding) -> int:
        if finding.outcome != "fail":
            return 3
        if finding.id in _BEFORE_EXAMINATION:
            return 0
        return 1 if finding.dimension else 2

    return tuple(sorted((*found, *examined), key=weight))


def _in_question(outcome: Outcome, checks: tuple[Check, ...]) -> tuple[Check, ...]:
    """What a reader may want more proof of: after a fail, only the limits that broke."""
    return tuple(check for check in checks if outcome != "fail" or check.broken)


def _outcome(findings: tuple[Finding, ...]) -> Outcome:
    if any(finding.outcome == "fail" for finding in findings):
        return "fail"
    return "inconclusive" if findings else "pass"


def _start_limit(settings: Settings, failure: StartFailure) -> tuple[float | None, Unit]:
    if failure.kind == "never-answered":
        return settings.startup_timeout * 1000, "ms"
    if failure.kind == "out-of-memory":
        return float(settings.memory_limit), "bytes"
    return None, ""


def _score_without_figures(outcome: Outcome) -> float:
    return UNKNOWN if outcome == "inconclusive" else 0.0


def _log_tail(target: Target, measurement: Measurement) -> str:
    """The app's last words; none of an app that is not ours."""
    if measurement.app_exit is not None:
        return measurement.app_exit.log_tail
    return target.app.log_tail() if target.app is not None else ""


def _plain(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple(replace(finding, sentence=plain(finding.sentence)) for finding in findings)
