"""The file in which an app tells its statements: a way out for them, and for nothing else."""

import json
import os
import sqlite3
import stat
from types import SimpleNamespace

import pytest

from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.target.asking import Asker
from codeoptix_performance.target.inside.statements import LONGEST, tell_statements
from codeoptix_performance.target.start import start_app
from codeoptix_performance.target.statements import keep_statements


@pytest.fixture
def path(tmp_path):
    return tmp_path / "statements"


@pytest.fixture
def record(path):
    """The side that asks."""
    with keep_statements(path) as kept:
        yield kept


def removed(path):
    path.unlink()


def cut_short(path):
    os.truncate(path, 0)


def filled(path):
    os.truncate(path, 2**32)


def scribbled_on(path):
    with path.open("ab") as file:
        file.write(b"\xff\xfe\n[1, 2]\nnull\n" + b"[" * 100_000 + b"\n" + b"9" * 10_000 + b"\n")


def replaced_by_a_link(path):
    path.unlink()
    path.symlink_to(path.with_name("other"))
    path.with_name("other").write_text("stays")


def replaced_by_a_pipe(path):
    path.unlink()
    os.mkfifo(path)


SPOILT = (removed, cut_short, filled, scribbled_on, replaced_by_a_link, replaced_by_a_pipe)


@pytest.mark.parametrize("spoil", SPOILT)
def test_an_app_can_spoil_its_own_figures_only(spoil, record, path):
    """Nothing is waited for, raised, or touched beside the file that was there before the app."""
    _, told = record.during(lambda: spoil(path))
    _, again = record.during(lambda: None)

    assert () == told == again
    other = path.with_name("other")
    assert not other.exists() or other.read_text() == "stays"


def test_an_app_that_forges_statements_forges_text_of_bounded_length(record, path):
    """They are words on a page then, as its log is."""
    with path.open("ab") as file:
        lines = [json.dumps("x" * 10 * LONGEST)] * 10

        _, told = record.during(
            lambda: (file.write("".join(f"{line}\n" for line in lines).encode()), file.flush())
        )

    assert {"x" * LONGEST} == set(told)


@pytest.mark.parametrize("spoil", [removed, cut_short, replaced_by_a_link])
def test_an_app_that_spoils_the_file_first_has_its_sqlite_all_the_same(spoil, record, path):
    """It is not counted then."""
    spoil(path)
    module = SimpleNamespace(connect=sqlite3.connect)

    tell_statements(module, str(path))

    assert sqlite3.connect is module.connect
    assert not record.is_kept


APP = """
import os
import sqlite3
import stat
from http.server import BaseHTTPRequestHandler, HTTPServer
from socketserver import ForkingMixIn, ThreadingMixIn

connection = sqlite3.connect("data.db", check_same_thread=False)
connection.execute("CREATE TABLE t (id INTEGER)")
connection.commit()

class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/items":
            connection.execute("SELECT * FROM t").fetchall()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"[]")

class Server({mixin}, HTTPServer):
    daemon_threads = True

Server(("", int(os.environ.get("PORT", "8000"))), Answer).serve_forever()
"""


@pytest.mark.parametrize("mixin", ["ThreadingMixIn", "ForkingMixIn"])
@pytest.mark.parametrize("sandbox", ["auto", "limits", "none"])
def test_statements_leave_every_sandbox(mixin, sandbox):
    """From a thread for each connection, and from a process."""
    settings = Settings(code=APP.replace("{mixin}", mixin), sandbox=sandbox)
    with (
        start_app(settings) as app,
        Asker(app.base_url, seconds_each=10, seconds_in_all=10, doorway=app.doorway) as asker,
    ):
        answer, told = app.statements.during(lambda: asker.get("/items"))
        _, none = app.statements.during(lambda: asker.get("/"))
        file = app.process.folder / "home" / ".codeoptix-performance-statements"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600

    assert (200, ("SELECT * FROM t",), ()) == (answer.status, told, none)


def test_a_command_is_left_alone(tmp_path):
    """Its interpreter is not started by us, so nothing is known of its statements."""
    (tmp_path / "app.py").write_text(APP.replace("{mixin}", "ThreadingMixIn"))

    with start_app(Settings(command="python app.py", workspace=tmp_path)) as app:
        assert app.statements is None
        assert [] == list((app.process.folder / "home").glob("*statements"))
