"""Every way a command can end: its code, its one sentence, never a stray traceback."""

import pytest

from codeoptix_performance.cli.main import run
from codeoptix_performance.errors import EngineError

URL = "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param([], "", id="nothing asked"),
        pytest.param(["chekc"], "No such command 'chekc'", id="unknown verb"),
        pytest.param(["check"], "Name what is to be checked", id="no app named"),
        pytest.param(["check", URL, "--userss", "1"], "--users", id="misspelt option"),
        pytest.param(["check", URL, "-u"], "requires an argument", id="option without value"),
        pytest.param(["check", URL, "-u", "0"], "users is", id="no users"),
        pytest.param(["check", URL, "-t", "soon"], "run_time is", id="no duration"),
        pytest.param(["check", URL, "--max-avg-response-time", "-1"], "max_avg", id="below zero"),
        pytest.param(["check", URL, "--max-failure-rate", "2"], "max_failure_rate", id="no ratio"),
        pytest.param(["check", URL, "--engine", "wrk"], "engine is", id="unknown engine"),
        pytest.param(["check", URL, "--profile", "x"], "'website', 'api'", id="unknown profile"),
        pytest.param(["check", "127.0.0.1:80"], "scheme", id="URL without scheme"),
        pytest.param(["check", "http://192.0.2.1"], "allow", id="not on this machine"),
        pytest.param(["check", "nowhere.py"], "no file or folder", id="no such file"),
        pytest.param(["check", URL, "-H", URL], "not both", id="named twice"),
        pytest.param(["check", URL, "--config", "no.yaml"], "no.yaml", id="no such config"),
        pytest.param(["check", URL, "--threshold", "p(95)<1"], "a colon", id="no metric"),
        pytest.param(["check", URL, "--csv", "/dev/null/x"], "--csv", id="CSV cannot be written"),
    ],
)
def test_wrong_words_end_in_one_sentence_before_anything_starts(
    assess, arguments, expected, capsys
):
    """The exit code is 2, standard output stays empty, and no app was assessed."""
    code = run(arguments)
    out, err = capsys.readouterr()

    assert 2 == code
    assert "" == out
    assert expected in err
    assert not arguments or (err.startswith("Error: ") and 1 == err.count("\n"))
    assert [] == assess.asked


@pytest.mark.parametrize(
    ("outcome", "interrupted", "expected"),
    [("pass", False, 0), ("fail", False, 1), ("inconclusive", False, 3), ("fail", True, 130)],
    ids=["pass", "fail", "inconclusive", "interrupted"],
)
def test_the_exit_code_tells_the_outcome(assess, outcome, interrupted, expected, capsys):
    """The page is shown in each case, after an interrupt as well."""
    assess.outcome, assess.interrupted = outcome, interrupted

    assert expected == run(["check", URL])
    assert capsys.readouterr().out.startswith(outcome.upper())


def test_an_interrupt_before_the_load_leaves_one_sentence(assess, capsys):
    """There is nothing to show, and the shell learns of the interrupt."""
    assess.error = KeyboardInterrupt()

    assert 130 == run(["check", URL])
    assert "Error: Interrupted before anything was measured." == capsys.readouterr().err.strip()


def test_a_generator_that_failed_is_no_verdict(assess, capsys):
    """It says nothing about the app, so the code is neither pass nor fail."""
    assess.error = EngineError("The load generator did not start.")

    assert 3 == run(["check", URL])
    assert ("", "Error: The load generator did not start.\n") == capsys.readouterr()


def test_a_fault_of_ours_is_told_with_its_traceback_and_is_no_verdict(assess, capsys):
    """Python would exit with 1, which is a failed verdict."""
    assess.error = ZeroDivisionError("ours")

    assert 3 == run(["check", URL])
    out, err = capsys.readouterr()
    assert "" == out
    assert "ZeroDivisionError: ours" in err
    assert err.splitlines()[-1].startswith("Error: codeoptix-performance itself failed")


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_names_the_verbs(flag, capsys):
    """Both spellings work, for the program and for its verbs."""
    assert 0 == run([flag])
    assert "check" in capsys.readouterr().out
    assert 0 == run(["check", flag])
    assert "--max-failure-rate" in capsys.readouterr().out


@pytest.mark.parametrize("flag", ["-V", "--version"])
def test_the_version_is_that_of_the_package(flag, capsys):
    """It is read from the installed metadata."""
    from importlib.metadata import version

    assert 0 == run([flag])
    assert f"codeoptix-performance, version {version('codeoptix-performance')}\n" == (
        capsys.readouterr().out
    )
