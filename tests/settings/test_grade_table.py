"""The table of grades: its values, what changes them, and what of it is in force."""

from __future__ import annotations

import pytest

from codeoptix_performance.errors import SettingsError
from codeoptix_performance.settings.sources import settings_from

TABLE = {
    "Median": (0.1, 0.2),
    "P95": (0.5, 1.0),
    "P99": (1.0, 2.0),
    "Failure rate": (0.001, 0.01),
}


def table(**words):
    figures = settings_from(words, profile="api").graded_figures
    return {each.target.label: (each.target.value, each.acceptable.value) for each in figures}


def in_force(**words):
    return {limit.source: limit.value for limit in settings_from(words, profile="api").limits}


def test_the_table_without_other_words():
    """Seconds and ratios."""
    assert TABLE == table()


def test_each_value_can_be_changed():
    """Milliseconds or a duration, a ratio or a percentage, as for limits; null is not given."""
    changed = table(
        target_median_response_time=50,
        acceptable_p95_response_time="1.5s",
        target_failure_rate=0,
        acceptable_failure_rate="2%",
        target_p99_response_time=None,
    )
    assert {**TABLE, "Median": (0.05, 0.2), "P95": (0.5, 1.5), "Failure rate": (0, 0.02)} == changed


def test_no_grade_is_in_force_unless_asked_for():
    """The guide's limits hold, and nothing else."""
    guide = {
        "max_avg_response_time": 0.5,
        "max_p95_response_time": 1.0,
        "max_failure_rate": 0.01,
    }
    assert guide == in_force() == in_force(fail_on="limits")


def test_the_stricter_of_a_limit_and_a_grade_is_in_force():
    """Neither is told of twice."""
    assert {
        "max_avg_response_time": 0.5,
        "target_p95_response_time": 0.5,
        "max_failure_rate": 0.0005,
        "target_median_response_time": 0.1,
        "target_p99_response_time": 1.0,
    } == in_force(fail_on="target", max_failure_rate=0.0005)


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        (
            *("target_p99_response_time", 3000),
            "it must not be above acceptable_p99_response_time (2000 ms)",
        ),
        ("acceptable_failure_rate", 0, "target_failure_rate (0.1 %) must not be above it"),
        ("target_rps", 20, "it must not be below acceptable_rps (50/s)"),
        ("acceptable_rps", 200, "target_rps (100/s) must not be below it"),
    ],
)
def test_a_target_easier_than_acceptable_is_refused(key, value, reason):
    """With the value it is compared with."""
    with pytest.raises(SettingsError) as refused:
        settings_from({key: value}, profile="api")
    assert f"context: {key} is {value}; {reason}." == str(refused.value)
