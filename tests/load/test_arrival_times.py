from itertools import pairwise
from statistics import fmean, pstdev

import pytest

from codeoptix_performance.load.arrival_times import arrival_times
from codeoptix_performance.load.plan import Arrivals
from codeoptix_performance.settings.stages import Stage, area_until

RISING = (Stage(0.0, 10.0), Stage(10.0, 110.0, 10.0), Stage(5.0, 20.0))


def test_a_constant_rate_is_evenly_spaced():
    """The first request is due at once, each later one a step after."""
    times = list(arrival_times(Arrivals((Stage(2.0, 5.0),)), seed=0))

    assert [0.2 * number for number in range(10)] == pytest.approx(times)


def test_the_rate_follows_its_stages():
    """By every moment as many have come as the rate adds up to."""
    times = list(arrival_times(Arrivals(RISING), seed=0))

    assert times == sorted(times)
    for moment in (0.5, 3.0, 9.0, 10.0, 12.5, 15.0):
        come = sum(time < moment for time in times)
        assert abs(come - area_until(RISING, moment)) <= 1


def test_poisson_arrivals_are_independent_and_repeatable():
    """Gaps spread as much as they are long; the same seed gives the same moments, another not."""
    plan = Arrivals((Stage(200.0, 50.0),), poisson=True)
    times = list(arrival_times(plan, seed=3))
    gaps = [later - earlier for earlier, later in pairwise(times)]

    assert fmean(gaps) == pytest.approx(0.02, rel=0.05)
    assert pstdev(gaps) == pytest.approx(0.02, rel=0.05)
    assert times == list(arrival_times(plan, seed=3))
    assert times[:5] != list(arrival_times(plan, seed=4))[:5]
