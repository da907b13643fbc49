"""What ``doctor`` shows and how it ends."""

import pytest

from codeoptix_performance.cli.main import run
from codeoptix_performance.host import doctor
from codeoptix_performance.host.doctor import DoctorLine

WELL = DoctorLine("versions", "codeoptix", "0.1.4")
ILL = DoctorLine("plugins", "own-behavior", "broken", "its module is not there", ok=False)


@pytest.mark.parametrize(
    ("lines", "code", "page"),
    [
        pytest.param((WELL,), 0, "Versions\n  codeoptix  0.1.4\n", id="all is well"),
        pytest.param(
            (WELL, ILL),
            3,
            "Versions\n"
            "  codeoptix     0.1.4\n"
            "\n"
            "Behaviors from installed packages\n"
            "! own-behavior  broken: its module is not there\n",
            id="one needs a person",
        ),
    ],
)
def test_lines_are_shown_by_section(monkeypatch, capsys, lines, code, page):
    """A line that needs a person is marked, and then the exit code is not 0."""
    monkeypatch.setattr(doctor, "doctor_report", lambda: lines)

    assert code == run(["doctor"])
    assert page == capsys.readouterr().out
