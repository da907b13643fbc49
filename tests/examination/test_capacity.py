"""Which endpoints get a closer look, and beside which canary."""

from __future__ import annotations

import pytest

from codeoptix_performance.examination.capacity import choose_canary, find_suspects
from codeoptix_performance.examination.stretch import Part, Stretch
from codeoptix_performance.target.endpoint import Endpoint, Request


def endpoint(name):
    method, path = name.split()
    return Endpoint(method, path, "routes", (Request(method, path),))


def one_user(**milliseconds):
    """A single user's stretch: ``GET /a`` and so on with their medians; None was never asked."""
    parts = tuple(
        Part(_name(key), 0, 0, 0, None)
        if taken is None
        else Part(_name(key), 9, 0, 0, taken / 1000, taken / 1000)
        for key, taken in milliseconds.items()
    )
    return Stretch(1, 0.5, parts), tuple(endpoint(part.name) for part in parts)


def _name(key):
    return f"POST /{key[5:]}" if key.startswith("post_") else f"GET /{key}"


@pytest.mark.parametrize(
    ("medians", "suspects"),
    [
        pytest.param({"a": 1, "b": 2}, [], id="all are fast"),
        pytest.param({"a": 1, "b": 52}, ["GET /b"], id="one is slow"),
        pytest.param({"a": 40, "b": 52}, [], id="all are slow alike"),
        pytest.param({"a": 1, "b": 52, "post_c": 60}, ["POST /c", "GET /b"], id="slowest first"),
        pytest.param({"a": 1, "b": 20, "c": 30, "d": 40}, ["GET /d", "GET /c"], id="two at most"),
        pytest.param({"a": 1, "b": None}, [], id="one was never asked"),
    ],
)
def test_what_is_slow_for_a_single_user_is_looked_at(medians, suspects):
    """Slow in itself, and beside the quickest of the app."""
    one, endpoints = one_user(**medians)

    assert suspects == [suspect.endpoint.name for suspect in find_suspects(endpoints, one)]


@pytest.mark.parametrize(
    ("medians", "canary"),
    [
        pytest.param({"a": 1, "b": 2, "c": 52}, "GET /a", id="the quickest read"),
        pytest.param({"post_a": 1, "b": 2, "c": 52}, "GET /b", id="no write"),
        pytest.param({"post_a": 1, "b": 40, "c": 52}, None, id="none is quick"),
    ],
)
def test_the_canary_is_the_quickest_read(medians, canary):
    """None where no read is quick enough to tell anything."""
    one, endpoints = one_user(**medians)
    suspect = find_suspects(endpoints, one)[0]

    chosen = choose_canary(endpoints, one, suspect)

    assert canary == (chosen.endpoint.name if chosen else None)
