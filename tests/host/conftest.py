from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "examples" / "demo"))

CLEAN = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("CODEOPTIX", "OPENAI", "ANTHROPIC", "GOOGLE", "OLLAMA", "LOCUST"))
}
IN_TURN = """
import contextlib, io, json, sys, traceback
ended = {}
for name, code in json.load(sys.stdin).items():
    returncode, out, err = 0, io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            exec(compile(code, f"<{name}>", "exec"), {"__name__": "__main__"})
        except BaseException:
            returncode = 1
            traceback.print_exc()
    ended[name] = {"returncode": returncode, "stdout": out.getvalue(), "stderr": err.getvalue()}
json.dump(ended, sys.stdout)
"""

Ended = subprocess.CompletedProcess[str]


@pytest.fixture(scope="session")
def python() -> Callable[..., Ended]:
    """Runs code in a fresh interpreter, with further variables and folders to import from."""

    def run(code: str, *folders: Path, text: str | None = None, **environment: str) -> Ended:
        return subprocess.run(
            [sys.executable, "-c", code],
            env={**CLEAN, "PYTHONPATH": os.pathsep.join(map(str, folders)), **environment},
            input=text,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return run


@pytest.fixture(scope="session")
def in_turn(python: Callable[..., Ended]) -> Callable[..., dict[str, Ended]]:
    """Runs pieces of code by name, one after the other, in one fresh interpreter.

    Importing the host takes seconds, so what may share a process does. Each piece has names of
    its own, and the exit code and the outputs it would have had by itself.
    """

    def run(pieces: dict[str, str], *folders: Path, **environment: str) -> dict[str, Ended]:
        done = python(IN_TURN, *folders, text=json.dumps(pieces), **environment)
        assert done.returncode == 0, done.stderr
        ended = json.loads(done.stdout)
        return {name: Ended(name, **ended[name]) for name in pieces}

    return run


@pytest.fixture(scope="session")
def distribution(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """A folder that, on ``sys.path``, is an installed distribution with behavior entry points."""

    def make(name: str, source: str, **entries: str) -> Path:
        folder = tmp_path_factory.mktemp(name)
        info = folder / f"{name}-1.5.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.5\n")
        lines = [f"{key.replace('_', '-')} = {value}" for key, value in entries.items()]
        (info / "entry_points.txt").write_text("\n".join(["[codeoptix.behaviors]", *lines]))
        (folder / f"{name}_module.py").write_text(source)
        return folder

    return make
