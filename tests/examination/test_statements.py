"""How statements are told apart, and how many a request of a real app sends."""

from __future__ import annotations

import json
from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from codeoptix_performance.examination.statements import (
    LONGEST_TEXT,
    count_statements,
    shape_of,
    shortened,
)
from codeoptix_performance.examination.stretch import Part, Prober, Stretch
from codeoptix_performance.load.locust_engine import LocustEngine
from codeoptix_performance.settings.sources import settings_from
from codeoptix_performance.target.endpoint import Endpoint, Request
from codeoptix_performance.target.inside.statements import IN_USE, LISTENING
from codeoptix_performance.target.open import open_target
from codeoptix_performance.target.statements import keep_statements
from codeoptix_performance.verdict.examined.statements import find_n_plus_one
from tests.twin_table import KINDS, PAIRS


@pytest.mark.parametrize(
    ("statement", "shape"),
    [
        ("SELECT * FROM t WHERE id = 3", "SELECT * FROM t WHERE id = ?"),
        ("SELECT * FROM t\n  WHERE  id = ?1 ", "SELECT * FROM t WHERE id = ?"),
        ("SELECT * FROM t WHERE n = 'it''s -- 5'", "SELECT * FROM t WHERE n = ?"),
        ("SELECT * FROM t WHERE n = :name AND m = @m", "SELECT * FROM t WHERE n = ? AND m = ?"),
        ('SELECT "a 1".b FROM "a 1" WHERE c = %s', 'SELECT "a 1".b FROM "a 1" WHERE c = ?'),
        ("SELECT `x:y` FROM [t 2] WHERE c = %(c)s", "SELECT `x:y` FROM [t 2] WHERE c = ?"),
        ("SELECT t1.a FROM t1 WHERE x IN (1, 2,3)", "SELECT t1.a FROM t1 WHERE x IN (?)"),
        ("SELECT a FROM t WHERE x IN (?,?)", "SELECT a FROM t WHERE x IN (?)"),
        ("INSERT INTO t VALUES (1, 'a'), (2, x'FF')", "INSERT INTO t VALUES (?)"),
        ("SELECT 1.5e3, -0x1F /* route:\nhome */ FROM t -- 7", "SELECT ?, -? FROM t"),
        ("SELECT 'never closed", "SELECT 'never closed"),
        ("", ""),
    ],
)
def test_statements_that_differ_in_values_only_are_one(statement, shape):
    """Values are literals, parameters of any style, and lists of either."""
    assert shape == shape_of(statement)
    assert shape == shape_of(shape)


LONG = '"id", "title", "the date it was published", "a very long name of another column"'


@pytest.mark.parametrize(
    ("shape", "short"),
    [
        ("SELECT a FROM t", "SELECT a FROM t"),
        ("SELECT LONG FROM t WHERE id = ?".replace("LONG", LONG), "SELECT … FROM t WHERE id = ?"),
        ("SELECT " + "x" * 200, "SELECT " + "x" * 72 + "…"),
    ],
)
def test_a_statement_is_shortened_where_it_tells_least(shape, short):
    """Its columns go first; then its end."""
    assert short == shortened(shape)
    assert len(short) <= LONGEST_TEXT


def endpoint(path):
    return Endpoint("GET", path, "routes", (Request("GET", path),))


ALONE = Stretch(1, 0.4, (Part("GET /slow", 5, 0, 0, 0.1), Part("GET /quick", 5, 0, 0, 0.001)))


@pytest.fixture
def counting(asking, tmp_path):
    """``counting(app)`` counts what an app, a function of path and number, says it sends.

    It answers with a status, a content and statements, as its runner would tell them.
    """
    with keep_statements(tmp_path / "statements") as record:

        def count(app, *paths, uses_sqlite=True):
            file, asked = tmp_path / "statements", []

            def answer(_method, path, _body):
                asked.append(path)
                status, content, statements = app(path, asked.count(path))
                assert 1 == file.read_bytes()[LISTENING]
                with file.open("ab") as lines:
                    lines.writelines(json.dumps(each).encode() + b"\n" for each in statements)
                return status, content

            if uses_sqlite:
                with file.open("r+b") as page:
                    page.seek(IN_USE)
                    page.write(b"\1")
            prober = SimpleNamespace(asker=lambda _seconds: nullcontext(asking(answer)))
            endpoints = tuple(map(endpoint, paths))
            return count_statements(prober, record, endpoints, ALONE), asked

        yield count


ROWS = [{"id": number} for number in range(8)]
LOOK_UP = ["SELECT n FROM a WHERE id = N".replace("N", str(number)) for number in range(8)]


def test_what_every_request_sends_is_counted(counting):
    """A job in the background adds to one of them, and nothing to the figures."""

    def app(_path, time):
        job = ["DELETE FROM old WHERE id = 1"] * 20 if time == 2 else []
        return 200, {"items": ROWS}, ["BEGIN", "SELECT * FROM b", *LOOK_UP, *job, "PRAGMA x = 1"]

    (sent,), asked = counting(app, "/books")

    assert ("GET /books", 9, 8, 8) == (sent.endpoint, sent.count, sent.times, sent.rows)
    assert "SELECT n FROM a WHERE id = ?" == sent.text
    assert 2 == len(asked)


def test_what_repeats_nothing_is_asked_once_and_the_quickest_first(counting):
    """A slow read takes its time each time."""
    found, asked = counting(lambda *_: (200, [], ["SELECT 1"]), "/slow", "/quick")

    assert ["/quick", "/slow"] == asked
    assert [("GET /quick", 1), ("GET /slow", 1)] == [(each.endpoint, each.count) for each in found]


def test_an_answer_that_failed_says_nothing(counting):
    """Not even after one that did not."""

    def app(path, time):
        return (500 if path == "/fails" or time == 2 else 200), ROWS, LOOK_UP

    (sent,), _ = counting(app, "/books", "/fails")

    assert ("GET /books", 8) == (sent.endpoint, sent.count)


def test_nothing_is_said_of_an_app_that_sends_none(counting):
    """It may keep its data elsewhere, or its processes cannot be seen."""
    found, asked = counting(lambda *_: (200, ROWS, []), "/books")

    assert ((), ["/books"]) == (found, asked)


def test_an_app_without_sqlite_is_not_asked(counting):
    """There is nothing to count."""
    assert ((), []) == counting(lambda *_: (200, ROWS, LOOK_UP), "/books", uses_sqlite=False)


def sent_by(code):
    """What the reads of a real app send, and the findings on them."""
    settings = settings_from({"code": code}, profile="api")
    with open_target(settings) as target:
        prober = Prober(settings, target, LocustEngine())
        one = prober.run(target.endpoints, 1, 0.3)
        sent = count_statements(prober, target.statements, target.endpoints, one)
    return {each.endpoint: each for each in sent}, [*filter(None, map(find_n_plus_one, sent))]


@pytest.mark.slow
@pytest.mark.parametrize("pair", PAIRS, ids=[pair.name for pair in PAIRS])
@pytest.mark.parametrize("kind", KINDS)
def test_only_the_app_with_a_statement_per_row_is_said_to_have_one(pair, kind):
    """Sound apps of every framework are not, nor are apps with other defects."""
    code = pair.code(kind)
    sent, found = sent_by(code)

    expected = pair.endpoints if (pair.defect.id, kind) == ("n-plus-one", "defective") else ()
    assert list(expected) == [finding.endpoint for finding in found]
    if kind == "sound":
        assert bool(sent) == ("sqlite3" in code)


SQLALCHEMY = """
import sqlalchemy as sa
from fastapi import FastAPI
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

class Base(DeclarativeBase):
    pass

class Author(Base):
    __tablename__ = "authors"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]

class Book(Base):
    __tablename__ = "books"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("authors.id"))
    author: Mapped[Author] = relationship()

engine = sa.create_engine("sqlite:///books.db")
Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add_all(Book(author=Author(name=f"Author {n}")) for n in range(30))
    session.commit()

app = FastAPI()

def listed(*options):
    with Session(engine) as session:
        books = session.scalars(sa.select(Book).order_by(Book.id).options(*options))
        return [{"id": book.id, "author": book.author.name} for book in books]

@app.get("/lazy")
def lazy():
    return listed()

@app.get("/joined")
def joined():
    return listed(sa.orm.joinedload(Book.author))

@app.get("/second")
def second():
    return listed(sa.orm.selectinload(Book.author))
"""


@pytest.mark.slow
def test_statements_are_seen_through_an_orm_and_its_pool():
    """Lazy loading asks once a row; a join, or a second statement for all rows, does not."""
    sent, found = sent_by(SQLALCHEMY)

    assert {"GET /lazy": 31, "GET /joined": 1, "GET /second": 2} == {
        name: each.count for name, each in sent.items()
    }
    assert ["GET /lazy"] == [finding.endpoint for finding in found]
    assert (
        "30 times SELECT authors.id, authors.name FROM authors WHERE authors.id = ?"
        in found[0].sentence
    )
