"""All of this room's tests once more, as a user without any power."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
USER = 40_123

SHOW_WHAT_ROOT_HIDES = r"""
set -eu
top=$1; shift
hidden=$(mktemp -d); mount --bind "$top" "$hidden"
mount -t tmpfs -o mode=0755 tmpfs "$top"
for path do
    [ "$path" = -- ] && break
    mkdir -p "$path"; mount --bind "$hidden${path#"$top"}" "$path"
done
while [ "$1" != -- ]; do shift; done; shift
umount "$hidden"; rmdir "$hidden"
exec "$@"
"""
"""In a mount namespace of its own: below a folder that only root may enter, only what is named."""


def wrapped(command, needed):
    """The command, with the folders it needs made readable where root keeps them to itself."""
    for top in sorted({path.parents[-2] for path in needed}):
        below = [str(path) for path in needed if path.is_relative_to(top)]
        if not top.stat().st_mode & 0o001:
            command = ["sh", "-c", SHOW_WHAT_ROOT_HIDES, "sh", str(top), *below, "--", *command]
    return ["unshare", "--mount", "--propagation", "private", *command]


@pytest.fixture
def own():
    """A folder where an ordinary user can work; pytest's own are closed to others."""
    with tempfile.TemporaryDirectory(prefix="ordinary-user-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(os.getuid() != 0, reason="the tests run as an ordinary user already")
def test_all_holds_for_an_ordinary_user(own):
    """Namespaces of a user's own in place of root's power; the same promises."""
    shutil.copytree(HERE, own / "sandbox", ignore=shutil.ignore_patterns("__pycache__"))
    for path in (own, *own.rglob("*")):
        os.chown(path, USER, USER)
    user = ["setpriv", "--reuid", str(USER), "--regid", str(USER), "--clear-groups"]
    options = ["-q", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(own), "-p", "no:xdist"]
    tests = [sys.executable, "-m", "pytest", *options, "-p", "no:cacheprovider"]
    needed = [Path(sys.prefix), Path(sys.base_prefix), ROOT]
    variables = {"PATH": os.environ["PATH"], "HOME": str(own), "TMPDIR": str(own)}
    ran = subprocess.run(
        wrapped([*user, *tests, str(own / "sandbox")], needed),
        cwd=own,
        env={**variables, "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert 0 == ran.returncode, ran.stdout[-8000:] + ran.stderr[-2000:]
    assert " passed" in ran.stdout
