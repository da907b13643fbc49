"""An app's folder is removed, whatever the app has made of it."""

import os
import resource
import shutil
import subprocess
import sys

import pytest

from codeoptix_performance.target.warden.removal import remove


def deep(folder):
    """Folders in one another, far beyond the longest path and the most descriptors."""
    place = os.open(folder, os.O_RDONLY)
    for _ in range(3000):
        os.mkdir("deep", dir_fd=place)
        inner = os.open("deep", os.O_RDONLY, dir_fd=place)
        os.close(place)
        place = inner
    os.close(os.open("bottom", os.O_CREAT | os.O_WRONLY, dir_fd=place))
    os.close(place)


def closed(folder):
    """Folders that nobody may list, enter or write to, with something in them."""
    for mode in (0o300, 0o500, 0o000):
        inner = folder / f"{mode:o}" / "inner"
        inner.mkdir(parents=True)
        (inner / "file").write_text("x")
        inner.chmod(mode)
        inner.parent.chmod(mode)
    folder.chmod(0o300)


def crowded(folder):
    """Files and folders side by side."""
    for number in range(300):
        (folder / f"{number}").mkdir()
        for name in range(10):
            (folder / f"{number}" / f"{name}").touch()


def strange(folder):
    """Links, pipes and names that are no text."""
    (folder / "link").symlink_to("/usr")
    (folder / "self").symlink_to(".")
    os.mkfifo(folder / "pipe")
    (folder / "\udcff\n").mkdir()


NASTY = {make.__name__: make for make in (deep, closed, crowded, strange)}


@pytest.mark.parametrize("make", NASTY.values(), ids=NASTY)
def test_nothing_is_left_of_a_folder(tmp_path, make):
    """With few descriptors, and without a way that goes as deep as the folders."""
    folder = tmp_path / "folder"
    folder.mkdir()
    make(folder)
    allowed = resource.getrlimit(resource.RLIMIT_NOFILE)
    used = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - no file
    resource.setrlimit(resource.RLIMIT_NOFILE, (used + 10, allowed[1]))
    try:
        assert "" == remove(str(folder))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, allowed)

    assert not folder.exists()


def test_what_a_link_leads_to_stays(tmp_path):
    """Also where the folder itself has become one."""
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "file").write_text("kept")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "link").symlink_to(tmp_path / "kept")
    (tmp_path / "named").symlink_to(tmp_path / "kept")

    assert "" == remove(str(tmp_path / "folder"))
    assert remove(str(tmp_path / "named"))
    assert "kept" == (tmp_path / "kept" / "file").read_text()


def test_nothing_to_remove_is_no_problem(tmp_path):
    """It is gone, which is what was wanted."""
    assert "" == remove(str(tmp_path / "nowhere"))


def test_what_cannot_be_removed_is_told():
    """With the reason; it is not waited for."""
    assert remove("/proc/self")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be refused a folder in this way")
def test_the_end_of_an_app_says_what_is_left(tmp_path):
    """Somebody has to know of it."""
    code = """
import sys
from codeoptix_performance.errors import EngineError
from codeoptix_performance.target.process import WardenedApp
app = WardenedApp()
import subprocess
subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(app.folder)], check=True)
try:
    app.stop()
except EngineError as error:
    print(error)
finally:
    subprocess.run(["umount", str(app.folder)], check=True)
    app.folder.rmdir()
"""
    ran = subprocess.run(
        [
            shutil.which("unshare"),
            "--mount",
            "--propagation",
            "private",
            sys.executable,
            "-c",
            code,
        ],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )

    assert "could not be removed: Device or resource busy." in ran.stdout, ran.stderr
