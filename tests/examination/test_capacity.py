"""Which endpoints get a closer look, and beside which canary."""

from __future__ import annotations

from dataclasses import replace

import pytest

from codeoptix_performance.examination.alone import Alone
from codeoptix_performance.examination.capacity import (
    UNKNOWN_PATH,
    Suspect,
    find_canary,
    find_suspects,
    make_sure,
)
from codeoptix_performance.examination.examination import Focus
from codeoptix_performance.examination.stretch import Part, Stretch
from codeoptix_performance.target.endpoint import Endpoint, Request


def endpoint(name):
    method, path = name.split()
    return Endpoint(method, path, "routes", (Request(method, path),))


def part(name, milliseconds):
    seconds = milliseconds / 1000
    return Part(name, 9, 0, 0, seconds, seconds, times=(seconds,) * 9)


def one_user(**milliseconds):
    """What a single user saw: ``GET /a`` and so on with their medians; None was not answered."""
    parts = tuple(
        Part(_name(key), 0, 0, 1, None) if taken is None else part(_name(key), taken)
        for key, taken in milliseconds.items()
    )
    return Alone(Stretch(1, 0.5, parts), parts), tuple(endpoint(each.name) for each in parts)


def _name(key):
    return f"POST /{key[5:]}" if key.startswith("post_") else f"GET /{key}"


class Asked:
    """A prober that takes so many milliseconds for whatever it is asked."""

    def __init__(self, *milliseconds, settles=True):
        self._times = [each / 1000 for each in milliseconds]
        self._settles = settles
        self.asked = []

    def run(self, endpoints, users, seconds, **_):
        self.asked.append((endpoints[0].name, users, seconds))
        found = Part(endpoints[0].name, 1, 0, 0, self._times[0], self._times[0])
        return Stretch(users, seconds, (replace(found, times=tuple(self._times)),))

    def settle(self, *_):
        return self._settles


@pytest.mark.parametrize(
    ("medians", "suspects"),
    [
        pytest.param({"a": 1, "b": 2}, [], id="all are fast"),
        pytest.param({"a": 1, "b": 52}, ["GET /b"], id="one is slow"),
        pytest.param({"a": 40, "b": 52}, ["GET /b", "GET /a"], id="all are slow alike"),
        pytest.param({"a": 40}, ["GET /a"], id="the only one is slow"),
        pytest.param({"a": 1, "b": 52, "post_c": 60}, ["POST /c", "GET /b"], id="slowest first"),
        pytest.param(
            {"a": 1, "b": 20, "c": 30, "d": 40, "e": 50, "f": 60},
            ["GET /f", "GET /e", "GET /d", "GET /c"],
            id="four at most",
        ),
        pytest.param({"a": 1, "b": None}, [], id="one was not answered"),
    ],
)
def test_what_is_slow_for_a_single_user_is_looked_at(medians, suspects):
    """Slow in itself, and beside the quickest thing the app does."""
    alone, endpoints = one_user(**medians)
    canary = find_canary(Asked(0.5), endpoints, alone)

    assert suspects == [each.endpoint.name for each in find_suspects(endpoints, alone, canary)]


@pytest.mark.parametrize(
    ("medians", "unknown_path", "canary"),
    [
        pytest.param({"a": 1, "b": 2, "c": 52}, 0.5, "GET /a", id="the quickest read"),
        pytest.param({"post_a": 1, "b": 2, "c": 52}, 0.5, "GET /b", id="no write"),
        pytest.param({"b": 40, "c": 52}, 0.5, UNKNOWN_PATH.name, id="none is quick"),
        pytest.param({"post_c": 52}, 0.5, UNKNOWN_PATH.name, id="no read"),
        pytest.param({"b": 40, "c": 52}, 45, "GET /b", id="an unknown path is no quicker"),
    ],
)
def test_the_canary_is_the_quickest_read(medians, unknown_path, canary):
    """Or an unknown path: where everything is blocked or dear, even that tells."""
    alone, endpoints = one_user(**medians)

    assert canary == find_canary(Asked(unknown_path), endpoints, alone).endpoint.name


def focus_on(alone):
    return Focus("GET /a", "GET /b", alone, 0.001, 50.0, Stretch(8, 1.0, ()))


def test_few_times_alone_are_not_trusted():
    """More are asked for, and their mean with those there were is the time alone."""
    suspect = Suspect(endpoint("GET /a"), 0.02, 0.01, (0.02, 0.03))
    prober = Asked(200, 250)

    sure = make_sure(prober, focus_on(0.02), suspect)

    assert 0.125 == pytest.approx(sure.alone)
    assert [("GET /a", 1, 0.24)] == prober.asked


def test_an_app_that_does_not_come_to_rest_is_asked_no_more():
    """Its times would be those of its backlog."""
    suspect = Suspect(endpoint("GET /a"), 0.02, 0.01, (0.02,))
    prober = Asked(200, settles=False)

    assert focus_on(0.02) == make_sure(prober, focus_on(0.02), suspect)
    assert [] == prober.asked
