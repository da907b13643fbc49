"""Each endpoint as a single user sees it."""

from __future__ import annotations

import pytest

from codeoptix_performance.examination.alone import Alone, joined, see_alone
from codeoptix_performance.examination.stretch import Part, Stretch
from codeoptix_performance.target.endpoint import Endpoint, Request

ENDPOINTS = tuple(
    Endpoint("GET", path, "routes", (Request("GET", path),), weight=3) for path in ("/a", "/b")
)


def part(name, *seconds, in_flight=0, failures=0):
    middle = sorted(seconds)[len(seconds) // 2] if seconds else None
    least = min(seconds, default=None)
    count = len(seconds) + failures
    return Part(name, count, failures, in_flight, middle, least, times=seconds)


class Mixed:
    """A prober whose mix saw these parts; alone, each endpoint takes ``seconds``."""

    def __init__(self, *parts, seconds):
        self._parts = parts
        self._seconds = seconds
        self.looks = []

    def run(self, endpoints, users, seconds, *, whole=False):
        assert (1, True) == (users, whole)
        if len(endpoints) > 1:
            return Stretch(1, seconds, self._parts)
        self.looks.append((endpoints[0].name, endpoints[0].weight, seconds))
        if self._seconds is None:
            return Stretch(1, seconds, (part(endpoints[0].name, in_flight=1),))
        count = int(seconds / self._seconds) + 1  # the last one is waited for
        return Stretch(1, seconds, (part(endpoints[0].name, *[self._seconds] * count),))


def test_what_the_mix_asked_often_enough_is_asked_no_more():
    """Most apps need nothing else."""
    prober = Mixed(part("GET /a", 0.001, 0.002, 0.003), part("GET /b", 0.1, 0.1, 0.1), seconds=1)

    assert prober._parts == see_alone(prober, ENDPOINTS).parts
    assert [] == prober.looks


@pytest.mark.parametrize("seconds", [0.002, 0.03, 0.2, 0.48])
def test_what_the_mix_left_out_is_asked_by_itself(seconds):
    """Quick or slow, three times at least."""
    prober = Mixed(part("GET /a", *[0.001] * 9), part("GET /b"), seconds=seconds)

    alone = see_alone(prober, ENDPOINTS)

    assert {("GET /b", 1)} == {(name, weight) for name, weight, _ in prober.looks}
    assert 3 <= alone.part("GET /b").requests
    assert seconds == alone.part("GET /b").median
    assert () == alone.unanswered


def test_an_endpoint_that_never_answers_is_told():
    """The age of a request that was cut off is no time it took."""
    prober = Mixed(part("GET /a", *[0.001] * 9), part("GET /b", in_flight=1), seconds=None)

    alone = see_alone(prober, ENDPOINTS)

    assert ("GET /b",) == alone.unanswered
    assert alone.part("GET /b").median is None
    assert 1 == len(prober.looks)


def test_sound_is_what_answered_and_never_failed():
    """As a single user saw it."""
    parts = (part("GET /a", 0.1), part("GET /b", 0.1, failures=1), part("GET /c", in_flight=1))

    assert frozenset({"GET /a"}) == Alone(Stretch(1, 1.0, ()), parts).sound


def test_parts_are_joined_as_if_asked_in_one_go():
    """Counts add up; the median is of all times."""
    both = joined(part("GET /a", 0.4, 0.2, failures=1), part("GET /a", 0.1, in_flight=1))

    assert (4, 1, 1) == (both.requests, both.failures, both.in_flight)
    assert (0.2, 0.1, (0.4, 0.2, 0.1)) == (both.median, both.least, both.times)
