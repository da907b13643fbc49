"""A look into an app from outside, and the reasons why there can be none."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from codeoptix_performance.examination import profiling
from codeoptix_performance.examination.capacity import Suspect
from codeoptix_performance.examination.examination import Unseen
from codeoptix_performance.target.endpoint import Endpoint, Request
from codeoptix_performance.target.waits import first_line, tasks_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="lines are looked for on Linux")
SUSPECT = Suspect(Endpoint("GET", "/x", "routes", (Request("GET", "/x"),)), 0.1, 0.1, (0.1,))
NOBODY = 65534


class Loading:
    """Stands in for a Prober: loads nothing, and waits until the sampler has given up."""

    def run(self, endpoints, users, seconds):
        assert (SUSPECT.endpoint.name, 8) == (endpoints[0].name, users)
        until = time.monotonic() + 30 * seconds
        while not any(map(has_ended, children())):
            assert time.monotonic() < until
            time.sleep(0.01)


def children():
    return [child for task in tasks_of(os.getpid()) for child in task.children]


def has_ended(pid):
    """Whether it only waits for its parent to take notice."""
    return first_line(Path(f"/proc/{pid}/stat")).rpartition(") ")[2].startswith("Z")


@pytest.fixture
def running():
    """``running(*words)`` is the pid of a program that sleeps; ended afterwards."""
    started = []

    def run(*words):
        started.append(subprocess.Popen(words))
        return started[-1].pid

    yield run
    for program in started:
        program.kill()
        program.wait()


def sampler(folder, *lines):
    """A program in the place of py-spy."""
    program = folder / "py-spy"
    program.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    program.chmod(0o755)
    return str(program)


def test_an_app_that_is_no_python_is_told_apart(running):
    """By what py-spy finds."""
    pid = running("sleep", "60")
    if profiling._py_spy() is None:
        pytest.skip("py-spy is not there")

    assert Unseen("not-python") == profiling.profile(Loading(), SUSPECT, pid)


def test_without_a_sampler_nothing_is_loaded(monkeypatch):
    """Not even looked for."""
    monkeypatch.setattr(profiling, "_py_spy", lambda: None)

    assert Unseen("no-sampler") == profiling.profile(None, SUSPECT, os.getpid())


@pytest.mark.parametrize(
    ("said", "unseen"),
    [
        pytest.param("Permission Denied: Try sudo", Unseen("not-allowed"), id="not allowed"),
        pytest.param("Error: no room\nStack", Unseen("failed", "Error: no room"), id="failed"),
    ],
)
def test_what_the_sampler_says_is_kept(said, unseen, tmp_path, running, monkeypatch):
    """Its first line, where the reason is none of the known."""
    program = sampler(tmp_path, f"printf '{said}' >&2", "exit 1")
    monkeypatch.setattr(profiling, "_py_spy", lambda: program)

    assert unseen == profiling.profile(Loading(), SUSPECT, running("sleep", "60"))


def test_an_app_that_has_ended_is_no_matter_of_the_sampler(monkeypatch):
    """Its end is told of by itself."""
    ended = subprocess.Popen([sys.executable, "-c", "pass"])
    ended.wait()
    monkeypatch.setattr(profiling, "_py_spy", lambda: "/bin/false")

    assert profiling.profile(None, SUSPECT, ended.pid) is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_process_of_another_user_may_not_be_read(running):
    """Root may, and nobody may not."""
    pid = running("sleep", "60")
    asking = os.fork()
    if not asking:
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
        os._exit(profiling._may_read(pid))

    assert 0 == os.waitstatus_to_exitcode(os.waitpid(asking, 0)[1])
    assert profiling._may_read(pid)


def test_only_regular_files_of_the_apps_own_folder_are_quoted(tmp_path):
    """The app says what its code was compiled from: it must neither show ours nor hold us up."""
    folder = tmp_path / "app"
    folder.mkdir()
    (tmp_path / "secret.py").write_text("key = 1")
    (folder / "own.py").write_text("first\n  second\n")
    (folder / "linked.py").symlink_to(tmp_path / "secret.py")
    os.mkfifo(folder / "pipe.py")

    places = ("own.py:2", "own.py:9", "../secret.py:1", "linked.py:1", "pipe.py:1", "gone.py:1")

    assert ["second", "", "", "", "", ""] == [profiling._source(folder, place) for place in places]
