"""The design effect: 1 for requests drawn alike and apart, more where slow ones come together."""

import random

import pytest

from codeoptix_performance.verdict.sequential.design_effect import design_effect


def independent(seed, *, bins=100, per_bin=10, share=0.05):
    chance = random.Random(seed)  # noqa: S311 # repeatable, not secret
    return [sum(chance.random() < share for _ in range(per_bin)) for _ in range(bins)]


def test_independent_requests_count_nearly_in_full():
    """The worst of several estimates is a little above one, never below."""
    effects = [design_effect([10] * 100, independent(seed)) for seed in range(30)]

    assert 1.0 <= min(effects)
    assert sorted(effects)[15] < 2.0


def test_slow_requests_that_come_together_count_as_few():
    """Two seconds in twenty in which every second request is slow: a dozen are worth one."""
    exceeding = [5 if number % 100 < 10 else 0 for number in range(200)]

    assert 20 < design_effect([10] * 200, exceeding)


@pytest.mark.parametrize(
    ("observed", "exceeding"),
    [
        pytest.param([], [], id="no bins"),
        pytest.param([0] * 30, [0] * 30, id="no requests"),
        pytest.param([10] * 30, [0] * 30, id="nothing exceeds"),
        pytest.param([10] * 30, [10] * 30, id="everything exceeds"),
        pytest.param([10] * 7, [0, 10, 0, 10, 0, 10, 0], id="too few batches"),
    ],
)
def test_where_nothing_can_be_told_requests_count_in_full(observed, exceeding):
    """One, and no error."""
    assert 1.0 == design_effect(observed, exceeding)


def test_bins_may_hold_different_numbers_of_requests():
    """Slowness in proportion to the traffic is no correlation."""
    observed = [20, 0, 5, 15] * 25
    exceeding = [4, 0, 1, 3] * 25

    assert 1.0 == design_effect(observed, exceeding)
