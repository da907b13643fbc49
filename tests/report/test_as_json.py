"""The result for programs: keys, units, and nothing JSON cannot hold."""

import json
import math
from dataclasses import replace

import pytest

from codeoptix_performance.examination.examination import Examination, StatementsSent
from codeoptix_performance.measurement.bare_machine.figures import BareMachine, ClosedLoad
from codeoptix_performance.measurement.measurement import MachineUse
from codeoptix_performance.report.as_json import as_json, assessment_to_dict
from codeoptix_performance.report.json_figures import number
from codeoptix_performance.verdict.sequential.due_bins import Count
from codeoptix_performance.verdict.sequential.looks import Decision
from codeoptix_performance.verdict.verdict import Capacity, Graded

KEYS = (
    "schema outcome passed score evidence findings target start_failure load limits decisions "
    "endpoints total timeline run resources machine capacity grades doubts coverage skipped "
    "interrupted seconds versions"
).split()


def test_the_result_has_these_keys_in_this_order(failed):
    """A key that goes away or changes its meaning asks for a new schema number."""
    result = assessment_to_dict(failed)

    assert KEYS == list(result)
    assert 1 == result["schema"]


def test_the_verdict_is_told_with_its_findings(failed):
    """A finding's infinite value is null, its finite figures are exact."""
    result = assessment_to_dict(failed)

    assert ("fail", False, 0.85) == (result["outcome"], result["passed"], result["score"])
    assert {
        "id": "latency",
        "outcome": "fail",
        "sentence": "GET /items: P95 1240 ms (limit 1000 ms) at 2 users",
        "endpoint": "GET /items",
        "statistic": "p95",
        "value": 1240.0,
        "limit": 1000.0,
        "unit": "ms",
        "dimension": None,
        "grade": None,
        "line": None,
    } == result["findings"][0]
    assert result["findings"][1]["value"] is None


def test_an_endpoint_is_told_with_exact_figures(failed):
    """Times are milliseconds; a percentile that falls on a failure is null."""
    assert {
        "name": "POST /items",
        "requests": 2,
        "failures": 1,
        "failure_ratio": 0.5,
        "in_flight": 1,
        "requests_per_second": 1.0,
        "failures_per_second": 0.01,
        "min_ms": 200.0,
        "avg_ms": 200.0,
        "median_ms": 200.0,
        "p90_ms": None,
        "p95_ms": None,
        "p99_ms": None,
        "max_ms": 200.0,
        "service": {
            "in_flight": 1,
            "min_ms": 200.0,
            "avg_ms": 200.0,
            "median_ms": 200.0,
            "p90_ms": None,
            "p95_ms": None,
            "p99_ms": None,
            "max_ms": 200.0,
        },
        "causes": [{"text": "HTTP 500 Internal Server Error", "count": 1}],
        "received_bytes": 400,
        "statements": None,
    } == assessment_to_dict(failed)["endpoints"][0]


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (
            StatementsSent("POST /items", 51, "SELECT ?", 50, 50),
            {"per_request": 51, "most_repeated": "SELECT ?", "repeats": 50, "rows": 50},
        ),
        (
            StatementsSent("POST /items", 0, "", 0, 3),
            {"per_request": 0, "most_repeated": None, "repeats": 0, "rows": 3},
        ),
        (StatementsSent("GET /other", 1, "SELECT ?", 1, 0), None),
    ],
)
def test_statements_are_told_with_their_endpoint(sent, told, failed):
    """As an examination counted them."""
    examined = replace(failed, examination=Examination(1.0, statements=(sent,)))

    assert told == assessment_to_dict(examined)["endpoints"][0]["statements"]


def test_the_capacity_is_told_where_the_app_was_examined(failed):
    """Successes per second of many and of one, and what of it kept the limits."""
    capacity = Capacity(16, 640.25, 410.0, None, None, "poor")
    examined = replace(failed, verdict=replace(failed.verdict, capacity=capacity))

    assert assessment_to_dict(failed)["capacity"] is None
    assert {
        "users": 16,
        "requests_per_second": 640.25,
        "requests_per_second_of_one_user": 410.0,
        "growth": 1.561585,
        "requests_per_second_within_limits": None,
        "users_within_limits": None,
        "grade": "poor",
    } == assessment_to_dict(examined)["capacity"]


@pytest.mark.parametrize(("value", "told"), [(1.24, 1240.0), (math.inf, None)])
def test_grades_are_told_in_the_unit_of_their_figure(value, told, failed):
    """No number where more failed than the percentile leaves out."""
    row = failed.settings.graded_figures[1]
    graded = Graded("poor", "GET /items", value, row.target, row.acceptable)

    assert [
        {
            "statistic": "P95",
            "grade": "poor",
            "endpoint": "GET /items",
            "value": told,
            "target": 500.0,
            "acceptable": 1000.0,
            "unit": "ms",
        }
    ] == assessment_to_dict(replace(failed, verdict=replace(failed.verdict, grades=(graded,))))[
        "grades"
    ]


def test_how_long_the_app_took_to_start_is_told(failed):
    """In seconds; null where it was not ours."""
    started = replace(failed, target=replace(failed.target, start_seconds=0.42))

    assert assessment_to_dict(failed)["target"]["start_seconds"] is None
    assert 0.42 == assessment_to_dict(started)["target"]["start_seconds"]


def test_limits_are_told_in_the_units_people_wrote_them_in(failed):
    """Response times are milliseconds here, whatever the package counts in."""
    limits = assessment_to_dict(failed)["limits"]

    assert [(1000.0, "ms"), (0.01, "ratio")] == [(each["value"], each["unit"]) for each in limits]


def test_the_course_of_the_run_is_told_second_by_second(failed):
    """A second in which nothing finished has no percentiles."""
    assert {
        "second": 2,
        "users": 2,
        "requests": 0,
        "failures": 0,
        "in_flight": 1,
        "median_ms": None,
        "p95_ms": None,
    } == assessment_to_dict(failed)["timeline"][2]


def test_an_app_that_did_not_start_is_told_with_its_last_words(not_started):
    """There is no load, no endpoint and no total; the failure says why."""
    result = assessment_to_dict(not_started)

    assert {
        "kind": "did-not-start",
        "sentence": "The app did not start: exit code 1.",
        "exit_code": 1,
        "log_tail": "ModuleNotFoundError: nowhere",
    } == result["start_failure"]
    assert (None, [], None, None) == tuple(
        result[key] for key in ("load", "endpoints", "total", "resources")
    )


@pytest.mark.parametrize("kind", ["failed", "not_started"])
def test_the_text_is_json_that_reads_back_the_same(kind, request):
    """Every value is plain: no NaN, no infinity, no tuple, no path."""
    assessment = request.getfixturevalue(kind)

    assert assessment_to_dict(assessment) == json.loads(as_json(assessment))


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, None), (math.inf, None), (math.nan, None), (3, 3), (0.1 + 0.2, 0.3)],
    ids=["none", "infinity", "nan", "count", "digits that mean nothing"],
)
def test_a_number_is_one_that_json_can_hold(value, expected):
    """Infinity and NaN become null; rounding ends at a millionth."""
    assert expected == number(value)


def test_all_endpoints_together_are_called_as_in_locust(failed):
    """Page, CSV and JSON use one name."""
    assert "Aggregated" == assessment_to_dict(failed)["total"]["name"]


def test_stages_and_arrivals_are_told(arrived, failed):
    """What was asked, what was sent and what succeeded; an infinite percentile is null."""
    run = assessment_to_dict(arrived)["run"]

    assert (None, []) == (
        assessment_to_dict(failed)["run"]["arrivals"],
        assessment_to_dict(failed)["run"]["stages"],
    )
    assert {
        "due": 16,
        "sent": 12,
        "dropped": 4,
        "requested_per_second": 5.333333,
        "achieved_per_second": 4.0,
        "successful_per_second": 3.0,
    } == run["arrivals"]
    assert {
        "from_seconds": 1.0,
        "to_seconds": 3.0,
        "users_planned": 2,
        "users_reached": 2,
        "requests": 7,
        "failures": 1,
        "requested_per_second": 6.0,
        "achieved_per_second": 4.5,
        "successful_per_second": 3.0,
        "median_ms": 14.1,
        "p95_ms": None,
    } == run["stages"][1]
    assert run["times_exact"] is True
    total = assessment_to_dict(arrived)["total"]
    assert (510.0, 10.0, 2, 1) == (
        total["min_ms"],
        total["service"]["min_ms"],
        total["in_flight"],
        total["service"]["in_flight"],
    )


def test_the_standing_of_every_limit_is_told(failed):
    """Decided ones with tier and moment, open ones with what would decide them."""
    p95, failures = failed.settings.limits
    decided = Decision(p95, "GET /items", "fails", Count(8, 2), tier=2, at=5.2, allowed=0.05)
    still_open = Decision(failures, "GET /items", "open", Count(8, 0), allowed=0.01, clean=True)
    verdict = replace(failed.verdict, decisions=(decided, still_open))

    told = assessment_to_dict(replace(failed, verdict=verdict))["decisions"]

    assert [] == assessment_to_dict(failed)["decisions"]
    assert [
        {
            "limit": "max_p95_response_time",
            "statistic": "P95",
            "endpoint": "GET /items",
            "state": "fails",
            "tier": 2,
            "seconds": 5.2,
            "counted": 8,
            "exceeding": 2,
            "in_crowd": 0,
            "allowed_ratio": 0.05,
            "needed": 44,
            "margin_ratio": -0.24,
        },
        {
            "limit": "max_failure_rate",
            "statistic": "Failure rate",
            "endpoint": "GET /items",
            "state": "open",
            "tier": None,
            "seconds": None,
            "counted": 8,
            "exceeding": 0,
            "in_crowd": 0,
            "allowed_ratio": 0.01,
            "needed": 731,
            "margin_ratio": 1.0,
        },
    ] == told


def test_a_limit_that_counts_no_requests_has_no_counts(failed):
    """Neither has one of an endpoint that was not measured a margin."""
    average = replace(failed.settings.limits[0], statistic="avg", percentile=None)
    decided = Decision(average, "GET /none", "passes", Count(0, 0), tier=1, at=2.0)
    verdict = replace(failed.verdict, decisions=(decided,))

    (told,) = assessment_to_dict(replace(failed, verdict=verdict))["decisions"]

    assert (None,) * 5 == tuple(
        told[key] for key in ("counted", "exceeding", "allowed_ratio", "needed", "margin_ratio")
    )


def test_the_machine_is_told(failed, measurement):
    """How busy it was, and what it can do; null for what is not known."""
    use = MachineUse(3.0, 2, 0.25, 0.1, 0.6, 0.5)
    bare = BareMachine("bwrap", (ClosedLoad(8, 10000.0, 2e-5),), (0.001, 0.002, 0.003), 0.01)
    known = replace(measurement, machine=use, bare_machine=bare)

    assert {"used": None, "ceiling": None, "floor": None} == assessment_to_dict(failed)["machine"]
    assert {
        "used": {
            "cores": 2,
            "pressure_ratio": 0.25,
            "stolen_cores": 0.1,
            "others_cores": 0.6,
            "app_waited_seconds": 0.5,
        },
        "ceiling": {
            "requests_per_second": 10000.0,
            "users": 8,
            "generator_ms_per_request": 0.02,
        },
        "floor": {
            "requests": 3,
            "median_ms": 2.0,
            "p95_ms": 3.0,
            "p99_ms": 3.0,
            "max_ms": 3.0,
        },
    } == assessment_to_dict(replace(failed, measurement=known))["machine"]
