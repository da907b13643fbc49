"""Scores: the guide's formulas to the letter, and the margin formula elsewhere."""

from __future__ import annotations

import itertools
import math
import random

import pytest

from codeoptix_performance.settings.limits import Limit
from codeoptix_performance.verdict.checks import check_limits
from codeoptix_performance.verdict.score import margin, score


def guide_website(entries):
    """The guide's PerformanceEvaluator, word for word, over (times in ms, failures) per name."""
    issues = []
    score = 1.0
    for name, (times, num_failures) in entries.items():
        num_requests = len(times) + num_failures
        if num_requests > 0:
            avg_response_time = sum(times) / len(times)
            max_response_time = max(times)
            if avg_response_time > 1000:
                issues.append(f"{name}: Average response time too high")
                score -= 0.2
            if max_response_time > 5000:
                issues.append(f"{name}: Max response time too high")
                score -= 0.1
            failure_rate = num_failures / num_requests
            if failure_rate > 0.01:
                issues.append(f"{name}: Failure rate too high")
                score -= 0.3
    total_requests = sum(len(times) + failures for times, failures in entries.values())
    if total_requests < 100:
        issues.append("Too few requests completed")
        score -= 0.1
    return max(0.0, score), issues


def guide_api(entries):
    """The guide's APIPerformanceEvaluator with its advanced limit on failures."""
    issues = []
    for name, (times, num_failures) in entries.items():
        num_requests = len(times) + num_failures
        if num_requests > 0:
            avg_time = sum(times) / len(times)
            p95_time = sorted([*times, *[math.inf] * num_failures])[
                math.ceil(0.95 * num_requests) - 1
            ]
            if avg_time > 500:
                issues.append(f"{name}: Avg")
            if p95_time > 1000:
                issues.append(f"{name}: P95")
            if num_failures / num_requests > 0.01:
                issues.append(f"{name}: Failure rate")
    return 1.0 if len(issues) == 0 else max(0.0, 1.0 - len(issues) * 0.15), issues


def random_entries(rng):
    """One to four endpoints, some slow, some failing, some with few requests."""
    return {
        f"GET /{number}": (
            [
                rng.choice([10, 480, 500, 990, 1000, 1010, 4000, 5000, 5200]) + rng.choice([0, 1])
                for _ in range(rng.choice([1, 20, 40, 130]))
            ],
            rng.choice([0, 0, 0, 1, 3]),
        )
        for number in range(rng.randint(1, 4))
    }


@pytest.mark.parametrize(("profile", "formula"), [("website", guide_website), ("api", guide_api)])
def test_the_guides_formula_is_kept_to_the_letter(profile, formula, settings, figures, judged):
    """Three hundred random runs give the guide's score and the guide's ``passed``."""
    rng = random.Random(7)  # noqa: S311 - a seeded table, no secret
    seen = set()
    for _ in range(300):
        entries = random_entries(rng)
        measured = (
            figures(name, [time / 1000 for time in times], failures=failures)
            for name, (times, failures) in entries.items()
        )
        verdict = judged(settings(profile), *measured)
        expected, issues = formula(entries)
        if verdict.outcome == "inconclusive":
            assert profile == "api" or issues == ["Too few requests completed"]
            expected = min(expected, 0.65)
        else:
            assert (not issues) == verdict.passed
        assert round(expected, 2) == verdict.score
        seen.add(verdict.score)
    assert len(seen) > 5


def upper(value):
    return Limit("x", "response_time", "avg", "<=", value)


@pytest.mark.parametrize(
    ("expected", "limit", "value"),
    [
        (0.5, upper(1.0), 1.0),
        (0.75, upper(1.0), 0.5),
        (1.0, upper(1.0), 0.25),
        (1.0, upper(1.0), 0.001),
        (1.0, upper(1.0), 0.0),
        (0.25, upper(1.0), 2.0),
        (0.0, upper(1.0), 4.0),
        (0.0, upper(1.0), 400.0),
        (0.0, upper(1.0), math.inf),
        (1.0, upper(0.0), 0.0),
        (0.0, upper(0.0), 0.1),
        (0.5, Limit("x", "request_rate", "rate", ">=", 50.0), 50.0),
        (0.25, Limit("x", "request_rate", "rate", ">=", 50.0), 25.0),
        (0.75, Limit("x", "request_rate", "rate", ">=", 50.0), 100.0),
        (0.0, Limit("x", "request_rate", "rate", ">=", 50.0), 0.0),
        (1.0, Limit("x", "request_rate", "rate", ">=", 0.0), 5.0),
        (1.0, Limit("x", "failure_rate", "rate", "==", 0.0), 0.0),
        (0.0, Limit("x", "failure_rate", "rate", "==", 0.0), 0.1),
        (0.5, Limit("x", "response_time", "avg", "<", 0.0), 0.0),
    ],
)
def test_a_margin_is_a_quarter_per_doubling(expected, limit, value):
    """Half on the limit, all at four times better, nothing at four times worse."""
    assert expected == pytest.approx(margin(limit, value))


@pytest.mark.parametrize(
    ("expected", "seconds"),
    [(1.0, 0.1), (0.85, 0.25), (0.7, 0.5), (0.48, 0.53), (0.25, 1.0), (0.0, 2.0)],
)
def test_own_limits_are_scored_by_their_worst_margin(expected, seconds, settings, figures, judged):
    """A pass starts at 0.7, a fail ends at half."""
    asked = settings(thresholds={"http_req_duration": ["p(95)<=500", "avg<9000"]})
    verdict = judged(asked, figures("GET /a", [seconds] * 200))
    assert expected == verdict.score
    assert (seconds <= 0.5) == verdict.passed


def test_no_pass_is_below_and_no_fail_above_what_the_host_reads_as_sound(settings, figures, judged):
    """The host calls less than 0.7 weak; own limits never contradict the outcome."""
    asked = settings(thresholds={"http_req_duration": "p(95)<500"})
    for milliseconds in range(100, 1500, 7):
        verdict = judged(asked, figures("GET /a", [milliseconds / 1000] * 200))
        assert (verdict.score >= 0.7) == verdict.passed
        assert verdict.passed or verdict.score <= 0.65


def test_noise_of_a_tenth_never_looks_like_progress(settings, figures, judged):
    """Evolution accepts a gain of 0.05; ten per cent of noise on the same side gives less."""
    asked = settings(thresholds={"http_req_duration": "p(95)<500"})

    def scored(seconds):
        return judged(asked, figures("GET /a", [seconds] * 200)).score

    pairs = [(scored(s), scored(s * 1.1)) for s in (0.13, 0.2, 0.3, 0.4, 0.51, 0.7, 1.0, 1.6)]
    assert all(0 <= better - worse < 0.05 for better, worse in pairs)


@pytest.mark.parametrize("profile", ["website", "api"])
def test_an_inconclusive_run_is_never_scored_as_sound(profile, settings, figures, run):
    """Too little data with fine figures stays under what the host reads as sound."""
    asked = settings(profile)
    measurement = run(figures("GET /a", [0.01] * 5))
    checks = check_limits(asked.limits, measurement)
    assert 0.65 == score(asked, "inconclusive", checks, 5)


def test_a_fail_no_limit_explains_is_never_scored_as_sound(settings):
    """All limits switched off and a hung endpoint: the guide's formula alone would say 1."""
    assert 0.65 == score(settings(), "fail", (), 500)


def test_a_score_is_always_a_ratio(settings, figures, run):
    """Whatever breaks, on however many endpoints."""
    for profile, endpoints in itertools.product(["website", "api"], [1, 3, 30]):
        asked = settings(profile)
        measurement = run(*(figures(f"GET /{n}", [9.0] * 9, failures=9) for n in range(endpoints)))
        checks = check_limits(asked.limits, measurement)
        assert 0.0 <= score(asked, "fail", checks, 9) <= 1.0
