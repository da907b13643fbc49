"""What a bare machine's figures say about a rate and a limit."""

import pytest

from codeoptix_performance.settings.limits import Limit


def test_the_ceiling_is_that_of_the_best_load(machine):
    """More users can be fewer requests."""
    assert (10000.0, 8) == (machine.ceiling, machine.best.users)


@pytest.mark.parametrize(
    ("seconds", "limit"),
    [
        pytest.param(0.0095, ("response_time", "percentile", "<=", 95.0), id="a percentile"),
        pytest.param(0.0099, ("service_time", "percentile", "<", 99.0), id="of service times"),
        pytest.param(0.005, ("response_time", "med", "<", None), id="the median"),
        pytest.param(0.00505, ("response_time", "avg", "<=", None), id="the mean"),
        pytest.param(0.01, ("response_time", "max", "<=", None), id="the greatest"),
        pytest.param(0.0001, ("response_time", "min", "<=", None), id="the least"),
        pytest.param(None, ("response_time", "percentile", ">", 95.0), id="a minimum has no floor"),
        pytest.param(None, ("failure_rate", "rate", "<=", None), id="failures have none"),
    ],
)
def test_the_floor_is_that_of_the_limits_own_statistic(machine, seconds, limit):
    """A maximum has another floor than a median."""
    metric, statistic, compared, percentile = limit

    floor = machine.floor_of(Limit("asked", metric, statistic, compared, 1.0, percentile))

    assert floor == (None if seconds is None else pytest.approx(seconds))
