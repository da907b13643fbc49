"""How long a crowd asks, and for what."""

from __future__ import annotations

import pytest

from codeoptix_performance.examination.alone import Alone
from codeoptix_performance.examination.crowd import (
    CROWD,
    MOST_STILL,
    at_its_best,
    crowd,
    users_at_knee,
)
from codeoptix_performance.examination.examination import Crowding
from codeoptix_performance.examination.stretch import Part, Stretch
from codeoptix_performance.target.endpoint import Endpoint, Request

READ, WRITE = (
    Endpoint(method, "/a", "routes", (Request(method, "/a"),), weight)
    for method, weight in (("GET", 3), ("POST", 1))
)
ONE = Stretch(1, 1.0, (Part("GET /a", 100, 0, 0, 0.01),))
ALONE = Alone(ONE, ONE.parts)


def anything(_stretch):
    """No limit is set."""
    return True


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
    ("wanted", "stretches"),
    [
        pytest.param({}, 1, id="nothing is wanted"),
        pytest.param({"GET /b": 164}, 1, id="nothing that could be asked"),
        pytest.param({"POST /a": 164}, 2, id="writes are wanted"),
    ],
)
def test_a_crowd_asks_on_for_what_is_wanted(wanted, stretches):
    """All endpoints stay in the mixture, since one may be slow only beside another."""
    prober = Answering()

    seen = at_its_best(prober, (READ, WRITE), crowd(prober, (READ, WRITE), ALONE, anything), wanted)

    assert [([3, 1], CROWD, True), ([1, 1], 5, True)][:stretches] == prober.asked
    assert (stretches == 2) == (seen.at_knee is not None)


@pytest.mark.parametrize(
    ("held_by", "asked"),
    [(16, [16]), (8, [16, 8]), (4, [16, 8, 4]), (1, [16, 8, 4, 2])],
)
def test_a_crowd_grows_smaller_until_limits_hold(held_by, asked):
    """One user was seen before."""
    prober = Answering()

    seen = crowd(prober, (READ, WRITE), ALONE, lambda stretch: stretch.users <= held_by)

    assert asked == [users for _, users, _ in prober.asked]
    assert asked == [stretch.users for stretch in (seen.many, *seen.fewer)]


def test_it_stops_as_soon_as_there_is_enough():
    """Of every endpoint that something is wanted of."""
    prober = Answering()

    at_its_best(prober, (READ, WRITE), Crowding(ONE, ONE), {"POST /a": 164})

    assert [False, True] == [prober.enough([500, 163]), prober.enough([0, 164])]


def test_it_stops_where_everybody_waits():
    """An app that hangs is not waited for until the end."""
    prober = Answering()

    at_its_best(prober, (READ, WRITE), Crowding(ONE, ONE), {"POST /a": 164})

    assert not any(prober.enough([3, 3]) for _ in range(MOST_STILL))
    assert prober.enough([3, 3])
    assert not prober.enough([3, 4])


@pytest.mark.parametrize(
    ("alone", "together", "users"),
    [
        pytest.param(100, 100, 2, id="served one at a time"),
        pytest.param(100, 190, 4, id="on two cores"),
        pytest.param(20, 300, CROWD, id="waiting most of the time: never more than the crowd"),
        pytest.param(100, 50, 2, id="slower in a crowd"),
        pytest.param(0, 100, CROWD, id="nothing was answered alone"),
    ],
)
def test_users_at_the_knee(alone, together, users):
    """Twice as many as are served at a time."""
    one, many = (Stretch(1, 1.0, (Part("GET /a", rate, 0, 0, 0.1),)) for rate in (alone, together))
    assert users == users_at_knee(one, many)
