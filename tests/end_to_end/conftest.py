from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE / "stand_ins"), str(HERE.parents[1] / "examples" / "demo")]

from host_command import DEMO, STAND_INS, Host  # noqa: E402 - neither folder is a package
from stand_in_llm import StandInLLM, stand_in_llm  # noqa: E402 - as above


@pytest.fixture
def model() -> Iterator[StandInLLM]:
    """A stand-in for every provider, which as an agent answers with the sound app."""
    with stand_in_llm((DEMO / "sound.py").read_text()) as server:
        yield server


@pytest.fixture
def host(tmp_path: Path, model: StandInLLM) -> Host:
    """The host with nothing of this machine's own settings in its environment."""
    kept = {name: os.environ[name] for name in ("HOME", "LANG", "TERM") if name in os.environ}
    paths = [str(STAND_INS), str(Path(sys.executable).parent), os.environ["PATH"]]
    environment = {**kept, **model.environment(), "PATH": os.pathsep.join(paths)}
    return Host(tmp_path, {**environment, "CODEX_APP": str(DEMO / "sound.py")})
