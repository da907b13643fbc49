"""A workspace is read and copied; nothing is ever written to it."""

import os

import pytest

from codeoptix_performance.errors import TargetError
from codeoptix_performance.target.source import SourceFile
from codeoptix_performance.target.workspace import copy_workspace, read_workspace, write_files


def tree_of(folder):
    """Every file below a folder, with its text."""
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def workspace(tmp_path):
    """A folder as people have them."""
    folder = tmp_path / "workspace"
    for path in ("app.py", "lib/db.py", "lib/data.json", ".git/config", ".venv/lib/x.py"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(path)
    (folder / "node_modules").mkdir()
    (folder / "node_modules" / "gyp.py").write_text("no app")
    return folder


def test_the_python_files_are_read(workspace):
    """Those of the project, not of its environment or its packages."""
    assert ("app.py", "lib/db.py") == tuple(file.path for file in read_workspace(workspace))


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_nothing_to_read_is_no_code(tmp_path, name):
    """A path that does not exist, and a folder without anything that can be started."""
    (tmp_path / "empty").mkdir()
    with pytest.raises(TargetError) as caught:
        read_workspace(tmp_path / name)

    assert "no-code" == caught.value.failure.kind
    assert str(tmp_path / name) in str(caught.value)


def test_other_files_that_tell_how_an_app_runs_are_read_too(workspace):
    """JavaScript only where an app's own files lie, not deep down among a front end's."""
    for path in (
        *("Procfile", "Dockerfile", "package.json", "requirements.txt", "requirements/base.txt"),
        *("server.js", "lib/notes.txt", "ui/src/deep/bundle.js", "style.css"),
    ):
        (workspace / path).parent.mkdir(parents=True, exist_ok=True)
        (workspace / path).write_text(path)

    expected = {"Procfile", "Dockerfile", "package.json", "server.js", "app.py", "lib/db.py"}
    expected |= {"requirements.txt", "requirements/base.txt"}
    assert expected == {file.path for file in read_workspace(workspace)}


def test_a_copy_leaves_version_control_and_environments_behind(workspace, tmp_path):
    """What the app needs to run comes along; an environment is known whatever it is called."""
    (workspace / "my-packages").mkdir()
    (workspace / "my-packages" / "pyvenv.cfg").write_text("home = /usr/bin\n")
    copy_workspace(workspace, tmp_path / "copy")

    assert {"app.py", "lib/db.py", "lib/data.json", "node_modules/gyp.py"} == set(
        tree_of(tmp_path / "copy")
    )


def test_a_copy_shares_nothing_with_the_original(workspace, tmp_path):
    """Links inside stay links inside; links that lead out become what they lead to."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "users.db").write_text("precious")
    (workspace / "users.db").symlink_to(outside / "users.db")
    (workspace / "absolute.py").symlink_to(workspace / "app.py")
    (workspace / "inside.py").symlink_to("app.py")
    (workspace / "folder").symlink_to(outside)
    (workspace / "loop").symlink_to("..")
    (workspace / "dangling").symlink_to("nowhere")
    os.mkfifo(workspace / "pipe")
    before = tree_of(workspace)

    copy = tmp_path / "copy"
    copy_workspace(workspace, copy)
    for path in copy.rglob("*"):
        if path.is_file():
            path.write_text("overwritten")

    assert "overwritten" == (copy / "folder" / "users.db").read_text()
    assert "precious" == (outside / "users.db").read_text()
    assert before == tree_of(workspace)
    assert (copy / "inside.py").is_symlink()
    assert not (copy / "loop").exists()
    assert not (copy / "pipe").exists()


def test_the_files_of_an_answer_are_written_with_their_folders(tmp_path):
    """Whatever characters are in them."""
    text = "x = 'ä \ud800'\n"
    write_files((SourceFile("a/b/c.py", text), SourceFile("d.txt", "")), tmp_path)

    assert text == (tmp_path / "a" / "b" / "c.py").read_bytes().decode("utf-8", "surrogatepass")
    assert "" == (tmp_path / "d.txt").read_text()
