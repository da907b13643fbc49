"""What a held app reads and writes."""

import os
import sys
from pathlib import Path
from sysconfig import get_path

import pytest

from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.target.start import start_app

TRY_READING = """
    import json, sys
    def reads(path):
        try:
            return bool(open(path, "rb").read(1)) or True
        except OSError as error:
            return type(error).__name__
    print(json.dumps([reads(path) for path in sys.argv[1:]]))
"""
TRY_WRITING = """
    import json, os, sys
    def writes(folder):
        try:
            with open(f"{folder}/written-by-an-app", "w") as file:
                file.write("x")
        except OSError as error:
            return type(error).__name__
        os.unlink(f"{folder}/written-by-an-app")
        return True
    print(json.dumps([writes(folder) for folder in sys.argv[1:]]))
"""


@pytest.fixture
def secret(tmp_path):
    """A file of the user's that anybody outside could read."""
    path = tmp_path / "secret"
    path.write_text("key")
    for folder in (path, *list(path.parents)[:3]):
        folder.chmod(0o755)
    return path


def test_no_file_of_the_user_is_there_to_be_read(bwrap, secret, monkeypatch):
    """Not by name, not in a home, not through another process; the interpreter is."""
    ours = f"/proc/{os.getpid()}/root{secret}"
    monkeypatch.setenv("HOME", str(secret.parent))
    keys = Path.home() / ".ssh" / "id_rsa"
    keys.parent.mkdir()
    keys.write_text("key")

    read = bwrap.said(TRY_READING, secret, ours, keys, "/etc/shadow", "/etc/ssh", sys.executable)

    assert ["FileNotFoundError"] * 5 + [True] == read


def test_a_link_out_of_the_workspace_leads_nowhere(bwrap, secret):
    """Neither for reading nor for writing."""
    code = """
        import json, os, sys
        os.symlink(sys.argv[1], "link")
        def tried(mode):
            try:
                return bool(open("link", mode))
            except OSError as error:
                return type(error).__name__
        print(json.dumps([tried("r"), tried("a")]))
    """

    assert ["FileNotFoundError"] * 2 == bwrap.said(code, secret)
    assert "key" == secret.read_text()


def test_nothing_is_written_outside_the_apps_folder(bwrap, tmp_path):
    """The system, the interpreter and what is ours are read-only or not there at all."""
    tmp_path.chmod(0o777)
    closed = ["/", "/usr", "/etc", "/root", "/dev", "/proc", get_path("purelib"), tmp_path]

    written = bwrap.said(TRY_WRITING, *closed)

    assert [True] != written[:1]
    assert not any(answer is True for answer in written), dict(zip(closed, written, strict=True))


def test_its_own_folders_and_tmp_are_its_to_write(bwrap):
    """All of what an app may rely on; /tmp is its own, and shared memory is small."""
    code = """
        import json, os, pathlib, tempfile
        for folder in (".", "/tmp", "/var/tmp", "/dev/shm"):
            pathlib.Path(folder, "f").write_text("x")
        try:
            with open("/dev/shm/large", "wb") as file:
                for _ in range(128):
                    file.write(bytes(2**20))
            large = True
        except OSError:
            large = False
        print(json.dumps(large))
    """

    assert not Path("/tmp/f").exists()  # noqa: S108 - what must not appear
    assert bwrap.said(code) is False
    assert not Path("/tmp/f").exists()  # noqa: S108 - as above


def test_only_the_apps_own_user_can_be_looked_up(bwrap):
    """It has a name and a home; whoever else has an account here is not told."""
    code = """
        import json, os, pwd
        users = {entry.pw_name for entry in pwd.getpwall()}
        print(json.dumps([pwd.getpwuid(os.getuid()).pw_name, sorted(users)]))
    """

    assert ["app", ["app", "nobody"]] == bwrap.said(code)


SELF_CHANGING = """
import os
from http.server import BaseHTTPRequestHandler, HTTPServer
class Hello(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(204)
        self.end_headers()
for path in (__file__, "seed.txt"):
    with open(path, "w") as file:
        file.write("changed")
os.unlink("removed.txt")
HTTPServer(("", 8000), Hello).serve_forever()
"""


def test_an_app_that_changes_its_own_files_changes_a_copy(rung, tmp_path):
    """The folder it was delivered in stays as it was."""
    texts = {"main.py": SELF_CHANGING, "seed.txt": "seed", "removed.txt": "there"}
    for name, text in texts.items():
        (tmp_path / name).write_text(text)

    with start_app(Settings(workspace=tmp_path, sandbox=rung.rung)) as app:
        copy = app.process.folder / "app"
        copied = {path.name: path.read_text() for path in copy.iterdir() if path.is_file()}

    assert {"main.py": "changed", "seed.txt": "changed"} == copied
    assert texts == {path.name: path.read_text() for path in tmp_path.iterdir()}
