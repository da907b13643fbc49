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


@pytest.mark.parametrize(
    "app",
    [
        pytest.param(pooled(100), id="none fails"),
        pytest.param(lambda *_: (200, {"job": 1, "error": "it failed"}), id="what it is for"),
    ],
)
def test_what_a_quiet_answer_says_as_well_is_no_masked_error(app, asking):
    """It may be the report on a job that failed."""
    assert find_masked_errors(asking(app), LIST) is None


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
