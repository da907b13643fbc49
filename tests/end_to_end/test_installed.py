"""``pip install "codeoptix[performance]"`` as it will be once the host carries the extra."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from host_command import LIGHT, NO_LIMIT_ON_TIMES, PROJECT, STAND_INS, Host, evaluation

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
EXTRA = (
    'Provides-Extra: performance\nRequires-Dist: codeoptix-performance; extra == "performance"\n'
)


def run(*command: str | Path) -> None:
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"


def host_wheel(folder: Path) -> Path:
    """The released host's wheel, with the one change its maintainers would make."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "-d", folder]
    done = subprocess.run([*pip, "codeoptix==0.1.4"], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no package index: {done.stderr.strip().splitlines()[-1]}")
    (released,) = folder.glob("codeoptix-*.whl")
    changed = folder / "changed" / released.name
    changed.parent.mkdir()
    with zipfile.ZipFile(released) as old, zipfile.ZipFile(changed, "w") as new:
        contents = {name: old.read(name) for name in old.namelist()}
        metadata = next(name for name in contents if name.endswith(".dist-info/METADATA"))
        record = metadata.replace("METADATA", "RECORD")
        contents[metadata] = with_extra(contents[metadata])
        contents[record] = with_new_hash(contents[record], metadata, contents[metadata])
        for name, content in contents.items():
            new.writestr(name, content)
    return changed


def with_extra(metadata: bytes) -> bytes:
    head, blank, body = metadata.decode().partition("\n\n")
    return f"{head}\n{EXTRA.rstrip()}{blank}{body}".encode()


def with_new_hash(record: bytes, name: str, content: bytes) -> bytes:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    lines = [
        f"{name},sha256={digest},{len(content)}" if line.startswith(f"{name},") else line
        for line in record.decode().splitlines()
    ]
    return ("\n".join(lines) + "\n").encode()


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ``bin`` of a new virtual environment with the host, its extra, and nothing else."""
    folder = tmp_path_factory.mktemp("installed")
    wheels, venv = folder / "wheels", folder / "venv"
    wheel = host_wheel(wheels)
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", wheels)
    wanted = f"codeoptix[performance] @ {wheel.as_uri()}"
    uv = Path(sys.executable).with_name("uv")
    run(uv, "venv", "--quiet", "--python", sys.executable, venv)
    install = [uv, "pip", "install", "--quiet", "--python", venv / "bin" / "python"]
    run(*install, "--find-links", wheels, wanted)
    return venv / "bin"


def test_the_extra_brings_the_behaviors(environment: Path, host: Host) -> None:
    """After the one install command, with no import by anybody, eval knows and runs ours."""
    installed = replace(host, executable=environment / "codeoptix")
    context = json.dumps({**LIGHT, **NO_LIMIT_ON_TIMES})  # other tests run beside
    app = str(STAND_INS / "plain_app.py")
    done = installed.run(evaluation("--context", context, CODEX_APP=app))
    assert done.returncode == 0, done.stdout + done.stderr
    assert installed.metadata()["outcome"] == "pass"


def test_the_installed_doctor_finds_everything(environment: Path, tmp_path: Path) -> None:
    """From the wheel, too, each seam is applied and both behaviors load."""
    code = (
        "from codeoptix_performance import doctor_report;"
        "print([line for line in doctor_report() if not line.ok])"
    )
    done = subprocess.run(
        [environment / "python", "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"


def test_uninstalling_leaves_no_start_up_file(environment: Path) -> None:
    """Both start-up files are in the wheel's record, so that they go with it."""
    (record,) = environment.parent.glob("lib/*/site-packages/codeoptix_performance-*/RECORD")
    recorded = record.read_text()
    for suffix in ("pth", "start"):
        assert f"\ncodeoptix_performance_autoload.{suffix}," in f"\n{recorded}"
