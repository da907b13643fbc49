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


@pytest.fixture(scope="module")
def model() -> Iterator[StandInLLM]:
    """A stand-in for every provider, which as an agent answers with the sound app."""
    with stand_in_llm((DEMO / "sound.py").read_text()) as server:
        yield server


@pytest.fixture(scope="module")
def variables(model: StandInLLM) -> dict[str, str]:
    """Nothing of this machine's own settings, and a codex that answers with the sound app."""
    kept = {name: os.environ[name] for name in ("HOME", "LANG", "TERM") if name in os.environ}
    paths = [str(STAND_INS), str(Path(sys.executable).parent), os.environ["PATH"]]
    return {
        **kept,
        **model.environment(),
        "PATH": os.pathsep.join(paths),
        "CODEX_APP": str(DEMO / "sound.py"),
    }


@pytest.fixture
def host(tmp_path: Path, variables: dict[str, str]) -> Host:
    """The host in an empty folder."""
    return Host(tmp_path, variables)


@pytest.fixture(scope="module")
def shared_host(tmp_path_factory: pytest.TempPathFactory, variables: dict[str, str]) -> Host:
    """The host in a folder of the whole module: what it has done there is only looked at."""
    return Host(tmp_path_factory.mktemp("host"), variables)
