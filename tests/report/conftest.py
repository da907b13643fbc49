"""Assessments with fixed figures, to be laid out in every format."""

from dataclasses import replace

import pytest

from codeoptix_performance.assessment import Assessment
from codeoptix_performance.errors import StartFailure
from codeoptix_performance.load.plan import LoadPlan, steady_users
from codeoptix_performance.measurement.latencies import Latencies
from codeoptix_performance.measurement.measurement import (
    ArrivalsMeasurement,
    Cause,
    Doubt,
    EndpointMeasurement,
    Measurement,
    Moment,
    Resources,
    StageMeasurement,
)
from codeoptix_performance.settings.limits import Limit
from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.target.endpoint import Endpoint, Request, Skipped
from codeoptix_performance.target.sandbox.isolation import Isolation
from codeoptix_performance.target.target import AppExit, Target
from codeoptix_performance.verdict.verdict import Finding, Verdict

LIST = Endpoint("GET", "/items", "openapi", (Request("GET", "/items"),), weight=3)
CREATE = Endpoint("POST", "/items", "openapi", (Request("POST", "/items", body=b"{}"),))


def endpoint_measurement(name, successes, causes, in_flight, *, rate, size):
    """Figures of one endpoint; its failures are those of its causes."""
    failures = sum(cause.count for cause in causes)
    latencies = Latencies(tuple(sorted(successes)), failures, tuple(in_flight))
    return EndpointMeasurement(
        name=name,
        requests=len(successes) + failures,
        failures=failures,
        latencies=latencies,
        service=latencies,
        causes=tuple(causes),
        received_bytes=size,
        requests_per_second=rate,
        failures_per_second=rate / 100 if failures else 0.0,
    )


@pytest.fixture
def measurement():
    """Eight sound requests to list, two to create of which one failed, one in flight."""
    listed = [0.010, 0.011, 0.012, 0.013, 0.014, 0.015, 0.1234567, 1.24]
    cause = Cause("HTTP 500 Internal Server Error", 1)
    return Measurement(
        duration=3.0,
        steady_from=1.0,
        steady_to=3.0,
        users_planned=2,
        users_reached=2,
        total=endpoint_measurement("Total", [*listed, 0.2], [cause], [2.5], rate=5.0, size=2400),
        endpoints=(
            endpoint_measurement("POST /items", [0.2], [cause], [2.5], rate=1.0, size=400),
            endpoint_measurement("GET /items", listed, (), (), rate=4.0, size=2000),
        ),
        timeline=(
            Moment(0, 1, 3, 0, 0, 0.011, 0.012),
            Moment(1, 2, 7, 1, 1, 0.0141, 1.24),
            Moment(2, 2, 0, 0, 1, None, None),
        ),
        resources=Resources(12, 50 * 2**20, 64 * 2**20, 60 * 2**20, 0.254),
        app_exit=None,
        doubts=(
            Doubt(
                "generator-busy", "The generator was busy.", "Use a quieter machine.", spoils=True
            ),
        ),
        died_users=("A user died: KeyError('id')", "A user died: KeyError('id')"),
        interrupted=False,
    )


@pytest.fixture
def failed(measurement):
    """A verdict of fail on a measured app."""
    sentence = "GET /items: P95 1240 ms (limit 1000 ms) at 2 users"
    return Assessment(
        settings=Settings(
            run_time_given=True,
            url="http://127.0.0.1:8000",
            limits=(
                Limit(
                    "max_p95_response_time",
                    "response_time",
                    "percentile",
                    "<=",
                    1.0,
                    percentile=95.0,
                    each_endpoint=True,
                ),
                Limit("max_failure_rate", "failure_rate", "rate", "<=", 0.01, each_endpoint=True),
            ),
        ),
        verdict=Verdict(
            "fail",
            0.85,
            (
                Finding("latency", "fail", sentence, "GET /items", "p95", 1240.0, 1000.0, "ms"),
                Finding(
                    "failures", "fail", "Half failed.", "POST /items", None, float("inf"), 0.01
                ),
            ),
            (sentence, "Half failed."),
        ),
        seconds=4.25,
        target=Target(
            "http://127.0.0.1:8000",
            "FastAPI app in main.py",
            (LIST, CREATE),
            (Skipped("DELETE /items/{id}", "no id to delete was found"),),
            isolation=Isolation("limits", ("end",), "In a process group of its own."),
        ),
        plan=LoadPlan(
            "http://127.0.0.1:8000", (LIST, CREATE), steady_users(2, 2.0, 3.0), (0.5, 2.0), 10.0, 0
        ),
        measurement=measurement,
    )


@pytest.fixture
def arrived(failed, measurement):
    """The same as an open load in two stages: response times count from when requests were due."""
    total = measurement.total
    late = Latencies(tuple(second + 0.5 for second in total.latencies.successes), 2, (3.0, 2.5))
    return replace(
        failed,
        measurement=replace(
            measurement,
            total=replace(total, latencies=late, service=total.latencies),
            arrivals=ArrivalsMeasurement(16, 12, 4, 5.3333333, 4.0, 3.0),
            stages=(
                StageMeasurement(0.0, 1.0, 2, 1, 3, 0, 4.0, 3.0, 3.0, 0.011, 0.012),
                StageMeasurement(1.0, 3.0, 2, 2, 7, 1, 6.0, 4.5, 3.0, 0.0141, float("inf")),
            ),
        ),
    )


@pytest.fixture
def not_started():
    """A verdict on an app that ended before it answered."""
    sentence = "The app did not start: exit code 1."
    return Assessment(
        settings=Settings(code="import nowhere"),
        verdict=Verdict("fail", 0.0, (Finding("did-not-start", "fail", sentence),), (sentence,)),
        seconds=0.42,
        start_failure=StartFailure("did-not-start", sentence, 1, "ModuleNotFoundError: nowhere"),
    )


@pytest.fixture
def app_exit():
    """An app killed for its memory."""
    return AppExit(-9, out_of_memory=True, log_tail="Killed")
