"""k6's grammar → limits."""

from __future__ import annotations

import pytest

from codeoptix_performance.settings.refusal import RefusedValueError
from codeoptix_performance.settings.thresholds import thresholds


def facts(limit):
    return (limit.metric, limit.statistic, limit.percentile, limit.operator, limit.value)


@pytest.mark.parametrize(
    ("expected", "selector", "expression"),
    [
        (("response_time", "percentile", 95.0, "<", 0.5), "http_req_duration", "p(95)<500"),
        (("response_time", "percentile", 99.9, "<=", 0.7), "http_req_duration", "p(99.9) <= 700"),
        (("response_time", "percentile", 0.0, "<", 0.5), "http_req_duration", "p(0)<500"),
        (("response_time", "avg", None, "<", 0.2), "http_req_duration", " avg < 200 "),
        (("response_time", "med", None, "<", 0.0005), "http_req_duration", "med<.5"),
        (("response_time", "min", None, ">", 0.001), "http_req_duration", "min>1"),
        (("response_time", "max", None, "!=", 1.0), "http_req_duration", "max!=1e3"),
        (("failure_rate", "rate", None, "<", 0.01), "http_req_failed", "rate<0.01"),
        (("failure_rate", "rate", None, "==", 0.0), "http_req_failed", "rate===0"),
        (("failure_rate", "rate", None, "==", 0.0), "http_req_failed", "rate==0"),
        (("requests", "count", None, ">=", 100.0), "http_reqs", "count>=100"),
        (("request_rate", "rate", None, ">", 50.0), "http_reqs", "rate>50"),
        (("requests", "count", None, ">", 5.0), "iterations", "count>5"),
        (("request_rate", "rate", None, ">=", 50.0), "iterations", "rate>=50"),
        (("dropped_requests", "count", None, "<", 1.0), "dropped_iterations", "count<1"),
        (("dropped_rate", "rate", None, "<", 0.5), "dropped_iterations", "rate<0.5"),
        (("service_time", "percentile", 95.0, "<", 0.2), "service_time", "p(95)<200"),
        (("service_time", "max", None, "<", 1.0), "service_time", "max<1000"),
    ],
)
def test_an_expression_becomes_a_limit_in_inner_units(expected, selector, expression):
    """Milliseconds become seconds, the rest stays as it is."""
    (limit,) = thresholds({selector: expression})
    assert expected == facts(limit)
    assert f"{selector}: {expression.strip()}" == limit.source
    assert (None, False) == (limit.endpoint, limit.each_endpoint)


@pytest.mark.parametrize(
    ("endpoint", "selector"),
    [
        ("/api/items", "http_req_duration{name:/api/items}"),
        ("GET /api/items", "http_req_duration{name:GET /api/items}"),
        ("GET /api/items", "http_req_duration{ method:get, name:/api/items }"),
        ("/api/items", "http_req_duration{url:http://localhost:8000/api/items?x=1}"),
        ("/api/items/{id}", "http_req_duration{name:/api/items/{id}}"),
    ],
)
def test_tags_name_one_endpoint(endpoint, selector):
    """k6's name, url and method tags."""
    (limit,) = thresholds({selector: "avg<5"})
    assert endpoint == limit.endpoint


def test_lists_and_long_forms_are_flattened_in_order():
    """k6's long form is read; flags that ask for nothing pass."""
    found = thresholds(
        {
            "http_req_duration": [
                "p(95)<500",
                {"threshold": "avg<200", "abortOnFail": False, "delayAbortEval": None},
            ],
            "http_req_failed": {"threshold": "rate<0.1"},
        }
    )
    assert ["percentile", "avg", "rate"] == [limit.statistic for limit in found]


@pytest.mark.parametrize(
    ("reason", "selector", "written"),
    [
        ("the N of p\\(N\\) must be", "http_req_duration", "p(101)<5"),
        ("the N of p\\(N\\) must be", "http_req_duration", "p(-1)<5"),
        ("the N of p\\(N\\) must be", "http_req_duration", "p(x)<5"),
        ("the N of p\\(N\\) must be", "http_req_duration", "p()<5"),
        ("http_req_duration has avg, min, med, max, p\\(N\\)", "http_req_duration", "p<5"),
        ("http_req_duration has avg, min, med, max, p\\(N\\)", "http_req_duration", "avg(3)<5"),
        ("http_req_duration has avg, min, med, max, p\\(N\\)", "http_req_duration", "rate<5"),
        ("http_req_failed has rate", "http_req_failed", "count<5"),
        ("http_reqs has count, rate", "http_reqs", "value>5"),
        ("an aggregation, a comparison and a plain number", "http_req_duration", "p(95)<500ms"),
        ("an aggregation, a comparison and a plain number", "http_req_failed", "rate<1%"),
        ("an aggregation, a comparison and a plain number", "http_req_duration", "p(95)=<5"),
        ("an aggregation, a comparison and a plain number", "http_req_duration", ""),
        ("its number must not be negative", "http_req_duration", "avg<-1"),
        ("its number must be a ratio from 0 to 1", "http_req_failed", "rate<5"),
        ("measured are http_req_duration", "http_req_waiting", "avg<5"),
        ("dropped_iterations has count, rate", "dropped_iterations", "p(95)<5"),
        ("speaks of the whole load", "dropped_iterations{name:/api/items}", "count<5"),
        ("measured are http_req_duration", "", "count>5"),
        ("its tags must name one endpoint", "http_req_duration{status:200}", "avg<5"),
        ("its tags must name one endpoint", "http_req_duration{}", "avg<5"),
        ("its tags must name one endpoint", "http_req_duration{method:GET}", "avg<5"),
        (
            "'abortOnFail' is not supported",
            "http_reqs",
            {"threshold": "count>5", "abortOnFail": True},
        ),
        ("'zebra' is not supported", "http_reqs", {"threshold": "count>5", "zebra": None}),
        ("it must be a text such as", "http_reqs", 5),
        ("it must be a text such as", "http_reqs", {}),
    ],
)
def test_a_bad_threshold_is_refused_with_what_its_metric_has(reason, selector, written):
    """Before anything is started."""
    with pytest.raises(RefusedValueError, match=reason) as caught:
        thresholds({selector: [written]})
    assert f"[{selector}]" == caught.value.place


def test_thresholds_that_are_no_object_are_refused():
    """A bare expression names no metric."""
    with pytest.raises(RefusedValueError, match="it must be an object such as"):
        thresholds("p(95)<500")
