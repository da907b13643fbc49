"""Acknowledged creations against the rows of lists, where no count is shown anywhere."""

from __future__ import annotations

import itertools
import queue
import threading
import time
from collections import deque

import pytest

from codeoptix_performance.examination.examination import LostWrites, SharedIds
from codeoptix_performance.examination.ledger import find_lost_writes
from codeoptix_performance.target.endpoint import UNIQUE, Endpoint, Request

BODY = f'{{"text": "note {UNIQUE}"}}'.encode()
CREATE = Endpoint("POST", "/notes", "routes", (Request("POST", "/notes", (), BODY),))
LIST = Endpoint("GET", "/notes", "routes", (Request("GET", "/notes"),))
OTHERS = tuple(Endpoint("GET", p, "routes", (Request("GET", p),)) for p in ("/a", "/b", "/c", "/d"))


class Notes:
    """Keeps notes under a lock; subclasses differ in one step."""

    in_list = staticmethod(lambda rows: rows)

    def __init__(self, at_first=10):
        self.lock = threading.Lock()
        self.ids = itertools.count(1)
        self.rows = [self.made({}) for _ in range(at_first)]

    def made(self, body):
        return {"id": next(self.ids), **body}

    def __call__(self, method, path, body):
        if path != "/notes":
            return 200, {"status": "ok"}
        return self.create(body) if method == "POST" else (200, self.in_list(self.rows))

    def create(self, body):
        row = self.made(body)
        with self.lock:
            self.rows.append(row)
        return 201, row


class FileOfNotes(Notes):
    """Reads all and writes all, as stores in one JSON file do."""

    def create(self, body):
        seen, row = list(self.rows), self.made(body)
        time.sleep(0.005)
        self.rows = [*seen, row]
        return 201, row


class FileInObject(FileOfNotes):
    """The same with the list under a key."""

    in_list = staticmethod(lambda rows: {"data": {"notes": rows}})


@pytest.mark.parametrize(
    ("app", "keys"), [(FileOfNotes, ""), (FileInObject, "data.notes")], ids=["list", "object"]
)
def test_rows_that_overwrite_each_other_are_lost(app, keys, asking):
    """The list grows by fewer than were acknowledged; other reads do not hide it."""
    found = find_lost_writes(asking(app()), CREATE, (*OTHERS, LIST))

    assert isinstance(found, LostWrites)
    assert ("GET /notes", keys, True, 48) == (
        found.shown_by,
        found.count,
        found.is_list,
        found.acknowledged,
    )
    assert 0 < found.stored < 40


class NumberedByLength(Notes):
    """Stores every note, under an id that two of them may get."""

    def made(self, body):
        taken = len(getattr(self, "rows", ())) + 1
        time.sleep(0.005 if body else 0)
        return {"id": taken, **body}


class Coalescing(Notes):
    """Gives whoever asks meanwhile the id of what is being made already, for equal bodies."""

    def made(self, body):
        own = len(getattr(self, "rows", ())) + 1
        time.sleep(0.005 if body else 0)
        return {"id": own, "text": "alike"}


def test_an_id_for_two_items_is_told_where_all_are_stored(asking):
    """Quiet creations get an id each; of many at once some get the same."""
    found = find_lost_writes(asking(NumberedByLength()), CREATE, (LIST,))

    assert isinstance(found, SharedIds)
    assert 48 == found.acknowledged
    assert 0 < found.distinct < 48


def test_equal_bodies_may_be_one_item(asking):
    """Only bodies that differ are surely more than one."""
    same = Endpoint("POST", "/notes", "routes", (Request("POST", "/notes", (), b'{"text": "a"}'),))

    assert find_lost_writes(asking(Coalescing()), same, (LIST,)) is None


class Page(Notes):
    """Shows the newest ten."""

    in_list = staticmethod(lambda rows: rows[-10:])


class Filling(Notes):
    """Shows the newest twenty, of which there are not yet so many."""

    in_list = staticmethod(lambda rows: rows[-20:])


class Capped(Notes):
    """Keeps fifty and lets go of the oldest."""

    def create(self, body):
        answer = super().create(body)
        with self.lock:
            self.rows = self.rows[-50:]
        return answer


class Limited(Notes):
    """Takes six in a tenth of a second, and refuses more."""

    refusal = 429, {"error": "too many requests"}

    def __init__(self):
        super().__init__()
        self.taken = deque([0.0] * 6, maxlen=6)

    def create(self, body):
        with self.lock:
            if time.monotonic() - self.taken[0] < 0.1:
                return self.refusal
            self.taken.append(time.monotonic())
        return super().create(body)


class PolitelyLimited(Limited):
    """The same with status 200."""

    refusal = 200, {"success": False, "message": "slow down"}


class NoDoubles(Notes):
    """Knows a note by its first words, and gives what it has."""

    status = 200

    def create(self, body):
        with self.lock:
            if len(self.rows) > 12:
                return self.status, self.rows[-1]
        return super().create(body)


class Conflicts(NoDoubles):
    """The same, and says so."""

    status = 409


class Importing(Notes):
    """A job adds rows of its own all the time."""

    def __init__(self):
        super().__init__()
        threading.Thread(target=self._import, daemon=True).start()

    def _import(self):
        for _ in range(400):
            time.sleep(0.007)
            super().create({})


class Expiring(Notes):
    """Rows of the last minute, whose oldest go all the time."""

    def __init__(self):
        super().__init__(at_first=400)
        threading.Thread(target=self._expire, daemon=True).start()

    def _expire(self):
        for _ in range(200):
            time.sleep(0.02)
            with self.lock:
                self.rows = self.rows[1:]


class Queued(Notes):
    """Acknowledges at once and stores soon."""

    def __init__(self):
        super().__init__()
        self.waiting = queue.Queue()
        threading.Thread(target=self._store, daemon=True).start()

    def _store(self):
        while True:
            row = self.waiting.get()
            time.sleep(0.004)
            with self.lock:
                self.rows.append(row)

    def create(self, body):
        row = self.made(body)
        self.waiting.put(row)
        return 202, row


@pytest.mark.parametrize(
    "app",
    [
        Notes,
        Page,
        Filling,
        Capped,
        Limited,
        PolitelyLimited,
        NoDoubles,
        Conflicts,
        Importing,
        Expiring,
        Queued,
    ],
)
def test_rows_of_sound_apps_are_not_called_lost(app, asking):
    """They end, are refused, come from elsewhere, go, or come a little later."""
    assert find_lost_writes(asking(app()), CREATE, (LIST,)) is None
