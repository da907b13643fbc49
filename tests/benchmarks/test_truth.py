"""The truths that tools are compared with, against slow literal transcriptions."""

from random import Random

import pytest

from benchmarks.distribution import nearest_rank
from benchmarks.servers.drawing import GREATEST, LEAST, SHAPES
from benchmarks.stalls import true_quantile


@pytest.mark.parametrize("q", [0.5, 0.79, 0.9, 0.95, 0.99])
@pytest.mark.parametrize(("period", "freeze"), [(10, 2), (4, 1), (6, 3)])
def test_waiting_at_a_freezing_server_is_as_computed(q, period, freeze):
    """Against 100,000 requests that are due evenly over one period."""
    due = [number * period / 100_000 for number in range(100_000)]
    waits = sorted(freeze - at if at < freeze else 0.0 for at in due)

    assert nearest_rank(waits, q) == pytest.approx(true_quantile(q, period, freeze), abs=0.001)


@pytest.mark.parametrize(
    ("q", "expected"),
    [(0.5, 10.0), (0.51, 11.0), (0.95, 19.0), (0.99, 20.0), (1.0, 20.0)],
)
def test_a_percentile_is_the_time_of_its_rank(q, expected):
    """Of 20 times from 1 to 20."""
    assert expected == nearest_rank([float(number) for number in range(1, 21)], q)


@pytest.mark.parametrize("shape", SHAPES)
def test_drawn_times_keep_to_their_bounds(shape):
    """Whatever the shape."""
    random = Random(1)
    drawn = [SHAPES[shape](random) for _ in range(20_000)]

    assert LEAST <= min(drawn)
    assert max(drawn) <= GREATEST


@pytest.mark.parametrize(("shape", "median"), [("log-uniform", 0.020), ("slow-tail", 0.00087)])
def test_drawn_times_lie_where_the_shape_puts_them(shape, median):
    """The geometric mean of 0.2 ms and 2 s; a little above the 0.8 ms of the quick ones."""
    random = Random(1)
    drawn = sorted(SHAPES[shape](random) for _ in range(20_000))

    assert median == pytest.approx(nearest_rank(drawn, 0.5), rel=0.1)
