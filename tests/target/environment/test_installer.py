"""Installers as they are run: heard to their end, and never left alone."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from codeoptix_performance.target.environment.installer import NotInstalledError, run_installer

ROOT = Path(__file__).parents[3]
NAP = f"601.{os.getpid()}"
"""Seconds that nobody else sleeps."""
WITH_A_HELPER = f"sleep {NAP} & echo ready >&2; sleep {NAP}"


def sleepers():
    """The installers of these tests, and their helpers."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and NAP.encode() in (entry / "cmdline").read_bytes():
                found.append(entry.name)
        except OSError:
            continue
    return found


def gone():
    """Whether there are none any more, as soon as that is so."""
    deadline = time.monotonic() + 10
    while sleepers() and time.monotonic() < deadline:
        time.sleep(0.02)
    return not sleepers()


def test_what_it_says_and_how_it_ends_is_known(tmp_path):
    """Both its voices, its code, and that a signal was the end of it; it is asked nothing."""
    done = run_installer(("sh", "-c", "pwd; echo no >&2; cat; exit 3"), cwd=tmp_path)
    killed = run_installer(("sh", "-c", "kill -9 $$"), cwd=tmp_path)

    assert (3, f"{tmp_path}\n", "no\n") == (done.returncode, done.stdout, done.stderr)
    assert 128 + signal.SIGKILL == killed.returncode


def test_its_files_may_be_read_by_the_app(tmp_path):
    """Whatever its caller keeps to itself."""
    before = os.umask(0o077)
    try:
        run_installer(("touch", "file"), cwd=tmp_path)
    finally:
        os.umask(before)

    assert 0o644 == (tmp_path / "file").stat().st_mode & 0o777


def test_a_command_that_is_not_there_says_so(tmp_path):
    """In the place of its own words."""
    done = run_installer(("./nowhere",), cwd=tmp_path)

    assert (127, "./nowhere: No such file or directory\n") == (done.returncode, done.stderr)
    with pytest.raises(NotInstalledError, match="sh cannot be run"):
        run_installer(("sh",), cwd=tmp_path / "nowhere")


def test_one_that_does_not_end_is_ended(tmp_path, monkeypatch):
    """With what it has started."""
    monkeypatch.setattr("codeoptix_performance.target.environment.installer._LONGEST_SECONDS", 0.5)

    with pytest.raises(NotInstalledError, match=r"sh had not ended after 0\.5 s"):
        run_installer(("sh", "-c", WITH_A_HELPER), cwd=tmp_path)

    assert gone()


def test_what_it_leaves_behind_is_ended_with_it(tmp_path):
    """And is not waited for."""
    run_installer(("sh", "-c", f"sleep {NAP} &"), cwd=tmp_path)

    assert gone()


EVALUATION = """
import sys
from pathlib import Path
from codeoptix_performance.target.environment.installer import run_installer
run_installer(("sh", "-c", sys.argv[1]), cwd=Path("/"))
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_none_outlives_whoever_waits_for_it(number):
    """Also one that is killed and has no time to say anything."""
    command = [sys.executable, "-c", EVALUATION, WITH_A_HELPER]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as evaluation:
        deadline = time.monotonic() + 10
        while len(sleepers()) < 4 and time.monotonic() < deadline:
            time.sleep(0.02)
        assert len(sleepers()) >= 4  # the shell and its sleepers, and who waits for them
        evaluation.send_signal(number)
        evaluation.wait(10)

        assert gone()
