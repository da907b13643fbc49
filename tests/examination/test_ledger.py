"""Acknowledged writes against what is shown: lost, stored, or not to be told."""

from __future__ import annotations

import threading
import time
from collections import deque

import pytest

from codeoptix_performance.examination.ledger import find_lost_writes, find_nothing_stored
from codeoptix_performance.target.endpoint import Endpoint, Request

VOTE = Endpoint("POST", "/polls/{id}/votes", "routes", (Request("POST", "/polls/3/votes"),))
READS = (
    Endpoint("GET", "/health", "routes", (Request("GET", "/health"),)),
    Endpoint("GET", "/polls/{id}", "routes", (Request("GET", "/polls/3"),)),
)
CREATE = Endpoint("POST", "/orders", "routes", (Request("POST", "/orders", (), b'{"name": "a"}'),))
LIST = Endpoint("GET", "/orders", "routes", (Request("GET", "/orders"),))


class Counter:
    """A number that votes change; ``lossy`` reads and writes it in two steps."""

    def __init__(self, *, lossy, step=1):
        self.votes = 1000
        self._lossy, self._step, self._lock = lossy, step, threading.Lock()

    def __call__(self, method, path, _body):
        if method == "POST":
            self._vote()
            return 201, {"ok": True}
        return 200, {"status": "ok"} if path == "/health" else {"id": 3, "votes": self.votes}

    def _vote(self):
        if self._lossy:
            seen = self.votes
            time.sleep(0.005)
            self.votes = seen + self._step
            return
        with self._lock:
            self.votes += self._step


@pytest.mark.parametrize("step", [1, 2, -1])
def test_updates_that_overwrite_each_other_are_lost(step, asking):
    """48 were acknowledged, far fewer are counted."""
    found = find_lost_writes(asking(Counter(lossy=True, step=step)), VOTE, READS)

    assert ("POST /polls/{id}/votes", "GET /polls/{id}") == (found.endpoint, found.shown_by)
    assert ("votes", 48) == (found.count, found.acknowledged)
    assert 0 < found.stored < 40


def clock(_method, _path, _body):
    """Shows what changes with time and not with writes."""
    return 200, {"votes": time.perf_counter_ns() // 1_000_000 % 10_000}


def bounded():
    """Shows how many of the last writes it keeps: a count that reaches its end."""
    kept = deque([0] * 90, maxlen=100)

    def app(method, _path, _body):
        if method == "POST":
            kept.append(1)
        return 200, {"recent": len(kept)}

    return app


def refusing():
    """Takes three writes and refuses all others, as a limit on requests does."""
    taken = []

    def app(method, _path, _body):
        if method == "POST":
            if len(taken) >= 3:
                return 429, {"error": "too many"}
            taken.append(1)
        return 200, {"votes": len(taken)}

    return app


def ids_only():
    """Shows the newest item only, whose id says nothing about how many are stored."""
    lock, last = threading.Lock(), [10]

    def app(method, _path, _body):
        with lock:
            last[0] += 5 if method == "POST" else 0
        return 200, {"id": last[0], "newest": [{"number": last[0]}]}

    return app


@pytest.mark.parametrize(
    "app",
    [
        pytest.param(lambda: Counter(lossy=False), id="one step"),
        pytest.param(lambda: clock, id="a clock"),
        pytest.param(bounded, id="a count with an end"),
        pytest.param(refusing, id="refused writes"),
        pytest.param(ids_only, id="ids"),
    ],
)
def test_nothing_is_called_lost_that_may_not_be(app, asking):
    """Every count that stands still, moves by itself, or has an end is left alone."""
    assert find_lost_writes(asking(app()), VOTE, READS) is None


def orders(*, stored, ids):
    """Acknowledges orders with ``ids`` in turn and shows ``stored`` of them."""
    given = iter(ids)

    def app(method, _path, body):
        return (201, {"id": next(given), **body}) if method == "POST" else (200, stored)

    return app


@pytest.mark.parametrize(
    ("stored", "ids", "found"),
    [
        pytest.param([], (1, 1), True, id="nothing is stored"),
        pytest.param({"orders": []}, (1, 1), True, id="nothing in an object"),
        pytest.param([{"id": 1}], (1, 1), False, id="one item written twice"),
        pytest.param([], (1, 2), False, id="two items, shown elsewhere"),
        pytest.param({"status": "ok"}, (1, 1), False, id="no list"),
    ],
)
def test_acknowledged_items_of_an_empty_collection_are_not_stored(stored, ids, found, asking):
    """Only with one id for two items as well: some collections show what is open, or one's own."""
    result = find_nothing_stored(asking(orders(stored=stored, ids=ids)), CREATE, (LIST,))

    assert found == (result is not None)
