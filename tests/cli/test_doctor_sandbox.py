"""What ``doctor --sandbox`` shows and how it ends."""

import pytest

from codeoptix_performance.cli import doctor_sandbox
from codeoptix_performance.cli.main import run
from codeoptix_performance.target.sandbox.hold import Hold
from codeoptix_performance.target.sandbox.isolation import PROMISES
from codeoptix_performance.target.sandbox.ladder import TriedHold
from codeoptix_performance.target.sandbox.probe import SelfCheck

ALL = SelfCheck(tuple(PROMISES), "", 0.1)
SOME = SelfCheck(("limits", "end"), "", 0.1)
NONE = SelfCheck((), "no namespace", 0.1)


def test_this_machine_is_tried(capsys):
    """Really tried: every promise has its line, on each rung."""
    assert 0 == run(["doctor", "--sandbox"])

    page = capsys.readouterr().out
    assert len(PROMISES) <= page.count("kept: an app")
    assert "Apps are held on the rung bwrap." in page


@pytest.mark.parametrize(
    ("rungs", "code", "words"),
    [
        pytest.param(
            (TriedHold(Hold("bwrap"), NONE, "no namespace"), TriedHold(Hold("limits"), SOME, "")),
            3,
            ["! cannot be used: no namespace", "  network        open: an app", "the rung limits."],
            id="the next rung",
        ),
        pytest.param(
            (
                TriedHold(Hold("bwrap"), SOME, "it does not hold"),
                TriedHold(Hold("limits"), NONE, "no program runs"),
            ),
            3,
            [
                "! network        open: an app",
                "! cannot be used: no program",
                "! No app can be held",
            ],
            id="no rung at all",
        ),
        pytest.param(
            (TriedHold(Hold("bwrap"), ALL, ""), TriedHold(Hold("limits"), SOME, "")),
            0,
            ["  network        kept: an app", "the rung bwrap."],
            id="all is well",
        ),
    ],
)
def test_what_needs_a_person_is_marked(monkeypatch, capsys, rungs, code, words):
    """A lower rung's open promises are no fault while a better one is used."""
    monkeypatch.setattr(doctor_sandbox, "try_namespaces", lambda **_: rungs[0])
    monkeypatch.setattr(doctor_sandbox, "try_limits", lambda: rungs[1])

    assert code == run(["doctor", "--sandbox"])

    page = capsys.readouterr().out
    assert [] == [word for word in words if word not in page], page
