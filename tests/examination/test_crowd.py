"""How long a crowd asks, and for what."""

from __future__ import annotations

import pytest

from codeoptix_performance.examination.crowd import CROWD, crowd
from codeoptix_performance.examination.stretch import Part, Stretch
from codeoptix_performance.target.endpoint import Endpoint, Request

READ, WRITE = (
    Endpoint(method, "/a", "routes", (Request(method, "/a"),), weight)
    for method, weight in (("GET", 3), ("POST", 1))
)
ONE = Stretch(1, 0.4, ())


class Answering:
    """A prober whose stretches finish 90 reads and 30 writes each; keeps how it was asked."""

    def __init__(self):
        self.asked = []
        self.enough = None

    def run(self, endpoints, users, seconds, *, whole=False, enough=None):
        weights = [endpoint.weight for endpoint in endpoints]
        self.asked.append((weights, users, whole))
        self.enough = enough
        parts = [
            Part(endpoint.name, count, 0, 0, 0.01)
            for endpoint, count in zip(endpoints, (90, 30), strict=True)
        ]
        return Stretch(users, seconds, tuple(parts), whole=whole)


@pytest.mark.parametrize(
    ("wanted", "weights"),
    [
        pytest.param({}, [], id="nothing is wanted"),
        pytest.param({"GET /a": 90, "POST /a": 30}, [], id="half a second was enough"),
        pytest.param({"GET /a": 164}, [[3, 1]], id="more reads are wanted"),
        pytest.param({"GET /a": 90, "POST /a": 164}, [[1, 3]], id="more writes are wanted"),
    ],
)
def test_a_crowd_asks_on_for_what_is_wanted(wanted, weights):
    """All endpoints stay in the mixture, since one may be slow only beside another."""
    prober = Answering()

    seen = crowd(prober, (READ, WRITE), ONE, wanted)

    assert [([3, 1], CROWD, True), *((each, CROWD, True) for each in weights)] == prober.asked
    assert bool(weights) == (seen.more is not None)


def test_it_stops_as_soon_as_there_is_enough():
    """What was finished before counts."""
    prober = Answering()

    crowd(prober, (READ, WRITE), ONE, {"POST /a": 164})

    assert [False, True] == [prober.enough([500, 133]), prober.enough([0, 134])]
