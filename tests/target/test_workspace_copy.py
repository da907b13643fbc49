"""A workspace is copied for the app to run in; nothing is ever written to it."""

import os
import stat

import pytest

from codeoptix_performance.errors import PreparationError, TargetError
from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.target.delivery import find_delivery
from codeoptix_performance.target.sandbox.limits import Limits
from codeoptix_performance.target.single_file import single_file
from codeoptix_performance.target.start import start_app
from codeoptix_performance.target.workspace_copy import copy_workspace

LIMITS = Limits()
SERVER = """
from http.server import BaseHTTPRequestHandler, HTTPServer
class Hello(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(204)
        self.end_headers()
HTTPServer(("", 8000), Hello).serve_forever()
"""


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
    for path in ("app.py", "lib/db.py", ".git/config", ".venv/lib/x.py", "node_modules/gyp.py"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(path)
    return folder


@pytest.fixture
def outside(tmp_path):
    """A folder beside it."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "users.db").write_text("precious")
    return folder


def test_a_copy_leaves_version_control_and_environments_behind(workspace, tmp_path):
    """What the app needs to run comes along; an environment is known whatever it is called."""
    (workspace / "my-packages").mkdir()
    (workspace / "my-packages" / "pyvenv.cfg").write_text("home = /usr/bin\n")

    copy_workspace(workspace, tmp_path / "copy", LIMITS)

    assert {"app.py", "lib/db.py", "node_modules/gyp.py"} == set(tree_of(tmp_path / "copy"))


def test_a_copy_shares_nothing_with_the_original(workspace, tmp_path):
    """Whatever is done to it; a file keeps its time and what may be done with it."""
    (workspace / "app.py").chmod(0o4755)
    os.utime(workspace / "app.py", (1, 2))
    before = tree_of(workspace)
    copy = tmp_path / "copy"

    copy_workspace(workspace, copy, LIMITS)

    facts = (copy / "app.py").stat()
    assert (2.0, 0o755) == (facts.st_mtime, stat.S_IMODE(facts.st_mode))
    for path in copy.rglob("*"):
        if path.is_file():
            path.write_text("overwritten")
    assert before == tree_of(workspace)


def test_links_inside_stay_links_inside(workspace, tmp_path):
    """Whatever way they go, and whether there is anything yet."""
    links = {
        "relative.py": "app.py",
        "absolute.py": str(workspace / "app.py"),
        "around.py": "../workspace/app.py",
        "lib/up.py": "../app.py",
        "node_modules/.bin/tool": "../gyp.py",
        "folder": str(workspace / "lib"),
        "self": ".",
        "later.db": "lib/later.db",
    }
    (workspace / "node_modules" / ".bin").mkdir()
    for path, target in links.items():
        (workspace / path).symlink_to(target)
    copy = tmp_path / "copy"

    assert () == copy_workspace(workspace, copy, LIMITS)

    assert all((copy / path).is_symlink() for path in links)
    assert "app.py" == (copy / "around.py").read_text() == (copy / "lib" / "up.py").read_text()
    assert copy / "app.py" == (copy / "absolute.py").resolve()
    assert copy / "node_modules" / "gyp.py" == (copy / "node_modules" / ".bin" / "tool").resolve()
    assert copy / "lib" / "later.db" == (copy / "later.db").resolve()
    assert copy / "lib" == (copy / "folder").resolve()


def test_links_that_lead_out_stay_behind(workspace, outside, tmp_path):
    """Also those that lead to the whole system, to one another, or out by way of a second one."""
    (outside / "back").symlink_to(outside / "there")
    (outside / "there").symlink_to(outside / "back")
    links = {
        "key": outside / "users.db",
        "relative": "../outside/users.db",
        "system": "/usr",
        "above": "..",
        "loop": outside / "back",
        "lib/second": "../system/bin",
        "nothing": "/nonexistent/x",
    }
    for path, target in links.items():
        (workspace / path).symlink_to(target)
    os.mkfifo(workspace / "pipe")
    copy = tmp_path / "copy"

    left = copy_workspace(workspace, copy, LIMITS)

    assert {workspace / path for path in links} == set(left)
    assert {"app.py", "lib", "node_modules"} == {path.name for path in copy.iterdir()}
    assert ["db.py"] == [path.name for path in (copy / "lib").iterdir()]


def test_a_folder_that_is_too_large_is_not_copied(workspace, tmp_path):
    """Its length counts, whether or not anything is written there; and so do its folders."""
    (workspace / "lib" / "deep").mkdir()
    os.truncate(workspace / "app.py", 2**40)
    copy = tmp_path / "copy"

    with pytest.raises(PreparationError, match=r"its folder holds more than 2 GiB; take out"):
        copy_workspace(workspace, copy, LIMITS)
    assert not (copy / "app.py").exists() or not (copy / "app.py").stat().st_size
    os.truncate(workspace / "app.py", 1)
    with pytest.raises(PreparationError, match="holds more than 4 files and folders"):
        copy_workspace(workspace, tmp_path / "other", Limits(entries=4))
    with pytest.raises(PreparationError, match="holds folders more than 1 deep"):
        copy_workspace(workspace, tmp_path / "third", Limits(depth=1))


def test_a_file_that_is_named_may_be_a_link(outside, tmp_path):
    """It is what whoever named it meant; one beside it that leads out is not."""
    (outside / "main.py").write_text("import db\nopen('users.db')\n")
    (outside / "db.py").symlink_to("/etc/hostname")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "named.py").symlink_to(outside / "main.py")

    one = single_file(tmp_path / "other" / "named.py")
    left = one.copy(tmp_path / "copy", LIMITS)

    assert ["main.py"] == [file.path for file in one.files()]
    assert (outside / "db.py",) == left
    assert {"main.py", "users.db"} == set(tree_of(tmp_path / "copy"))


def test_packages_that_a_link_leads_to_did_not_come_along(workspace, outside):
    """They are installed instead."""
    (workspace / "package.json").write_text('{"scripts": {"start": "node x.js"}}')
    (workspace / "app.py").unlink()
    assert find_delivery(Settings(workspace=workspace)).has_node_modules

    (workspace / "node_modules").rename(workspace / "elsewhere")
    (workspace / "node_modules").symlink_to(outside)

    assert not find_delivery(Settings(workspace=workspace)).has_node_modules


def test_links_that_stayed_behind_are_named(workspace, outside):
    """On the page of an app that runs without them, and in the sentence on one that does not."""
    (workspace / "data").symlink_to(outside)
    (workspace / "app.py").write_text(SERVER)
    with start_app(Settings(workspace=workspace)) as app:
        assert app.description.endswith(", without its links to elsewhere (data)")

    (workspace / "app.py").write_text(f"open('data/users.db')\n{SERVER}")
    with pytest.raises(TargetError) as caught, start_app(Settings(workspace=workspace)):
        pass

    assert "Links that lead out of its folder were not followed: data." in str(caught.value)
    assert "did-not-start" == caught.value.failure.kind
