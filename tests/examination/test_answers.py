"""Answers that say they failed with a status of success, and one answer for all."""

from __future__ import annotations

import threading
import time

import pytest

from codeoptix_performance.examination.answers import (
    find_masked_errors,
    find_same_for_all,
    says_failed,
)
from codeoptix_performance.target.asking import Answer
from codeoptix_performance.target.endpoint import Endpoint, Request

LIST = Endpoint("GET", "/courses", "routes", (Request("GET", "/courses"),))
ITEM = Endpoint(
    "GET", "/items/{item_id}", "routes", tuple(Request("GET", f"/items/{n}") for n in (1, 2, 3))
)


@pytest.mark.parametrize(
    ("status", "body", "failed"),
    [
        (200, b'{"success": false, "error": "pool exhausted"}', True),
        (200, b'{"error": "division by zero"}', True),
        (201, b'{"ok": false}', True),
        (200, b'{"errors": {"name": "is required"}}', True),
        (200, b'{"success": true, "error": null}', False),
        (200, b'{"errors": []}', False),
        (200, b'{"error": 0.02}', False),
        (200, b'[{"error": "of a single row"}]', False),
        (200, b"error", False),
        (500, b'{"error": "boom"}', False),
    ],
)
def test_an_answer_says_it_failed_in_words_or_by_a_flag(status, body, failed):
    """Numbers, empty lists and answers that have an error status are none."""
    assert failed == says_failed(Answer(status, body=body))


def pooled(places):
    """Serves so many at a time; the others are told so with status 200."""
    free = threading.Semaphore(places)

    def app(_method, _path, _body):
        if not free.acquire(blocking=False):
            return 200, {"success": False, "error": "pool exhausted"}
        try:
            time.sleep(0.01)
            return 200, {"success": True, "courses": ["soup"]}
        finally:
            free.release()

    return app


def test_errors_behind_status_200_come_out_when_many_ask(asking):
    """A single client never sees them."""
    found = find_masked_errors(asking(pooled(1)), LIST)

    assert ("GET /courses", 24, 200) == (found.endpoint, found.asked, found.status)
    assert 0 < found.count < 24
    assert "pool exhausted" in found.words


def test_what_never_fails_has_no_masked_errors(asking):
    """However many ask."""
    assert find_masked_errors(asking(pooled(100)), LIST) is None


NO_TABLE = {"success": False, "error": "no such table: orders"}
SEARCH = Endpoint("GET", "/search", "openapi", (Request("GET", "/search?q=amber"),))
CREATE = Endpoint("POST", "/courses", "routes", (Request("POST", "/courses", (), b"{}"),))


@pytest.mark.parametrize(
    ("endpoint", "content", "thrown"),
    [
        pytest.param(LIST, NO_TABLE, True, id="a table that is not there"),
        pytest.param(LIST, {"error": "KeyError: 'q'", "courses": []}, True, id="nothing beside it"),
        pytest.param(LIST, {"ok": False, "message": "log in first"}, False, id="no exception"),
        pytest.param(SEARCH, NO_TABLE, False, id="a query of ours"),
        pytest.param(ITEM, NO_TABLE, False, id="an id of ours"),
        pytest.param(CREATE, NO_TABLE, False, id="a body of ours"),
        pytest.param(LIST, {"job": 1, "error": "KeyError: 'q'"}, None, id="the report on a job"),
        pytest.param(LIST, {"status": "up"}, None, id="well"),
    ],
)
def test_errors_that_are_always_there_are_told_from_reports(endpoint, content, thrown, asking):
    """Thrown is what looks like an exception and was asked for nothing that may be wrong."""
    found = find_masked_errors(asking(lambda *_: (200, content)), endpoint)

    assert thrown == (found.thrown if found else None)
    assert found is None or found.always


def test_one_of_several_that_failed_is_what_it_is_for(asking):
    """Of an endpoint for jobs every job must fail."""
    app = asking(lambda _m, path, _b: (200, NO_TABLE if path.endswith("1") else {"job": 2}))

    assert find_masked_errors(app, ITEM) is None


@pytest.mark.parametrize(
    ("words", "found"), [("database is locked", True), ("sold out", False)], ids=["thrown", "said"]
)
def test_of_writes_only_exceptions_are_masked_errors(words, found, asking):
    """A refusal of many may be right."""
    taken = []

    def app(*_):
        taken.append(1)
        return (201, {"id": len(taken)}) if len(taken) < 9 else (200, {"ok": False, "error": words})

    assert found == (find_masked_errors(asking(app), CREATE) is not None)


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        pytest.param(lambda _id: {"id": 1, "name": "Sample"}, True, id="always the first item"),
        pytest.param(lambda own: {"id": own, "name": "Sample"}, False, id="each its own"),
        pytest.param(lambda _id: {"free": True}, False, id="alike, and no item"),
        pytest.param(lambda _id: {"id": 99, "free": True}, False, id="the id of something else"),
    ],
)
def test_one_item_for_every_id_is_a_constant(answer, found, asking):
    """It must name one of the ids as its own: some answers are alike by right."""
    asker = asking(lambda _method, path, _body: (200, answer(int(path.rpartition("/")[2]))))

    assert found == (find_same_for_all(asker, ITEM) is not None)
