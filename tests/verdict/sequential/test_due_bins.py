"""Requests counted against levels: known once old enough, never before, and never twice."""

import pytest

from codeoptix_performance.verdict.sequential.due_bins import Count, DueBins, Finished

LEVEL = 0.5


def filled(*finished, now, in_flight=()):
    bins = DueBins([LEVEL])
    bins.add([Finished(*one) for one in finished])
    bins.close(now, in_flight)
    return bins


@pytest.mark.parametrize(
    ("finished", "in_flight", "now", "count"),
    [
        pytest.param([(0.0, 0.2, False)], [], 1.0, Count(1, 0), id="fast"),
        pytest.param([(0.0, 0.7, False)], [], 1.0, Count(1, 1), id="slow"),
        pytest.param([(0.0, LEVEL, False)], [], 1.0, Count(1, 0), id="on the level"),
        pytest.param([(0.0, 0.1, True)], [], 1.0, Count(1, 1), id="failed fast"),
        pytest.param([], [0.0], 1.0, Count(1, 1), id="in flight and old"),
        pytest.param([], [0.9], 1.0, Count(0, 0), id="in flight and young"),
        pytest.param([(0.8, 0.1, False)], [], 1.0, Count(0, 0), id="fast and young"),
        pytest.param([(-0.1, 0.2, False)], [], 1.0, Count(1, 0), id="due before the start"),
    ],
)
def test_a_request_counts_once_it_is_as_old_as_the_level(finished, in_flight, now, count):
    """Whatever became of it until then; a failed one is slower than any level."""
    assert count == filled(*finished, now=now, in_flight=in_flight).count(LEVEL)


def test_a_request_that_was_overdue_and_ends_later_counts_once():
    """As what it was when its bin was closed: too slow."""
    bins = DueBins([LEVEL])
    bins.close(1.0, [0.0])
    bins.add([Finished(0.0, 1.2, failed=False)])
    bins.close(2.0, [])

    assert Count(1, 1) == bins.count(LEVEL)


def test_looking_often_counts_like_looking_once():
    """The ledger grows by what is new."""
    requests = [
        Finished(number / 20, 0.1 + (number % 7) / 10, number % 11 == 0) for number in range(200)
    ]
    often, once = DueBins([LEVEL]), DueBins([LEVEL])
    told = 0.0
    for step in range(1, 61):
        now = step / 5
        often.add([one for one in requests if told < one.due + one.seconds <= now])
        told = now
        often.close(now, [one.due for one in requests if one.due <= now < one.due + one.seconds])
    once.add(requests)
    once.close(12.0, [])

    assert once.count(LEVEL) == often.count(LEVEL)
    assert once.count(LEVEL, 40) == often.count(LEVEL, 40)


def test_only_bins_from_the_first_asked_for_are_counted():
    """What was due before is left out."""
    bins = filled((0.05, 0.9, False), (0.25, 0.1, False), now=2.0)

    assert Count(2, 1) == bins.count(LEVEL)
    assert Count(1, 0) == bins.count(LEVEL, 1)
    assert Count(0, 0) == bins.count(LEVEL, 99)


def test_the_slowest_is_an_answer_or_one_still_in_flight():
    """Failed ones have no time."""
    assert 0.7 == filled((0.0, 0.7, False), (0.0, 9.0, True), now=1.0).greatest
    assert 1.0 == filled((0.0, 0.7, False), now=1.0, in_flight=[0.0]).greatest
    assert 0.0 == filled(now=1.0).greatest
