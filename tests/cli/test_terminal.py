"""Writing that survives what readers do."""

import io
import os
import sys

import pytest

from codeoptix_performance.cli.terminal import (
    page_width,
    tolerate_any_encoding,
    wants_colour,
    write_safely,
)


class Terminal(io.StringIO):
    """A stream somebody looks at."""

    def isatty(self):
        return True


def test_a_reader_that_went_away_ends_the_writing_only():
    """Neither this write nor the flush at exit raises."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w", encoding="utf-8") as stream:
        write_safely("x" * 100_000, stream)
        write_safely("y", stream)

    assert stream.closed


def test_a_character_that_cannot_be_encoded_is_escaped(monkeypatch):
    """A terminal without UTF-8 still shows the page."""
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    tolerate_any_encoding()
    write_safely("1 × –\n", sys.stdout)

    assert b"1 \\xd7 \\u2013\n" == raw.getvalue()


@pytest.mark.parametrize(
    ("columns", "expected"), [("70", 70), ("400", 160)], ids=["as it is", "within reason"]
)
def test_a_page_is_as_wide_as_the_terminal(monkeypatch, columns, expected):
    """Lines of a very wide terminal would be hard to read."""
    monkeypatch.setenv("COLUMNS", columns)

    assert expected == page_width(Terminal())
    assert 120 == page_width(io.StringIO())


@pytest.mark.parametrize(
    ("stream", "environment", "expected"),
    [
        pytest.param(Terminal(), {}, True, id="terminal"),
        pytest.param(io.StringIO(), {}, False, id="file"),
        pytest.param(Terminal(), {"NO_COLOR": "1"}, False, id="declined"),
        pytest.param(Terminal(), {"TERM": "dumb"}, False, id="dumb terminal"),
    ],
)
def test_colour_is_for_terminals_whose_owner_wants_it(monkeypatch, stream, environment, expected):
    """NO_COLOR is honoured."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert expected is wants_colour(stream)
