"""The warm-up cut: where a slow start ends, and when the run has not settled."""

import random

import pytest

from codeoptix_performance.verdict.sequential.warm_up import Cut, warm_up_cut


def steady(count, *, seed=1, centre=-3.0):
    chance = random.Random(seed)  # noqa: S311 # repeatable, not secret
    return [chance.gauss(centre, 0.1) for _ in range(count)]


def test_a_steady_run_loses_little():
    """A few bins at most, over many runs."""
    cuts = [warm_up_cut(steady(50, seed=seed)).bins for seed in range(40)]

    assert sum(cuts) / len(cuts) < 5


@pytest.mark.parametrize("slow", [3, 8, 12])
def test_a_slow_start_is_cut_off(slow):
    """At its end, give or take a bin."""
    cut = warm_up_cut([-1.0] * slow + steady(40))

    assert slow <= cut.bins <= slow + 3
    assert cut.settled


def test_a_run_that_grows_faster_to_the_end_has_not_settled():
    """The best cut would leave less than half."""
    assert not warm_up_cut([-number / 10 for number in range(40)]).settled


@pytest.mark.parametrize(
    ("means", "cut"),
    [
        pytest.param([], Cut(0, settled=True), id="nothing"),
        pytest.param([None] * 30, Cut(0, settled=True), id="nothing answered"),
        pytest.param([-1.0] * 7, Cut(0, settled=True), id="too short to tell"),
        pytest.param([-1.0] * 30, Cut(0, settled=True), id="all alike"),
    ],
)
def test_where_nothing_can_be_told_nothing_is_cut(means, cut):
    """No error, and no verdict held up."""
    assert cut == warm_up_cut(means)


def test_bins_without_a_request_keep_their_place():
    """The cut counts bins of time, also empty ones: three with a request are six here."""
    means = [-1.0, None, -1.0, None, -1.0, None, *steady(40)]

    assert 6 <= warm_up_cut(means).bins <= 9
