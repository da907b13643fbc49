"""Limits in words of their own."""

from __future__ import annotations

import pytest

from codeoptix_performance.settings.asked_limits import (
    LIMIT_WORDS,
    are_of_guide_kinds,
    limits_in_force,
)
from codeoptix_performance.settings.thresholds import thresholds

GUIDE = {"max_avg_response_time": 0.5, "max_failure_rate": 0.01}


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("Avg", "max_avg_response_time"),
        ("Median", "max_median_response_time"),
        ("P90", "max_p90_response_time"),
        ("P95", "max_p95_response_time"),
        ("P99", "max_p99_response_time"),
        ("Max", "max_response_time"),
        ("Failure rate", "max_failure_rate"),
        ("Request rate", "min_rps"),
    ],
)
def test_each_word_limits_what_its_name_says(label, key):
    """Every key has a limit, and every limit a name people use."""
    assert label == LIMIT_WORDS[key].limit(key, 1.0).label


def test_a_minimum_is_of_all_requests_together():
    """The request rate of one endpoint follows from its weight, not from the app."""
    limit = LIMIT_WORDS["min_rps"].limit("min_rps", 5.0)
    assert (">=", False) == (limit.operator, limit.each_endpoint)


@pytest.mark.parametrize(
    ("expected", "asked", "written"),
    [
        ({"max_avg_response_time": 0.5, "max_failure_rate": 0.01}, {}, {}),
        (
            {"max_avg_response_time": 0.2, "max_failure_rate": 0.01},
            {"max_avg_response_time": 0.2},
            {},
        ),
        ({"max_failure_rate": 0.01}, {"max_avg_response_time": None}, {}),
        ({}, {"max_avg_response_time": None, "max_failure_rate": None}, {}),
        (
            {"max_avg_response_time": 0.5, "http_req_failed: rate<0.1": 0.1},
            {},
            {"http_req_failed": "rate<0.1"},
        ),
        (
            {
                "max_avg_response_time": 0.5,
                "max_failure_rate": 0.01,
                "http_req_failed{name:/a}: rate<0.1": 0.1,
            },
            {},
            {"http_req_failed{name:/a}": "rate<0.1"},
        ),
    ],
    ids=["guide", "changed", "off", "all-off", "replaced", "added"],
)
def test_the_guides_limits_give_way_only_where_asked(expected, asked, written):
    """Changed by their key, off by null, replaced by a threshold on the whole metric."""
    found = limits_in_force(asked, thresholds(written), GUIDE)
    assert expected == {limit.source: limit.value for limit in found}


def test_only_the_guides_kinds_keep_its_formula():
    """Other values do not matter, other kinds and thresholds do."""
    assert are_of_guide_kinds(limits_in_force({"max_failure_rate": 0.5}, (), GUIDE), GUIDE)
    assert are_of_guide_kinds((), GUIDE)
    assert not are_of_guide_kinds(limits_in_force({"min_rps": 1.0}, (), GUIDE), GUIDE)
