"""What connections that tell their statements cost an app while nobody listens; side by side.

    python benchmarks/statements.py [ROUNDS]

CPU time of requests given straight to a Flask app, without a server, so that nothing hides the
difference; a second column without gives the noise. Turns are short and alternate.
"""

from __future__ import annotations

import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Flask

from codeoptix_performance.target.inside.statements import tell_statements
from codeoptix_performance.target.statements import keep_statements

ROUNDS, TURN = 300, 5
LOOK_UPS = (0, 1, 5, 50)
Connect = Callable[[str], Any]


def main(rounds: int) -> None:
    """A row for each number of statements a request repeats."""
    print(
        f"{'statements':>10} {'without':>10} {'without':>10} {'with':>10}   CPU µs/request, median"
    )
    with tempfile.TemporaryDirectory() as folder, keep_statements(Path(folder, "told")):
        path = str(Path(folder, "data.db"))
        fill(path)
        told = telling(str(Path(folder, "told")))
        for look_ups in LOOK_UPS:
            ways: tuple[Connect, ...] = (sqlite3.connect, sqlite3.connect, told)
            seen = measured([app_on(path, connect, look_ups) for connect in ways], rounds)
            cells = " ".join(f"{statistics.median(times) * 1e6:10.0f}" for times in seen)
            pairs = zip(seen[0], seen[2], strict=True)
            more = statistics.median(with_it / without - 1 for without, with_it in pairs)
            print(f"{look_ups + 1:10} {cells}   {more:+.1%} within a round")


def telling(path: str) -> Connect:
    """``connect`` as the runner leaves it in an app."""
    names = {"connect": sqlite3.connect, "Connection": sqlite3.Connection, "Cursor": sqlite3.Cursor}
    module = SimpleNamespace(**names)
    tell_statements(module, path)
    assert module.connect is not sqlite3.connect
    connect: Connect = module.connect
    return connect


def fill(path: str) -> None:
    """A table of 500 rows."""
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, text)")
    connection.executemany("INSERT INTO t (text) VALUES (?)", [("x" * 50,)] * 500)
    connection.commit()
    connection.close()


def app_on(path: str, connect: Connect, look_ups: int) -> Callable[[], None]:
    """One request: a connection of its own, a list of 50 rows, and so many look-ups."""
    app = Flask("app")

    @app.get("/rows")
    def rows() -> list[Any]:
        connection = connect(path)
        found: list[Any] = connection.execute("SELECT id, text FROM t LIMIT 50").fetchall()
        for number, _ in found[:look_ups]:
            connection.execute("SELECT text FROM t WHERE id = ?", (number,)).fetchone()
        connection.close()
        return found

    client = app.test_client()

    def ask() -> None:
        assert client.get("/rows").status_code == 200

    return ask


def measured(ways: list[Callable[[], None]], rounds: int) -> list[list[float]]:
    """CPU seconds per request of each way, turn by turn."""
    seen: list[list[float]] = [[] for _ in ways]
    for _ in range(rounds):
        for ask, times in zip(ways, seen, strict=True):
            started = time.process_time()
            for _ in range(TURN):
                ask()
            times.append((time.process_time() - started) / TURN)
    return seen


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
