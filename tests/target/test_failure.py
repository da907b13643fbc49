"""The sentence that says why an app is not up."""

import pytest

from codeoptix_performance.target.failure import failure_of, is_port_in_use
from codeoptix_performance.target.process import Listener
from codeoptix_performance.target.readiness import Readiness
from codeoptix_performance.target.target import AppExit

GIB = 2**30
TRACEBACK = 'Traceback (most recent call last):\n  File "app.py", line 1, in <module>\n'
UVICORN = (
    "INFO:     Application startup complete.\n"
    "ERROR:    [Errno 98] error while attempting to bind on address ('127.0.0.1', 8000): "
    "address already in use"
)
WERKZEUG = "Address already in use\nPort 5000 is in use by another program. Either stop it, or ..."

ENDS = {
    "an exception": (
        (1, f"starting\n{TRACEBACK}ValueError: bad\n"),
        "it exited with code 1 after 400 ms: ValueError: bad.",
    ),
    "an exception of a library": (
        (1, f"{TRACEBACK}sqlalchemy.exc.OperationalError: no such host\n(Background: here)"),
        "it exited with code 1 after 400 ms: sqlalchemy.exc.OperationalError: no such host.",
    ),
    "a syntax error in a module": (
        (
            1,
            f'{TRACEBACK}  File "db.py", line 7\n    x = = 1\nSyntaxError: invalid syntax',
        ),
        "it exited with code 1 after 400 ms: SyntaxError in db.py line 7: invalid syntax.",
    ),
    "words without an exception": (
        (2, "usage: app\nerror: no port"),
        "code 2 after 400 ms: error: no port.",
    ),
    "a sentence with its own full stop": ((1, "Give me a key."), "400 ms: Give me a key."),
    "an error of node": (
        (1, "Error: Cannot find module 'x'\n    at f (a.js:1)\n}\n\nNode.js v20"),
        "it exited with code 1 after 400 ms: Error: Cannot find module 'x'.",
    ),
    "a node error with its code": (
        (1, "TypeError [ERR_X]: bad\n    at f\nNode.js v20"),
        "TypeError [ERR_X]: bad.",
    ),
    "silence": ((3, ""), "it exited with code 3 after 400 ms."),
    "a good end": ((0, "done"), "it ended by itself after 400 ms without serving anything: done."),
    "a signal": ((-11, ""), "it was ended by SIGSEGV after 400 ms."),
    "an unknown signal": ((-77, ""), "it was ended by signal 77 after 400 ms."),
    "uvicorn's taken port": ((1, UVICORN), "The app did not start: port 8000 is already in use."),
    "werkzeug's taken port": ((1, WERKZEUG), "The app did not start: port 5000 is already in use."),
    "django's taken port": (
        (1, "Error: That port is already in use."),
        "The app did not start: its port is already in use.",
    ),
}


@pytest.mark.parametrize(("end", "words"), ENDS.values(), ids=ENDS)
def test_an_end_becomes_one_sentence(end, words):
    """With exit code, time and the app's own decisive line."""
    code, log = end
    readiness = Readiness("ended", 0.4, exit=AppExit(code, out_of_memory=False, log_tail=log))

    failure = failure_of(readiness, log, GIB)

    assert ("did-not-start", code, log) == (failure.kind, failure.exit_code, failure.log_tail)
    assert failure.sentence.startswith("The app did not start: ")
    assert failure.sentence.endswith(words)


def test_a_long_line_is_quoted_in_part():
    """A sentence stays a sentence."""
    ended = AppExit(1, out_of_memory=False, log_tail="ValueError: " + "x" * 5000)

    assert len(failure_of(Readiness("ended", 1.0, exit=ended), "", GIB).sentence) < 400


def test_memory_is_a_kind_of_its_own():
    """With the limit that was broken."""
    ended = AppExit(-9, out_of_memory=True, log_tail="")

    failure = failure_of(Readiness("ended", 1.0, exit=ended), "", GIB)

    assert "out-of-memory" == failure.kind
    assert "The app did not start: it used more than its 1 GiB of memory." == failure.sentence


SILENCES = {
    "deaf": (
        None,
        "did-not-start",
        "The app did not start: it did not listen on any port within 30 s.",
    ),
    "silent": (
        Listener("127.0.0.1", 41233),
        "never-answered",
        "The app listens on port 41233 but answered nothing within 30 s.",
    ),
    "not-http": (
        Listener("127.0.0.1", 41233),
        "never-answered",
        "The app listens on port 41233 but does not answer in HTTP.",
    ),
}


@pytest.mark.parametrize("state", SILENCES)
def test_a_silence_becomes_one_sentence(state):
    """Listening is told apart from answering."""
    listener, kind, sentence = SILENCES[state]

    failure = failure_of(Readiness(state, 30.0, listener), "the log", GIB)

    assert (kind, sentence, "the log") == (failure.kind, failure.sentence, failure.log_tail)


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        (UVICORN, True),
        (WERKZEUG, True),
        ("OSError: [Errno 98] Address already in use", True),
        ("", False),
    ],
    ids=["uvicorn", "werkzeug", "python", "nothing"],
)
def test_a_taken_port_is_recognised(log, expected):
    """In every server's words."""
    assert expected == is_port_in_use(log)
