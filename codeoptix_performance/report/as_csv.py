"""Locust's four CSV files, column for column, holding this package's exact figures.

The columns and their order are those that Locust 2.47 writes for ``--csv PREFIX``, so tools that
read Locust's files read these. Times are milliseconds to the microsecond. ``N/A`` stands, as in
Locust, where there is no figure, and where more requests failed than a percentile leaves out.
"""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from io import StringIO
from itertools import accumulate
from pathlib import Path

from codeoptix_performance.assessment import Assessment
from codeoptix_performance.measurement.measurement import EndpointMeasurement, Measurement
from codeoptix_performance.report.view import TOTAL

NOT_AVAILABLE = "N/A"
QUANTILES = {
    "50%": 0.50,
    "66%": 0.66,
    "75%": 0.75,
    "80%": 0.80,
    "90%": 0.90,
    "95%": 0.95,
    "98%": 0.98,
    "99%": 0.99,
    "99.9%": 0.999,
    "99.99%": 0.9999,
    "100%": 1.0,
}
STATS = (
    "Type",
    "Name",
    "Request Count",
    "Failure Count",
    "Median Response Time",
    "Average Response Time",
    "Min Response Time",
    "Max Response Time",
    "Average Content Size",
    "Requests/s",
    "Failures/s",
    *QUANTILES,
)
HISTORY = (
    "Timestamp",
    "User Count",
    "Type",
    "Name",
    "Requests/s",
    "Failures/s",
    *QUANTILES,
    "Total Request Count",
    "Total Failure Count",
    "Total Median Response Time",
    "Total Average Response Time",
    "Total Min Response Time",
    "Total Max Response Time",
    "Total Average Content Size",
)
FAILURES = ("Method", "Name", "Error", "Occurrences", "First Seen", "Last Seen")
EXCEPTIONS = ("Count", "Message", "Traceback", "Nodes")

_THIS_NODE = "local"

Cell = str | int | float
Row = tuple[Cell, ...]


def as_csv(assessment: Assessment, *, started_at: float) -> dict[str, str]:
    """The text of each file by the ending of its name, ``_stats.csv`` for example.

    ``started_at`` is when the load began, in seconds since the epoch. Without a measurement the
    files hold their header only.
    """
    measured = assessment.measurement
    return {
        "_stats.csv": _table(STATS, _stats(measured) if measured else ()),
        "_stats_history.csv": _table(HISTORY, _history(measured, started_at) if measured else ()),
        "_failures.csv": _table(FAILURES, _failures(measured) if measured else ()),
        "_exceptions.csv": _table(EXCEPTIONS, _exceptions(measured) if measured else ()),
    }


def write_csv(assessment: Assessment, prefix: str, *, started_at: float) -> tuple[Path, ...]:
    """The files written, ``prefix`` + ending; missing folders are made. May raise ``OSError``."""
    written: list[Path] = []
    for ending, text in as_csv(assessment, started_at=started_at).items():
        path = Path(f"{prefix}{ending}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", errors="backslashreplace", newline="")
        written.append(path)
    return tuple(written)


def _table(header: Row, rows: Iterable[Row]) -> str:
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def _stats(measured: Measurement) -> Iterator[Row]:
    for endpoint in sorted(measured.endpoints, key=lambda each: _method_and_path(each.name)[::-1]):
        yield _stats_row(endpoint, *_method_and_path(endpoint.name))
    yield _stats_row(measured.total, "", TOTAL)


def _stats_row(measured: EndpointMeasurement, method: str, path: str) -> Row:
    times = measured.latencies
    return (
        method,
        path,
        measured.requests,
        measured.failures,
        milliseconds(times.quantile(0.5)),
        milliseconds(times.mean()),
        milliseconds(times.least()),
        milliseconds(times.greatest()),
        round(measured.received_bytes / measured.requests, 3) if measured.requests else 0,
        round(measured.requests_per_second, 6),
        round(measured.failures_per_second, 6),
        *(milliseconds(times.quantile(q)) for q in QUANTILES.values()),
    )


def _history(measured: Measurement, started_at: float) -> Iterator[Row]:
    """One row a second; its percentiles are of that second, its counts of the run so far."""
    requests = accumulate(moment.requests for moment in measured.timeline)
    failures = accumulate(moment.failures for moment in measured.timeline)
    unknown = (NOT_AVAILABLE,) * 5
    for moment, requests_so_far, failures_so_far in zip(
        measured.timeline, requests, failures, strict=True
    ):
        known = {"50%": milliseconds(moment.p50), "95%": milliseconds(moment.p95)}
        yield (
            int(started_at) + moment.second,
            moment.users,
            "",
            TOTAL,
            moment.requests,
            moment.failures,
            *(known.get(column, NOT_AVAILABLE) for column in QUANTILES),
            requests_so_far,
            failures_so_far,
            *unknown,
        )


def _failures(measured: Measurement) -> Iterator[Row]:
    for endpoint in measured.endpoints:
        for cause in endpoint.causes:
            yield (*_method_and_path(endpoint.name), cause.text, cause.count, "", "")


def _exceptions(measured: Measurement) -> Iterator[Row]:
    for sentence, count in Counter(measured.died_users).items():
        yield (count, sentence, "", _THIS_NODE)


def _method_and_path(name: str) -> tuple[str, str]:
    method, _, path = name.partition(" ")
    return method, path


def milliseconds(seconds: float | None) -> Cell:
    """Milliseconds to the microsecond, or ``N/A`` where there is no finite number."""
    if seconds is None or not math.isfinite(seconds):
        return NOT_AVAILABLE
    return round(seconds * 1000, 3)
