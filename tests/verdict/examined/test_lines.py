"""The app's own line in a sentence."""

from __future__ import annotations

import pytest

from codeoptix_performance.examination.examination import Focus, HotLine, Unseen
from codeoptix_performance.examination.stretch import Stretch
from codeoptix_performance.verdict.examined.lines import line_words, unseen_note


def hot(**facts):
    """A line that takes almost all of the time."""
    return HotLine(**{"place": "app.py:54", "called_from": None, "share": 0.98, **facts})


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"on_loop": False}, "; 98 % of its time at app.py:54"),
        (
            {"on_loop": True, "called_from": "app.py:90", "source": "time.sleep(5)"},
            (
                "; 98 % of its time at app.py:54 (time.sleep(5)), called from app.py:90 on the "
                "event loop"
            ),
        ),
        (
            {"on_loop": False, "behind": "lazy-load"},
            (
                "; 98 % of its time at app.py:54: it loads related rows one by one, a query "
                "per row (N+1): load them together"
            ),
        ),
        (
            {"on_loop": False, "source": "db.execute(sql).fetchall()"},
            (
                "; 98 % of its time at app.py:54 (db.execute(sql).fetchall()): the SQL statement "
                "itself; look whether it scans a table that an index would save"
            ),
        ),
    ],
)
def test_a_line_is_told_with_what_is_known_of_it(facts, words):
    """Place, text, caller, loop, and what helps where that is known."""
    assert words == line_words(hot(**facts))


def test_without_a_line_nothing_is_added():
    """The sentence ends as it is."""
    assert "" == line_words(None)


def test_of_a_large_answer_the_statement_is_not_blamed():
    """What takes long is then how much it gives."""
    seen = hot(on_loop=False, source="db.execute(sql).fetchall()")

    assert "index" not in line_words(seen, statement_advice=False)


@pytest.mark.parametrize(
    ("unseen", "words"),
    [
        (Unseen("no-sampler"), "py-spy is not installed: pip install py-spy."),
        (Unseen("not-linux"), "comes with this package on Linux only."),
        (Unseen("not-allowed"), "in a container the capability SYS_PTRACE)."),
        (Unseen("not-python"), "the app is no Python program."),
        (Unseen("failed", "Error: no room\x1b[1m"), "py-spy failed (Error: no room)."),
    ],
)
def test_one_note_says_why_no_line_could_be_looked_for(unseen, words):
    """However many endpoints were looked at."""
    focus = Focus("GET /x", "GET /", 0.1, 0.01, 10.0, Stretch(8, 1.0, ()), unseen=unseen)

    note = unseen_note((focus, focus))

    assert note.startswith("Note: lines of the app's own could not be looked for: ")
    assert note.endswith(words)


def test_where_lines_were_looked_for_nothing_is_noted():
    """Or where nothing had to be."""
    assert unseen_note((Focus("GET /x", "GET /", 0.1, 0.01, 10.0, Stretch(8, 1.0, ())),)) is None
