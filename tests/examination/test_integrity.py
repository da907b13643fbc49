"""Which endpoints are asked whether their answers are true."""

from __future__ import annotations

import time

import pytest

from codeoptix_performance.examination.integrity import check_integrity
from codeoptix_performance.examination.stretch import Part, Stretch
from codeoptix_performance.target.endpoint import UNIQUE, Endpoint, Request

BODY = f'{{"text": "note {UNIQUE}"}}'.encode()


def endpoint(name):
    method, path = name.split()
    body = None if method == "GET" else BODY
    return Endpoint(method, path, "routes", (Request(method, path, (), body),))


class Shop:
    """Notes in a list, hits that overwrite each other, and writes that nothing shows."""

    def __init__(self):
        self.notes, self.hits = [{"id": 0}], 100

    def __call__(self, method, path, body):
        match method, path:
            case "POST", "/notes":
                self.notes.append(body)
                return 201, {"id": len(self.notes)}
            case "GET", "/notes":
                return 200, self.notes
            case "GET", "/hits":
                return 200, {"hits": self.hits}
            case "PUT", "/hits":
                seen = self.hits
                time.sleep(0.005)
                self.hits = seen + 1
            case "GET", "/broken":
                return 200, {"error": "no such table: x"}
        return 200, {"done": True}


class Prober:
    """Hands out one asker; stands in for a Prober on an app of ours."""

    def __init__(self, asker):
        self.asker = lambda _seconds: asker


@pytest.fixture
def check(asking):
    def checked(*names, slow=()):
        parts = [Part(name, 9, 0, 0, 1.0 if name in slow else 0.001) for name in names]
        one = Stretch(1, 0.4, tuple(parts))
        return check_integrity(Prober(asking(Shop())), tuple(map(endpoint, names)), one)

    return checked


def test_growth_is_that_of_the_first_list_there_is(check):
    """Writes before it that no list shows do not count."""
    found = check("POST /login", "POST /pay", "POST /ping", "POST /notes", "GET /notes")

    assert ["GET /notes"] == [growth.endpoint for growth in found.growth]


def test_updates_are_counted_as_well_as_creations(check):
    """A PUT may add to what a read shows."""
    found = check("PUT /hits", "GET /hits")

    assert ["PUT /hits"] == [lost.endpoint for lost in found.lost_writes]


def test_what_only_fails_is_known_by_its_status(check):
    """It answers 200 all the same."""
    assert {"GET /broken": 200} == check("GET /broken", "GET /hits").only_failing()


def test_what_is_slow_is_not_asked(check):
    """It would use up the time of all others."""
    assert {} == check("GET /broken", "GET /hits", slow=["GET /broken"]).only_failing()
