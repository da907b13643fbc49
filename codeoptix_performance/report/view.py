"""Assessment → everything a page says: all wording, rounding and order is decided here, once."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from codeoptix_performance.assessment import Assessment
from codeoptix_performance.load.plan import Arrivals, LoadPlan
from codeoptix_performance.measurement.measurement import (
    EndpointMeasurement,
    Measurement,
    Resources,
)
from codeoptix_performance.settings.stages import greatest_of
from codeoptix_performance.units import (
    format_bytes,
    format_duration,
    format_milliseconds,
    format_rate,
    format_ratio,
)
from codeoptix_performance.verdict.verdict import Outcome

COLUMNS = (
    "Endpoint",
    "Requests",
    "Failed",
    "In flight",
    "Req/s",
    "Avg",
    "Min",
    "Median",
    "P95",
    "P99",
    "Max",
)
TOTAL = "Aggregated"
"""What Locust calls all endpoints together."""
NO_FIGURE = "–"
FAILED_FIGURE = "failed"
"""Stands for a percentile whose request failed: more failed than the percentile leaves out."""

_TERMINAL_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|.)?")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Failures:
    """How often requests to one endpoint failed for one cause."""

    count: int
    endpoint: str
    cause: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One line about how the figures were won: what it is about, and what there is to know."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class View:
    """A page in parts, in the order they are shown; every text is ready to be laid out.

    ``rows`` hold one cell per entry of ``COLUMNS``, times in milliseconds, the total last.
    """

    outcome: Outcome
    headline: str
    subject: str
    evidence: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    failures: tuple[Failures, ...]
    doubts: tuple[str, ...]
    skipped: tuple[str, ...]
    facts: tuple[Fact, ...]
    log: tuple[str, ...]
    """The last lines an app wrote that did not start or that ended under load."""


def view_of(assessment: Assessment) -> View:
    """The page about ``assessment``, in parts."""
    measured = assessment.measurement
    return View(
        outcome=assessment.verdict.outcome,
        headline=_headline(assessment),
        subject=_subject(assessment),
        evidence=tuple(plain(sentence) for sentence in assessment.verdict.evidence),
        rows=_rows(measured) if measured else (),
        failures=_failures(measured) if measured else (),
        doubts=_doubts(assessment),
        skipped=tuple(plain(f"{s.name} ({s.reason})") for s in assessment.skipped),
        facts=_facts(assessment),
        log=tuple(plain(line) for line in _log_tail(assessment).splitlines()),
    )


def plain(text: str) -> str:
    """``text`` without anything a terminal would obey: apps under test write what they like."""
    return _CONTROL.sub(" ", _TERMINAL_SEQUENCE.sub("", text))


def _headline(assessment: Assessment) -> str:
    word = assessment.verdict.outcome.upper()
    cut = ", interrupted" if assessment.interrupted else ""
    return f"{word}{cut}, score {assessment.verdict.score:.2f}"


def _subject(assessment: Assessment) -> str:
    what, where = assessment.target_description, assessment.base_url
    at = f" at {where}" if where and where not in what else ""
    if what.startswith(("a ", "an ", "app ")):
        what = what[0].upper() + what[1:]
    return plain(f"{what}{at}")


def _doubts(assessment: Assessment) -> tuple[str, ...]:
    """Those that are no finding: a finding is told in the evidence already."""
    doubts = assessment.measurement.doubts if assessment.measurement else ()
    told = {finding.id for finding in assessment.verdict.findings}
    return tuple(plain(f"{each.sentence} {each.advice}") for each in doubts if each.id not in told)


def _log_tail(assessment: Assessment) -> str:
    if assessment.start_failure is not None:
        return assessment.start_failure.log_tail
    measured = assessment.measurement
    return measured.app_exit.log_tail if measured and measured.app_exit else ""


def _rows(measured: Measurement) -> tuple[tuple[str, ...], ...]:
    named = sorted(measured.endpoints, key=lambda endpoint: endpoint.name.split(" ", 1)[::-1])
    return (*(_row(e, e.name) for e in named), _row(measured.total, TOTAL))


def _row(measured: EndpointMeasurement, name: str) -> tuple[str, ...]:
    times = measured.latencies
    return (
        plain(name),
        str(measured.requests),
        _failed(measured),
        str(len(times.in_flight)),
        format_rate(measured.requests_per_second).removesuffix("/s"),
        _milliseconds(times.mean()),
        _milliseconds(times.least()),
        *(_milliseconds(times.quantile(q)) for q in (0.50, 0.95, 0.99)),
        _milliseconds(times.greatest()),
    )


def _failed(measured: EndpointMeasurement) -> str:
    if not measured.failures:
        return "0"
    return f"{measured.failures} ({format_ratio(measured.failure_ratio)})"


def _milliseconds(seconds: float | None) -> str:
    if seconds is None:
        return NO_FIGURE
    if math.isinf(seconds):
        return FAILED_FIGURE
    return format_milliseconds(seconds).removesuffix(" ms")


def _failures(measured: Measurement) -> tuple[Failures, ...]:
    every = [
        Failures(cause.count, plain(endpoint.name), plain(cause.text))
        for endpoint in measured.endpoints
        for cause in endpoint.causes
    ]
    return tuple(sorted(every, key=lambda failures: -failures.count))


def _facts(assessment: Assessment) -> tuple[Fact, ...]:
    measured = assessment.measurement
    facts = [
        Fact("Load", _load(assessment.plan)) if assessment.plan else None,
        Fact("Window", _window(measured)) if measured else None,
        Fact("App", _resources(measured.resources)) if measured and measured.resources else None,
        Fact("Isolation", plain(assessment.sandbox_level)) if assessment.sandbox_level else None,
        Fact("Took", format_duration(assessment.seconds)),
    ]
    return tuple(fact for fact in facts if fact is not None)


def _load(plan: LoadPlan) -> str:
    if plan.arrivals is not None:
        return _arriving(plan, plan.arrivals)
    users = "1 user" if plan.users == 1 else f"{plan.users} users"
    if len(plan.stages) > 1:
        users = f"up to {users} in {len(plan.stages)} stages"
    elif math.isfinite(plan.spawn_rate):
        users += f", started at {format_rate(plan.spawn_rate)}"
    least, greatest = plan.wait_time
    waits = format_duration(least)
    if greatest != least:
        waits += f" to {format_duration(greatest)}"
    return (
        f"{users}, for {format_duration(plan.run_time)}; "
        f"each waits {waits} between requests; seed {plan.seed}"
    )


def _arriving(plan: LoadPlan, arrivals: Arrivals) -> str:
    rate = format_rate(greatest_of(arrivals.stages))
    stages = f" in {len(arrivals.stages)} stages" if len(arrivals.stages) > 1 else ""
    pattern = "at random (Poisson)" if arrivals.poisson else "evenly spaced"
    return (
        f"up to {rate} requests arrive{stages}, {pattern}, for {format_duration(plan.run_time)}; "
        f"at most {plan.users} at once; seed {plan.seed}"
    )


def _window(measured: Measurement) -> str:
    reached = f"{measured.users_reached} of {measured.users_planned} users were active"
    if measured.steady_to <= measured.steady_from:
        return f"{reached}; they were never active all at once for long"
    return (
        f"{reached}; rates are taken from second {measured.steady_from:.1f} "
        f"to {measured.steady_to:.1f} of {measured.duration:.1f}"
    )


def _resources(used: Resources) -> str:
    return (
        f"{format_bytes(used.memory_at_start)} of memory before the load, "
        f"{format_bytes(used.memory_at_end)} after, {format_bytes(used.memory_peak)} at most; "
        f"{used.cpu_share:.2f} of a core busy"
    )
