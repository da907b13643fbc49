"""A workspace is read as far as it tells how it runs."""

import os

import pytest

from codeoptix_performance.errors import PreparationError, TargetError
from codeoptix_performance.target.sandbox.limits import Limits
from codeoptix_performance.target.source import SourceFile
from codeoptix_performance.target.workspace import read_workspace, write_files


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


def test_only_files_of_the_folder_itself_are_read(workspace, tmp_path):
    """By links inside as well; what lies elsewhere was never delivered, and a pipe has no end."""
    (tmp_path / "key").write_text("secret")
    (workspace / "main.py").symlink_to("app.py")
    (workspace / "requirements.txt").symlink_to(tmp_path / "key")
    (workspace / "package.json").symlink_to("nowhere")
    (workspace / "setup.py").symlink_to("../key")
    os.mkfifo(workspace / "Procfile")
    (workspace / "through.py").symlink_to("Procfile")

    read = {file.path: file.text for file in read_workspace(workspace)}

    assert {"app.py": "app.py", "main.py": "app.py", "lib/db.py": "lib/db.py"} == read


def test_a_folder_may_be_named_by_a_link(workspace, tmp_path):
    """Whoever named it meant what it leads to."""
    (tmp_path / "named").symlink_to(workspace)

    assert "app.py" in {file.path for file in read_workspace(tmp_path / "named")}


def test_links_that_are_not_followed_are_named_where_nothing_else_is_there(tmp_path):
    """What cannot be shown on a terminal is not."""
    folder = tmp_path / "workspace"
    folder.mkdir()
    for name in ("app.py", "b\x1b[1m.py", "c.py", "d.py", "e.py"):
        (folder / name).symlink_to(tmp_path / "elsewhere.py")
    with pytest.raises(TargetError) as caught:
        read_workspace(folder)

    words = "out of its folder were not followed: app.py, 'b\\x1b[1m.py', c.py and 2 more."
    assert str(caught.value).endswith(words)


def test_a_folder_of_too_many_files_is_not_looked_through(workspace, monkeypatch):
    """Whoever made it may have made more than anybody can wait for."""
    monkeypatch.setattr(Limits, "__init__", lambda self: object.__setattr__(self, "entries", 3))

    with pytest.raises(PreparationError, match="its folder holds more than 3 files and folders"):
        read_workspace(workspace)


def test_more_source_than_people_write_is_not_read(workspace, monkeypatch):
    """It would all be kept."""
    monkeypatch.setattr("codeoptix_performance.target.workspace._MOST_SOURCE_CHARACTERS", 10)

    with pytest.raises(PreparationError, match="its folder holds more than 10 B of source"):
        read_workspace(workspace)


def test_the_files_of_an_answer_are_written_with_their_folders(tmp_path):
    """Whatever characters are in them."""
    text = "x = 'ä \ud800'\n"
    write_files((SourceFile("a/b/c.py", text), SourceFile("d.txt", "")), tmp_path)

    assert text == (tmp_path / "a" / "b" / "c.py").read_bytes().decode("utf-8", "surrogatepass")
    assert "" == (tmp_path / "d.txt").read_text()
