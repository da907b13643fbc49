"""The evidence: known figures, symmetry, and the promise that chance alone rarely decides."""

import math
import random

import pytest

from codeoptix_performance.verdict.sequential.evidence_value import (
    LEVEL,
    bar,
    clean_requests,
    log_evidence,
    log_evidence_of_mean,
    requests_needed,
)


@pytest.mark.parametrize(
    ("allowed", "needed"),
    [
        pytest.param(0.5, 20, id="median"),
        pytest.param(0.1, 89, id="P90"),
        pytest.param(0.05, 164, id="P95"),
        pytest.param(0.01, 731, id="P99, or 1 % failures"),
        pytest.param(0.005, 1429, id="half a percent"),
        pytest.param(0.001, 6971, id="P99.9"),
        pytest.param(0.0, None, id="no number proves that nothing ever fails"),
    ],
)
def test_clean_requests_that_prove_a_share(allowed, needed):
    """The documented numbers of requests without one exceeding."""
    assert needed == clean_requests(allowed)


@pytest.mark.parametrize("allowed", [0.5, 0.1, 0.05, 0.01])
def test_the_number_of_clean_requests_is_the_first_that_decides(allowed):
    """One fewer is not enough."""
    needed = clean_requests(allowed)

    assert log_evidence(needed - 1, 0, allowed) < bar() <= log_evidence(needed, 0, allowed)


@pytest.mark.parametrize(("allowed", "needed"), [(0.5, 20), (0.1, 8), (0.05, 6), (0.01, 4)])
def test_requests_that_all_exceed_decide_at_once(allowed, needed):
    """A handful is enough where nothing keeps the limit."""
    assert log_evidence(needed - 1, needed - 1, allowed) < bar()
    assert bar() <= log_evidence(needed, needed, allowed)


@pytest.mark.parametrize(
    ("observed", "exceeding", "allowed", "needed"),
    [
        pytest.param(40, 1, 0.05, 1160, id="half of what is allowed"),
        pytest.param(50, 5, 0.05, 461, id="twice of what is allowed"),
        pytest.param(100, 5, 0.05, None, id="on the limit"),
        pytest.param(100, 0, 0.0, None, id="nothing may exceed, and nothing did"),
        pytest.param(100, 3, 0.0, None, id="nothing may exceed, and something did"),
    ],
)
def test_requests_needed_at_the_share_seen(observed, exceeding, allowed, needed):
    """How many would decide, if they went on like this; None where no number would."""
    found = requests_needed(observed, exceeding, allowed)

    assert found == needed if needed is None else abs(found - needed) <= 10


def test_evidence_is_none_before_anything_was_seen():
    """Nothing speaks for or against."""
    assert 0.0 == pytest.approx(log_evidence(0, 0, 0.05))


def test_a_true_share_on_the_limit_is_hardly_ever_decided_however_often_one_looks():
    """Looking after each of 1000 requests, at most LEVEL of runs may ever be decided."""
    chance, runs, level = random.Random(1), 400, 0.05  # noqa: S311 # repeatable, not secret
    ever = 0
    for _ in range(runs):
        exceeding = 0
        for observed in range(1, 1001):
            exceeding += chance.random() < 0.05
            if log_evidence(observed, exceeding, 0.05) >= math.log(1 / level):
                ever += 1
                break

    assert ever <= level * runs
    assert bar() == pytest.approx(math.log(1 / LEVEL))


@pytest.mark.parametrize(("tests", "more"), [(1, 1), (12, 12)])
def test_more_limits_need_more_evidence_each(tests, more):
    """As many as could be wronged share the one chance of error."""
    assert math.exp(bar(tests)) == pytest.approx(more / LEVEL)


@pytest.mark.parametrize(
    "deviations",
    [
        pytest.param([], id="none"),
        pytest.param([-1.0, -1.1] * 3, id="fewer than eight"),
        pytest.param([0.0] * 20, id="all on the limit"),
        pytest.param([-1.0, 1.0] * 10, id="about the limit"),
    ],
)
def test_batches_that_prove_nothing(deviations):
    """Too few, or not off the limit."""
    assert log_evidence_of_mean(deviations) <= 0.0


@pytest.mark.parametrize("sign", [-1, 1])
def test_batches_all_on_one_side_decide(sign):
    """Also where all are alike, which leaves no variance."""
    assert bar() < log_evidence_of_mean([sign * (5.0 + number % 3) for number in range(15)])
    assert bar() < log_evidence_of_mean([sign * 5.0] * 15)


def test_batches_that_resemble_their_neighbours_count_as_fewer():
    """The same values in long swings tell less than shuffled."""
    swings = [10.0 + 8 * math.sin(number / 3) for number in range(28)]
    shuffled = random.Random(3).sample(swings, len(swings))  # noqa: S311 # repeatable, not secret

    assert log_evidence_of_mean(swings) < log_evidence_of_mean(shuffled) / 2


def test_means_on_the_limit_are_hardly_ever_decided_however_often_one_looks():
    """Looking after each of 40 batches, at most 5 % of runs may ever be decided at 5 %."""
    chance, runs, level = random.Random(2), 300, 0.05  # noqa: S311 # repeatable, not secret
    ever = 0
    for _ in range(runs):
        batches = []
        for _ in range(40):
            batches.append(chance.gauss(0.0, 0.5))
            if log_evidence_of_mean(batches) >= math.log(1 / level):
                ever += 1
                break

    assert ever <= level * runs
