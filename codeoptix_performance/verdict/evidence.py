"""Findings → the sentences to show, decisive first, at most twelve; also for a pass."""

from __future__ import annotations

from codeoptix_performance.measurement.measurement import EndpointMeasurement, Measurement
from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.target.endpoint import Skipped
from codeoptix_performance.units import format_duration, format_milliseconds
from codeoptix_performance.verdict.breaches import figure_and_limit, load_words
from codeoptix_performance.verdict.checks import Check
from codeoptix_performance.verdict.doubts import OF_THE_MACHINE, doubt_sentence
from codeoptix_performance.verdict.hanging import hanging_words, hung_after
from codeoptix_performance.verdict.verdict import Finding, Outcome
from codeoptix_performance.verdict.wording import (
    last_lines,
    plain,
    requests,
    show_endpoint,
)

_MOST_LINES = 12
_MOST_FINDINGS = 8
_MOST_NAMED = 3
_PREFIX: dict[Outcome, str] = {"fail": "Failed: ", "inconclusive": "Inconclusive: "}


def explain(
    outcome: Outcome,
    findings: tuple[Finding, ...],
    *,
    log_tail: str = "",
    notes: tuple[str, ...] = (),
) -> tuple[str, ...]:
    """Why it is no pass: the decisive sentence, the others, the app's last words, notes."""
    shown = [finding.sentence for finding in findings[:_MOST_FINDINGS]]
    shown[0] = _PREFIX[outcome] + shown[0]
    hidden = len(findings) - len(shown)
    lines = [*shown, f"{hidden} more findings are in the report."] if hidden else shown
    log = last_lines(log_tail)
    if log:
        lines.append(f"Last lines of the app's log: {log}")
    return tuple(plain(line) for line in (*lines, *notes)[:_MOST_LINES])


def praise(
    measurement: Measurement, checks: tuple[Check, ...], notes: tuple[str, ...]
) -> tuple[str, ...]:
    """What held: load and requests, the slowest endpoint, the limit that came closest."""
    total = measurement.total
    failed = f"{total.failures} of them failed" if total.failures else "none failed"
    held = "every limit held" if checks else "no limit was set"
    load, run = load_words(measurement), format_duration(measurement.duration)
    lines = [
        f"Passed: {held} at {load}: {requests(total.requests)} in {run}, {failed}.",
        *_extremes(measurement, checks),
        *notes,
    ]
    return tuple(plain(line) for line in lines[:_MOST_LINES])


def notes_on(
    settings: Settings,
    measurement: Measurement,
    findings: tuple[Finding, ...],
    skipped: tuple[Skipped, ...] = (),
) -> tuple[str, ...]:
    """What a reader should know beside the findings: doubts, hung requests, unasked endpoints.

    That the machine was busy is no news to who reads of a pass: it makes nothing faster.
    """
    told = {finding.id for finding in findings}
    if "users-not-started" in told:
        told.add("users-not-reached")
    doubts = [it for it in measurement.doubts if findings or it.id not in OF_THE_MACHINE]
    notes = [f"Note: {doubt_sentence(it)}" for it in doubts if it.id not in told]
    after = hung_after(settings)
    hung = hanging_words(measurement.total.latencies, after, counted="request")
    if hung and not told & {"hung", "latency"} and measurement.total.requests:
        notes.append(f"Note: {hung}.")
    unasked = [
        show_endpoint(figures.name)
        for figures in measurement.endpoints
        if not figures.requests and not figures.latencies.in_flight
    ]
    if unasked and measurement.total.requests:
        verb = "was" if len(unasked) == 1 else "were"
        notes.append(f"Note: {', '.join(unasked[:5])} {verb} never asked, so nothing is known.")
    return (*_untested(skipped, len(measurement.endpoints)), *notes)


def _untested(skipped: tuple[Skipped, ...], tested: int) -> tuple[str, ...]:
    """How much of the app the verdict leaves out."""
    if not skipped:
        return ()
    named = ", ".join(f"{show_endpoint(one.name)} ({one.reason})" for one in skipped[:_MOST_NAMED])
    more = f", and {len(skipped) - _MOST_NAMED} more" if len(skipped) > _MOST_NAMED else ""
    known = len(skipped) + tested
    return (f"Note: {len(skipped)} of {known} endpoints were not put under load: {named}{more}.",)


def _extremes(measurement: Measurement, checks: tuple[Check, ...]) -> list[str]:
    """The slowest endpoint, and what came closest to its limit unless that is said already."""
    slowest, closest = _slowest(measurement, checks), _closest(checks)
    said = slowest and closest and _figures(slowest[0]).startswith(_figures(closest[0]))
    return slowest if said else [*slowest, *closest]


def _figures(sentence: str) -> str:
    return sentence.partition(": ")[2].removesuffix(".")


def _slowest(measurement: Measurement, checks: tuple[Check, ...]) -> list[str]:
    known = [(p95, at) for at in measurement.endpoints if (p95 := _p95(at)) is not None]
    if not known:
        return []
    p95, slowest = max(known, key=lambda pair: pair[0])
    limits = [
        check for check in checks if check.endpoint == slowest.name and check.limit.percentile == 95
    ]
    figure = figure_and_limit(limits[0].limit, p95) if limits else f"P95 {format_milliseconds(p95)}"
    name = show_endpoint(slowest.name)
    return [f"Slowest endpoint: {name}, {figure} in {requests(slowest.requests)}."]


def _p95(figures: EndpointMeasurement) -> float | None:
    """Of answered requests only, so that it is a number wherever one was answered."""
    answered = figures.latencies.successes
    return answered[max(0, -(-95 * len(answered) // 100) - 1)] if answered else None


def _closest(checks: tuple[Check, ...]) -> list[str]:
    timed = [check for check in checks if check.limit.is_time and check.strain]
    if not timed:
        return []
    closest = max(timed, key=lambda check: check.strain)
    figure = figure_and_limit(closest.limit, closest.value or 0.0)
    return [f"Closest to its limit: {show_endpoint(closest.endpoint)}, {figure}."]
