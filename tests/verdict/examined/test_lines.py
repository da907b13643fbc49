"""The app's own line in a sentence."""

from __future__ import annotations

import pytest

from codeoptix_performance.examination.examination import HotLine
from codeoptix_performance.verdict.examined.lines import line_words


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
