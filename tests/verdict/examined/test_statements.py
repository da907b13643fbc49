"""One statement for each row: when it is said, where, and what it does to a verdict."""

from __future__ import annotations

import pytest

from codeoptix_performance.examination.examination import (
    Examination,
    Focus,
    HotLine,
    StatementsSent,
)
from codeoptix_performance.examination.stretch import Part, Stretch
from codeoptix_performance.verdict.examined.findings import find_in_examination
from codeoptix_performance.verdict.examined.statements import find_n_plus_one

TEXT = "SELECT … FROM authors WHERE id = ?"
PER_ROW = StatementsSent("GET /books", count=51, text=TEXT, times=50, rows=50)


@pytest.mark.parametrize(
    ("times", "rows", "is_found"),
    [
        pytest.param(50, 50, True, id="one a row"),
        pytest.param(150, 50, True, id="three a row"),
        pytest.param(41, 50, True, id="some rows have none"),
        pytest.param(30, 50, False, id="fewer than rows"),
        pytest.param(1, 50, False, id="one for all"),
        pytest.param(4, 4, False, id="too few to tell"),
        pytest.param(12, 3, False, id="of another cause"),
        pytest.param(40, 0, False, id="no list"),
        pytest.param(0, 0, False, id="none"),
    ],
)
def test_a_statement_per_row_is_told_from_others(times, rows, is_found):
    """By the rows that come back."""
    sent = StatementsSent("GET /books", times + 1, TEXT, times, rows)

    assert is_found == (find_n_plus_one(sent) is not None)


def test_the_sentence_names_the_statement_and_what_to_do():
    """Endpoint, figures, text."""
    found = find_n_plus_one(PER_ROW)

    assert ("capacity", "acceptable", 51.0) == (found.dimension, found.grade, found.value)
    assert (
        "GET /books sends 51 statements per request for 50 rows (N+1), 50 times "
        "SELECT … FROM authors WHERE id = ?; load them with one join."
    ) == found.sentence


def dear(endpoint, hot_line=None):
    """A read that costs 80 ms of CPU."""
    parts = (Part(endpoint, 12, 0, 0, 0.6), Part("GET /health", 12, 0, 0, 0.05))
    seen = Stretch(8, 1.0, parts, 0.96, 0.0, 0, 0)
    return Focus(endpoint, "GET /health", 0.09, 0.02, 80.0, seen, hot_line)


def test_a_finding_on_the_same_endpoint_names_the_statements(settings):
    """The cause stands with the symptom, once; the line is told without guessing at it."""
    line = HotLine("app.py:7", None, 0.9, on_loop=False, behind="lazy-load", source="x.author")
    examination = Examination(2.0, focuses=(dear("GET /books", line),), statements=(PER_ROW,))

    (found,), notes = find_in_examination(settings(), examination)

    assert (("dear", "GET /books"), ()) == ((found.id, found.endpoint), notes)
    assert (
        "GET /books costs 80.0 ms of CPU per request, so one core serves 12.5/s at most; 51 "
        "statements per request for 50 rows (N+1), 50 times SELECT … FROM authors WHERE id = ?; "
        "load them with one join; 90 % of its time at app.py:7 (x.author)."
    ) == found.sentence


@pytest.mark.parametrize(
    ("behind", "source", "words"),
    [
        ("lazy-load", "x.author", "load them together"),
        (None, "db.execute(sql)", "look whether it scans"),
    ],
)
def test_without_counted_statements_the_line_says_what_it_can(behind, source, words, settings):
    """Where they could not be seen, or do not repeat."""
    line = HotLine("app.py:7", None, 0.9, on_loop=False, behind=behind, source=source)
    few = StatementsSent("GET /books", 1, TEXT, 1, 50)

    for sent in ((), (few,)):
        examination = Examination(2.0, focuses=(dear("GET /books", line),), statements=sent)
        (found,), _ = find_in_examination(settings(), examination)

        assert words in found.sentence
        assert "statements per request" not in found.sentence


def test_endpoints_keep_their_own(settings):
    """A finding on another endpoint does not take a note away."""
    examination = Examination(2.0, focuses=(dear("GET /other"),), statements=(PER_ROW,))

    (found,), (note,) = find_in_examination(settings(), examination)

    assert "GET /other" == found.endpoint
    assert note.startswith("Note: GET /books sends 51 statements")


@pytest.mark.parametrize(
    ("fail_on", "failing"),
    [("poor", 0), ("acceptable", 0), ("target", 1), ("limits", 0)],
)
def test_it_fails_only_where_all_must_be_on_target(fail_on, failing, settings):
    """It is a note else: what it costs is judged by the time it takes."""
    examination = Examination(2.0, statements=(PER_ROW,))

    found, notes = find_in_examination(settings(fail_on=fail_on), examination)

    assert (failing, 1 - failing) == (len(found), len(notes))


def test_terminal_codes_in_a_statement_are_not_passed_on():
    """The app chooses the text."""
    sent = StatementsSent("GET /books", 51, "SELECT\x1b[31m\n1", 50, 50)

    assert "50 times SELECT 1;" in find_n_plus_one(sent).sentence
