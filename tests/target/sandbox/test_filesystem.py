"""What is shown to an app of the place where its program is installed."""

import os
import sys
from pathlib import Path

import pytest

from codeoptix_performance.target.sandbox.filesystem import installation_of, readable_paths


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A user's home with a few installations in it."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for program in (
        *("tools/python-3.12.1/bin/python3.12", "envs/one/bin/activate", "bin/own"),
        *(".local/bin/tool", ".local/lib/python3.12/thing.py", "scripts/run"),
        *("project/bin/flask", "project/lib/python3.12/thing.py", "project/.env", "project/app.py"),
    ):
        path = tmp_path / program
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "tools" / "python-3.12").symlink_to("python-3.12.1")
    (tmp_path / "envs/one/bin/python3").symlink_to("../../../tools/python-3.12/bin/python3.12")
    (tmp_path / "envs/one/bin/python").symlink_to("python3")
    (tmp_path / "project/pyvenv.cfg").write_text(f"home = {tmp_path}/tools/python-3.12/bin\n")
    (tmp_path / "envs/one/pyvenv.cfg").write_text(f"home = {tmp_path}/tools/python-3.12/bin\n")
    return tmp_path


PARTS_OF_PROJECT = {f"project/{part}" for part in ("bin", "lib", "pyvenv.cfg")}
INSTALLATIONS = {
    "a virtual environment, and what it stands on": (
        "envs/one/bin/python",
        {"envs/one", "tools/python-3.12", "tools/python-3.12.1"},
    ),
    "an installation": ("tools/python-3.12.1/bin/python3.12", {"tools/python-3.12.1"}),
    "a program in the user's own bin": ("bin/own", {"bin/own"}),
    "a program among other things of the user": (
        ".local/bin/tool",
        {".local/bin/tool", ".local/lib"},
    ),
    "a virtual environment that is a project's folder": (
        "project/bin/flask",
        {*PARTS_OF_PROJECT, "tools/python-3.12"},
    ),
    "a program anywhere": ("scripts/run", {"scripts/run"}),
}


@pytest.mark.parametrize(("program", "shown"), INSTALLATIONS.values(), ids=INSTALLATIONS)
def test_an_installation_is_shown_and_nothing_else_of_home(home, program, shown):
    """Every link on the way is followed."""
    assert {home / path for path in shown} == installation_of(home / program)


def test_a_user_without_a_home_is_no_trouble(monkeypatch):
    """Containers run as numbers that nobody has written down."""
    monkeypatch.delenv("HOME")
    monkeypatch.setattr("pwd.getpwuid", lambda number: (_ for _ in ()).throw(KeyError(number)))

    assert readable_paths("python", os.defpath)


def test_this_interpreter_and_what_was_asked_for_are_shown(tmp_path):
    """Outer folders first, so that inner ones are mounted over them; the system is there anyway."""
    paths = readable_paths("sh", "/usr/bin:/bin", (tmp_path,))

    assert tmp_path in paths
    assert any(Path(sys.prefix, "lib").is_relative_to(path) for path in paths)
    assert list(paths) == sorted(paths)
    assert not any(path.is_relative_to("/usr") for path in paths)


def test_an_interpreter_in_a_projects_folder_does_not_show_the_project(home, monkeypatch):
    """``python -m venv .`` is made in a moment, and beside it lie keys."""
    monkeypatch.setattr(sys, "prefix", str(home / "project"))
    monkeypatch.setattr(sys, "base_prefix", str(home))
    monkeypatch.setattr(sys, "executable", str(home / "project/bin/python"))
    (home / "project/bin/python").symlink_to("../../tools/python-3.12/bin/python3.12")

    paths = readable_paths("python", os.defpath)

    assert {home / part for part in PARTS_OF_PROJECT} <= set(paths)
    for secret in (home / "project/.env", home / "scripts/run"):
        assert not any(secret.is_relative_to(path) for path in paths)
