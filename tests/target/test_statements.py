"""SQL statements on their way out of an app: told where they can be, and to nobody's harm."""

import functools
import sqlite3
import threading
import traceback
from types import SimpleNamespace

import pytest

from codeoptix_performance.target.inside.statements import (
    LISTENING,
    LONGEST,
    MOST_BYTES,
    PAGE_BYTES,
    tell_statements,
)
from codeoptix_performance.target.statements import keep_statements

SQL = "SELECT 1"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "statements"


@pytest.fixture
def record(path):
    """The side that asks."""
    with keep_statements(path) as kept:
        yield kept


@pytest.fixture
def sqlite(record, path):
    """A ``sqlite3`` whose connections tell; the test's own stays as it is."""
    assert not record.is_kept
    names = {"connect": sqlite3.connect, "Connection": sqlite3.Connection, "Cursor": sqlite3.Cursor}
    module = SimpleNamespace(**names)
    tell_statements(module, str(path))
    assert record.is_kept
    return module


class OwnConnection(sqlite3.Connection):
    """As an app may make one, to keep something with it."""

    name = "own"


class OwnCursor(sqlite3.Cursor):
    """As Django makes one, to change statements on their way."""

    def execute(self, query, params=()):
        return super().execute(query.replace("%s", "?"), params)


class OwnCursorsConnection(sqlite3.Connection):
    """Makes its cursors in its own way."""

    def cursor(self):
        return super().cursor(OwnCursor)


WAYS = {
    "by the connection": lambda one: one.execute(SQL),
    "with parameters": lambda one: one.execute("SELECT ?", (1,)),
    "by a cursor": lambda one: one.cursor().execute(SQL),
    "by a cursor of the app's own": lambda one: one.cursor(OwnCursor).execute("SELECT %s", [1]),
    "by such a cursor, by name": lambda one: one.cursor(factory=OwnCursor).execute(
        query="SELECT %s", params=[1]
    ),
    "many at once": lambda one: one.executemany("INSERT INTO t VALUES (?)", [(1,), (2,)]),
    "many at once, by a cursor": lambda one: one.cursor().executemany(
        "INSERT INTO t VALUES (?)", [(1,), (2,)]
    ),
    "without a name of its own": lambda one: functools.partial(one.execute, SQL)(),
}


@pytest.mark.parametrize("send", WAYS.values(), ids=WAYS)
def test_a_statement_is_told_once_whichever_way_it_is_sent(send, sqlite, record):
    """Its text is the one that the app gave, and the app gets what it would get."""
    connection = sqlite.connect(":memory:")
    connection.execute("CREATE TABLE t (id)")

    cursor, told = record.during(lambda: send(connection))
    connection.close()

    assert 1 == len(told)
    assert told[0].startswith(("SELECT", "INSERT"))
    assert isinstance(cursor, sqlite3.Cursor)


CONNECTIONS = {
    "usual": ({}, 2),
    "of the app's own class": ({"factory": OwnConnection}, 2),
    "with cursors of its own": ({"factory": OwnCursorsConnection}, 0),
    "of a function": ({"factory": lambda name, **_options: sqlite3.connect(name)}, 0),
}


@pytest.mark.parametrize(("options", "count"), CONNECTIONS.values(), ids=CONNECTIONS)
def test_connections_of_every_kind_work_as_before(options, count, sqlite, record):
    """What a class does in its own way is left to it."""
    connection = sqlite.connect(":memory:", **options)
    connection.row_factory = sqlite3.Row

    rows, told = record.during(
        lambda: [connection.execute(SQL).fetchone()[0], connection.cursor().execute(SQL).fetchone()]
    )
    connection.close()

    assert [1, 1] == [rows[0], rows[1]["1"]]
    assert (SQL,) * count == told
    assert isinstance(connection, sqlite3.Connection)
    assert type(connection).__name__ in {"Connection", "OwnConnection", "OwnCursorsConnection"}


def test_an_error_is_the_apps_as_before(sqlite, record):
    """The same exception with the same words, and no line of ours in its traceback."""
    connection = sqlite.connect(":memory:")

    def send():
        with pytest.raises(sqlite3.OperationalError, match="no such table: nowhere") as caught:
            connection.execute("SELECT * FROM nowhere")
        return "".join(traceback.format_exception(caught.value))

    words, told = record.during(send)
    connection.close()

    assert ("SELECT * FROM nowhere",) == told
    assert "inside" not in words


def test_an_apps_own_trace_stays(sqlite, record):
    """Nothing of SQLite's own is used up."""
    seen = []
    connection = sqlite.connect(":memory:")
    connection.set_trace_callback(seen.append)

    _, told = record.during(lambda: connection.execute(SQL))
    connection.close()

    assert [SQL] == seen == list(told)


def test_nothing_is_told_while_nobody_listens(sqlite, record, path):
    """What is sent between two questions belongs to neither."""
    connection = sqlite.connect(":memory:")
    connection.execute("SELECT 'before'")
    _, first = record.during(lambda: connection.execute("SELECT 'first'"))
    connection.execute("SELECT 'between'")
    _, second = record.during(lambda: connection.execute("SELECT 'second'"))
    connection.close()

    assert (("SELECT 'first'",), ("SELECT 'second'",)) == (first, second)
    assert 0 == path.read_bytes()[LISTENING]


def test_threads_that_share_a_connection_do_not_stand_still(sqlite, record):
    """With SQLite's own trace they do: it waits for the interpreter, the connection locked."""
    connection = sqlite.connect(":memory:", check_same_thread=False)
    connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, text)")
    connection.executemany("INSERT INTO t (text) VALUES (?)", [("x" * 50,)] * 100)

    def read(number):
        statement = "SELECT * FROM t WHERE id = ?".ljust(40 + number)  # none shares a prepared one
        for _ in range(200):
            connection.execute(statement, (number,)).fetchall()

    threads = [threading.Thread(target=read, args=(n,), daemon=True) for n in range(4)]

    def run():
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)

    _, told = record.during(run)
    connection.close()

    assert not any(thread.is_alive() for thread in threads)
    assert 4 * 200 == len(told)


def test_long_statements_and_many_are_cut_off(sqlite, record, path):
    """The file stays small whatever is sent."""
    connection = sqlite.connect(":memory:")
    long = f"SELECT '{'é' * 2 * LONGEST}'"

    _, told = record.during(lambda: [connection.execute(long) for _ in range(2000)])
    connection.close()

    assert {long[:LONGEST]} == set(told)
    assert 100 < len(told) < 2000
    assert path.stat().st_size < MOST_BYTES + PAGE_BYTES + 8 * LONGEST
