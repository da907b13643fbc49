"""One limit against one endpoint's figures."""

from __future__ import annotations

import math

import pytest

from codeoptix_performance.measurement.measurement import ArrivalsMeasurement
from codeoptix_performance.settings.limits import Limit
from codeoptix_performance.verdict.checks import check_limits, holds, names_endpoint, observe

HUNDRED = [number / 100 for number in range(1, 101)]


def time_limit(statistic, value=1.0, percentile=None):
    return Limit("x", "response_time", statistic, "<=", value, percentile)


@pytest.mark.parametrize(
    ("expected", "limit", "given"),
    [
        (0.95, time_limit("percentile", percentile=95.0), {"successes": HUNDRED}),
        (1.0, time_limit("percentile", percentile=100.0), {"successes": HUNDRED}),
        (0.01, time_limit("percentile", percentile=0.0), {"successes": HUNDRED}),
        (0.5, time_limit("med"), {"successes": HUNDRED}),
        (0.505, time_limit("avg"), {"successes": HUNDRED}),
        (0.01, time_limit("min"), {"successes": HUNDRED}),
        (1.0, time_limit("max"), {"successes": HUNDRED}),
        (
            math.inf,
            time_limit("percentile", percentile=95.0),
            {"successes": [0.1] * 94, "failures": 6},
        ),
        (0.1, time_limit("percentile", percentile=95.0), {"successes": [0.1] * 95, "failures": 5}),
        (
            7.0,
            time_limit("percentile", percentile=95.0),
            {"successes": [0.1] * 94, "in_flight": [7.0] * 6},
        ),
        (
            0.1,
            time_limit("percentile", percentile=95.0),
            {"successes": [0.1] * 94, "in_flight": [0.9] * 6},
        ),
        (2.0, time_limit("avg"), {"successes": [1.0] * 3, "in_flight": [5.0, 0.5]}),
        (5.0, time_limit("max"), {"successes": [0.5], "in_flight": [5.0]}),
        (0.5, time_limit("max"), {"successes": [0.5], "failures": 1}),
        (math.inf, time_limit("max"), {"failures": 1}),
        (math.inf, time_limit("avg"), {"failures": 1}),
        (None, time_limit("avg"), {}),
        (None, time_limit("max"), {"in_flight": [0.5]}),
        (None, time_limit("percentile", percentile=95.0), {}),
        (
            0.25,
            Limit("x", "failure_rate", "rate", "<=", 0.1),
            {"successes": [1] * 3, "failures": 1},
        ),
        (None, Limit("x", "failure_rate", "rate", "<=", 0.1), {}),
        (0.4, Limit("x", "request_rate", "rate", ">=", 5), {"successes": [1] * 4}),
        (4, Limit("x", "requests", "count", ">=", 5), {"successes": [1] * 4}),
        (
            0.2,
            Limit("x", "service_time", "percentile", "<=", 1.0, 95.0),
            {"successes": [2.0] * 3, "service": [0.1, 0.2]},
        ),
        (5.0, Limit("x", "service_time", "max", "<=", 1.0), {"in_flight": [5.0]}),
    ],
)
def test_a_statistic_is_taken_with_failures_and_hung_requests(expected, limit, given, figures):
    """Failures are slower than any quantile's limit; requests in flight count once overdue."""
    observed = observe(limit, figures("GET /a", **given))
    assert expected == (None if observed is None else pytest.approx(observed))


@pytest.mark.parametrize(
    ("expected", "operator", "value"),
    [
        (True, "<=", 1.0),
        (False, "<", 1.0),
        (True, ">=", 1.0),
        (False, ">", 1.0),
        (True, "==", 1.0),
        (False, "!=", 1.0),
        (False, "<=", math.inf),
        (True, "<", 0.999),
    ],
)
def test_operators_mean_what_they_say(expected, operator, value):
    """A figure on the limit keeps ``<=`` and breaks ``<``."""
    assert expected == holds(Limit("x", "response_time", "avg", operator, 1.0), value)


@pytest.mark.parametrize(
    ("expected", "wanted"),
    [(True, "GET /items/{id}"), (True, "/items/{id}"), (False, "GET /items"), (False, "{id}")],
)
def test_an_endpoint_is_named_with_or_without_its_method(expected, wanted):
    """k6 users write the path, ours the method too."""
    assert expected == names_endpoint(wanted, "GET /items/{id}")


@pytest.mark.parametrize(
    ("expected", "changes"),
    [
        (["GET /a", "POST /a", "GET /b"], {"each_endpoint": True}),
        ([None], {}),
        (["GET /a", "POST /a"], {"endpoint": "/a"}),
        (["GET /b"], {"endpoint": "GET /b"}),
        ([], {"endpoint": "/zz"}),
    ],
)
def test_a_limit_is_held_against_all_it_speaks_of(expected, changes, figures, run):
    """Each endpoint by itself, all together, or the one it names."""
    limit = Limit("x", "response_time", "avg", "<=", 1.0, **changes)
    measurement = run(figures("GET /a", [1]), figures("POST /a", [1]), figures("GET /b", [1]))
    assert expected == [check.endpoint for check in check_limits([limit], measurement)]


@pytest.mark.parametrize(
    ("expected", "metric", "arrivals"),
    [
        (12, "dropped_requests", ArrivalsMeasurement(100, 88, 12, 10.0, 8.8, 8.0)),
        (1.2, "dropped_rate", ArrivalsMeasurement(100, 88, 12, 10.0, 8.8, 8.0)),
        (0, "dropped_requests", None),
        (0.0, "dropped_rate", None),
    ],
)
def test_dropped_requests_are_those_of_the_whole_load(expected, metric, arrivals, figures, run):
    """Where users decide when they ask, nothing is dropped."""
    limit = Limit("x", metric, "count", "<", 1.0)
    (check,) = check_limits([limit], run(figures("GET /a", [1]), arrivals=arrivals))
    assert (expected, expected > 0) == (check.value, check.broken)


@pytest.mark.parametrize(
    ("expected", "limit"),
    [
        pytest.param(0.75, time_limit("avg", 2.0), id="a quarter of a maximum"),
        pytest.param(-1.0, time_limit("avg", 0.25), id="twice a maximum"),
        pytest.param(0.25, Limit("x", "request_rate", "rate", ">=", 8), id="above a minimum"),
        pytest.param(-0.5, Limit("x", "request_rate", "rate", ">=", 20), id="half a minimum"),
        pytest.param(None, Limit("x", "requests", "count", "==", 100), id="neither of them"),
        pytest.param(None, Limit("x", "failure_rate", "rate", "<=", 0.0), id="of nothing"),
        pytest.param(None, time_limit("percentile", percentile=95.0), id="without a number"),
    ],
)
def test_the_margin_is_what_was_left_of_the_limit(expected, limit, run, figures):
    """As a share of the limit; negative where it broke."""
    shown = () if limit.statistic == "percentile" else [0.5] * 100
    (check,) = check_limits([limit], run(figures("GET /a", shown)))

    assert expected == check.margin
