import math
import random

import pytest

from codeoptix_performance.measurement.latencies import Latencies

NOTHING = Latencies((), 0, ())
TEN = Latencies(tuple(n / 10 for n in range(1, 11)), 0, ())
MIXED = Latencies((0.1, 0.2, 0.3, 0.4), 1, (0.05, 0.5, 3.0))


@pytest.mark.parametrize(
    ("expected", "latencies", "q", "limit"),
    [
        pytest.param(None, NOTHING, 0.5, math.inf, id="nothing finished"),
        pytest.param(None, Latencies((), 0, (1.0,)), 0.5, 2.0, id="one in flight, too young"),
        pytest.param(1.0, Latencies((), 0, (1.0,)), 0.5, 0.5, id="one in flight, overdue"),
        pytest.param(0.5, TEN, 0.5, math.inf, id="the fifth of ten"),
        pytest.param(0.6, TEN, 0.51, math.inf, id="just over the fifth"),
        pytest.param(1.0, TEN, 0.95, math.inf, id="the tenth of ten"),
        pytest.param(1.0, TEN, 1.0, math.inf, id="the greatest"),
        pytest.param(0.1, TEN, 0.0, math.inf, id="the least"),
        pytest.param(0.7, TEN, 0.7, math.inf, id="0.7 times 10 is 7, not a little more"),
        pytest.param(0.3, MIXED, 0.6, math.inf, id="the failure is the slowest"),
        pytest.param(math.inf, MIXED, 0.81, math.inf, id="the failure has no time"),
        pytest.param(3.0, MIXED, 0.7, 1.0, id="one overdue counts with its age"),
        pytest.param(0.5, MIXED, 0.7, 0.4, id="two overdue"),
        pytest.param(math.inf, Latencies((), 3, ()), 0.5, 1.0, id="failures only"),
    ],
)
def test_quantile(expected, latencies, q, limit):
    """Nearest rank, failures infinitely slow, requests in flight if older than the limit."""
    assert expected == latencies.quantile(q, limit)


@pytest.mark.parametrize(
    ("expected", "latencies", "limit"),
    [
        pytest.param((0, 0, 0), NOTHING, 1.0, id="nothing"),
        pytest.param((0, 10, 0), TEN, 1.0, id="on the limit is within it"),
        pytest.param((0, 10, 5), TEN, 0.5, id="five over"),
        pytest.param((1, 6, 2), MIXED, 1.0, id="the failure and the overdue one"),
        pytest.param((2, 7, 4), MIXED, 0.3, id="and one success over"),
        pytest.param((1, 1, 1), Latencies((), 0, (5.0,)), 1.0, id="hung"),
        pytest.param(
            (0, 0, 0), Latencies((), 0, (5.0,)), 5.0, id="as old as the limit says nothing"
        ),
    ],
)
def test_counts(expected, latencies, limit):
    """Overdue, observed and exceeding requests for a limit."""
    found = (latencies.overdue(limit), latencies.observed(limit), latencies.exceedances(limit))

    assert expected == found


@pytest.mark.parametrize(
    ("expected", "latencies", "limit"),
    [
        pytest.param((None, None, None), NOTHING, 1.0, id="nothing"),
        pytest.param((None, None, None), Latencies((), 4, ()), 1.0, id="failures have no time"),
        pytest.param((0.55, 1.0, 0.1), TEN, 1.0, id="ten"),
        pytest.param((0.8, 3.0, 0.1), MIXED, 1.0, id="with an overdue one"),
        pytest.param((0.25, 0.4, 0.1), MIXED, 9.0, id="too young ones left out"),
        pytest.param((5.0, 5.0, None), Latencies((), 0, (5.0,)), 1.0, id="hung only"),
    ],
)
def test_mean_greatest_least(expected, latencies, limit):
    """Mean and greatest of successes and overdue requests; least of successes."""
    found = (latencies.mean(limit), latencies.greatest(limit), latencies.least())

    assert expected == tuple(value if value is None else pytest.approx(value) for value in found)


def _literally(latencies, q, limit):
    """The docstrings, word by word, one request at a time."""
    seconds = list(latencies.successes)
    seconds += [math.inf] * latencies.failures
    seconds += [age for age in latencies.in_flight if age > limit]
    exceeding = sum(1 for taken in seconds if taken > limit)
    timed = [taken for taken in seconds if taken < math.inf]
    quantile = None
    for value in sorted(seconds):
        if quantile is None and sum(1 for taken in seconds if taken <= value) >= q * len(seconds):
            quantile = value
    return (
        len(seconds),
        exceeding,
        quantile,
        sum(timed) / len(timed) if timed else None,
        max(timed, default=None),
    )


def test_against_the_slow_literal_version():
    """On random runs, every figure is that of the definition written out."""
    rng = random.Random(5)  # noqa: S311 # repeatable, not secret
    for _ in range(500):
        successes = sorted(rng.choice((rng.random() * 4, 0.5)) for _ in range(rng.randrange(12)))
        ages = sorted(rng.choice((rng.random() * 9, 0.5)) for _ in range(rng.randrange(4)))
        latencies = Latencies(tuple(successes), rng.randrange(3), tuple(ages))
        limit, q = rng.choice((0.5, 1.0, 3.0)), rng.choice((0.25, 0.5, 0.75, 0.9375))

        found = (
            latencies.observed(limit),
            latencies.exceedances(limit),
            latencies.quantile(q, limit),
            latencies.mean(limit),
            latencies.greatest(limit),
        )

        expected = _literally(latencies, q, limit)
        assert (
            tuple(value if value is None else pytest.approx(value) for value in expected) == found
        )
