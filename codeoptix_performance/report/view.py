"""Assessment → everything a page says: all wording, rounding and order is decided here, once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from codeoptix_performance.assessment import Assessment
from codeoptix_performance.measurement.histogram import WORST_ERROR
from codeoptix_performance.measurement.latencies import Latencies
from codeoptix_performance.measurement.measurement import EndpointMeasurement, Measurement
from codeoptix_performance.report.cells import milliseconds, plain
from codeoptix_performance.report.facts import Fact, facts_of
from codeoptix_performance.units import format_rate, format_ratio
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
SERVICE = "  service"

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Failures:
    """How often requests to one endpoint failed for one cause."""

    count: int
    endpoint: str
    cause: str


@dataclass(frozen=True, slots=True)
class View:
    """A page in parts, in the order they are shown; every text is ready to be laid out.

    ``rows`` hold one cell per entry of ``COLUMNS``, times in milliseconds, the total last. Where
    requests were late, a row of service times follows each, so ``rows_of_total`` may be two.
    """

    outcome: Outcome
    headline: str
    subject: str
    evidence: tuple[str, ...]
    rows: tuple[Row, ...]
    rows_of_total: int
    legend: str
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
        rows_of_total=2 if measured and _has_service_row(measured.total) else 1,
        legend=_legend(measured) if measured else "",
        failures=_failures(measured) if measured else (),
        doubts=_doubts(assessment),
        skipped=tuple(plain(f"{s.name} ({s.reason})") for s in assessment.skipped),
        facts=facts_of(assessment),
        log=tuple(plain(line) for line in _log_tail(assessment).splitlines()),
    )


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


def _rows(measured: Measurement) -> tuple[Row, ...]:
    named = sorted(measured.endpoints, key=lambda endpoint: endpoint.name.split(" ", 1)[::-1])
    every = [*((each.name, each) for each in named), (TOTAL, measured.total)]
    return tuple(row for name, figures in every for row in _rows_of(name, figures))


def _rows_of(name: str, measured: EndpointMeasurement) -> Iterator[Row]:
    rate = format_rate(measured.requests_per_second).removesuffix("/s")
    counts = (str(measured.requests), _failed(measured), str(len(measured.latencies.in_flight)))
    yield (plain(name), *counts, rate, *_times(measured.latencies))
    if _has_service_row(measured):
        in_flight = str(len(measured.service.in_flight))
        yield (SERVICE, "", "", in_flight, "", *_times(measured.service))


def _has_service_row(measured: EndpointMeasurement) -> bool:
    return measured.service is not measured.latencies


def _times(times: Latencies) -> Row:
    return (
        milliseconds(times.mean()),
        milliseconds(times.least()),
        *(milliseconds(times.quantile(q)) for q in (0.50, 0.95, 0.99)),
        milliseconds(times.greatest()),
    )


def _legend(measured: Measurement) -> str:
    within = "" if measured.total.latencies.exact else f" within {format_ratio(WORST_ERROR)}"
    legend = f"Times in milliseconds{within}; Req/s of the steady window."
    if not _has_service_row(measured.total):
        return legend
    return f"{legend} Times count from when a request was due, service from when it was sent."


def _failed(measured: EndpointMeasurement) -> str:
    if not measured.failures:
        return "0"
    return f"{measured.failures} ({format_ratio(measured.failure_ratio)})"


def _failures(measured: Measurement) -> tuple[Failures, ...]:
    every = [
        Failures(cause.count, plain(endpoint.name), plain(cause.text))
        for endpoint in measured.endpoints
        for cause in endpoint.causes
    ]
    return tuple(sorted(every, key=lambda failures: -failures.count))
