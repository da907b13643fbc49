"""Words that stand in sentences."""

from __future__ import annotations

import pytest

from codeoptix_performance.verdict import wording

TRIGGERS = ("missing", "hardcoded", "no assertions")


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        ("a field is absent", "a field is missing"),
        ("Absent argument", "Missing argument"),
        ("ABSENT", "MISSING"),
        ("a fixed key", "a hardcoded key"),
        ("tests with without assertions", "tests with no assertions"),
        ("nothing to change", "nothing to change"),
    ],
)
def test_the_hosts_trigger_words_are_rephrased(expected, said):
    """The host would blame the plan, secrets or tests for them."""
    assert expected == wording.plain(said)


def test_a_path_with_a_trigger_word_stays_the_same_path():
    """Percent-encoding keeps an address usable, rephrasing would not."""
    assert "GET /%6Dissing/%4Dissing" == wording.show_endpoint("GET /missing/Missing")
    assert "GET /%68ardcoded" == wording.show_endpoint("GET /hardcoded")


def test_all_requests_together_have_a_name():
    """A sentence about no single endpoint has a subject too."""
    assert "All requests" == wording.show_endpoint(None)


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        ("red line", "\x1b[31mred\x1b[0m line."),
        ("one two", "one\r\n\x00two"),
        ("plain", "plain"),
    ],
)
def test_a_quote_is_one_printable_line(expected, said):
    """Terminal codes and line ends of an app's log do not reach evidence."""
    assert expected == wording.quote(said)


def test_a_quote_is_bounded():
    """A page of HTML in a cause is cut."""
    assert 200 == len(wording.quote("x" * 9999))


@pytest.mark.parametrize(
    ("expected", "log"),
    [
        ("ValueError: boom", "Traceback\n  File x\nValueError: boom\nINFO: next line\n"),
        (
            "sqlite3.OperationalError: database is locked",
            "sqlite3.OperationalError: database is locked",
        ),
        ("SystemExit: 3", "SystemExit: 3"),
        ("KeyError: 'b'", "KeyError: 'a'\nKeyError: 'b'"),
        (None, "INFO: no errors at all\nerror: x"),
        (None, ""),
    ],
)
def test_the_last_exception_of_a_log_is_found(expected, log):
    """Python ends a traceback with the exception's name and words."""
    assert expected == wording.last_exception(log)


@pytest.mark.parametrize(
    ("expected", "log"), [("a | b", "a\n\n  b \n"), (None, ""), (None, "\n\x1b[0m\n")]
)
def test_the_last_lines_stand_on_one(expected, log):
    """Empty lines vanish."""
    assert expected == wording.last_lines(log)


def test_the_last_lines_are_bounded_and_keep_the_end():
    """The end of a log is what matters."""
    shown = wording.last_lines("x" * 5000 + "\nValueError: boom")
    assert 600 == len(shown)
    assert shown.startswith("…")
    assert shown.endswith("ValueError: boom")


@pytest.mark.parametrize(
    ("expected", "count", "total"),
    [
        ("3 of 134 requests", 3, 134),
        ("1 of 1 request", 1, 1),
        ("50 of 50 requests", 50, 50),
        ("31 % of 134 requests", 42, 134),
    ],
)
def test_a_share_is_counted_while_counting_helps(expected, count, total):
    """Few are counted, many are a percentage."""
    assert expected == wording.share(count, total)


@pytest.mark.parametrize(
    ("expected", "code"),
    [("with exit code 3", 3), ("by SIGKILL", -9), ("by signal 99", -99)],
)
def test_an_exit_is_told_by_code_or_signal_name(expected, code):
    """Negative codes are signals."""
    assert expected == wording.exit_words(code)
