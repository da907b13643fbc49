from __future__ import annotations

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


@pytest.fixture
def python() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs code in a fresh interpreter, with further variables and folders to import from."""

    def run(code: str, *folders: Path, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", code],
            env={**CLEAN, "PYTHONPATH": os.pathsep.join(map(str, folders)), **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return run


@pytest.fixture
def distribution(tmp_path: Path) -> Callable[..., Path]:
    """A folder that, on ``sys.path``, is an installed distribution with behavior entry points."""

    def make(name: str, source: str, **entries: str) -> Path:
        folder = tmp_path / name
        info = folder / f"{name}-1.5.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.5\n")
        lines = [f"{key.replace('_', '-')} = {value}" for key, value in entries.items()]
        (info / "entry_points.txt").write_text("\n".join(["[codeoptix.behaviors]", *lines]))
        (folder / f"{name}_module.py").write_text(source)
        return folder

    return make
