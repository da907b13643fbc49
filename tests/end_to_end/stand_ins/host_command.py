"""The real ``codeoptix`` command, as tests run it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

STAND_INS = Path(__file__).parent
PROJECT = STAND_INS.parents[2]
DEMO = PROJECT / "examples" / "demo"
CONTEXT = {"users": 20, "spawn_rate": 20, "run_time": "5s", "min_requests": 10}
"""A load that shows the blocking app's fault within seconds."""
LIGHT = {"users": 2, "spawn_rate": 2, "run_time": "1s", "min_requests": 1}
"""Too little to judge times by where other tests run beside."""
NO_LIMIT_ON_TIMES = dict.fromkeys(("max_avg_response_time", "max_p95_response_time"))


@dataclass(frozen=True)
class Workplace:
    """A folder that a command of the host works in, and what it wrote there."""

    folder: Path

    def results(self) -> dict[str, Any]:
        """What the host wrote to results.json."""
        return json.loads((self.folder / "results.json").read_text())

    def behavior(self) -> dict[str, Any]:
        """The result of our behavior."""
        return self.results()["behaviors"]["api-performance"]

    def metadata(self) -> dict[str, Any]:
        """What our behavior told about its first scenario."""
        return self.behavior()["scenario_results"][0]["behavior_result"]["metadata"]

    def run_id(self) -> str:
        """The host's name for the one evaluation that it kept here."""
        (kept,) = (self.folder / ".codeoptix" / "artifacts").glob("results_*.json")
        return kept.stem.removeprefix("results_")


@dataclass(frozen=True)
class Ended(Workplace):
    """A command that ended, and the folder it worked in."""

    returncode: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Command:
    """Words for the host, what lies as JSON in its folder, and further variables."""

    words: tuple[str, ...]
    files: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)


def evaluation(*words: str, files: Mapping[str, Any] | None = None, **environment: str) -> Command:
    """``codeoptix eval``, of codex with our behavior where nothing else is said.

    On failure its exit code is 1.
    """
    asked = ["eval", "--fail-on-failure", *words]
    for option, usual in (("--agent", "codex"), ("--behaviors", "api-performance")):
        if option not in words:
            asked += [option, usual]
    return Command(tuple(asked), files or {}, environment)


@dataclass(frozen=True)
class Host(Workplace):
    """The real ``codeoptix`` command in a folder of its own, with stand-ins for model and agent."""

    environment: Mapping[str, str]
    executable: Path = field(default=Path(sys.executable).with_name("codeoptix"))

    def run(self, command: Command) -> Ended:
        """One command, as a shell starts it."""
        _write(command.files, self.folder)
        done = subprocess.run(
            [self.executable, *command.words],
            cwd=self.folder,
            env={**self.environment, **command.environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=150,
        )
        return Ended(self.folder, done.returncode, done.stdout, done.stderr)

    def run_in_turn(self, commands: Mapping[str, Command], **environment: str) -> dict[str, Ended]:
        """Commands by name, each in a folder of its own, in one process of the host.

        The host takes seconds to be imported, and most that is asked of it needs no fresh one.
        """
        folders = {name: Path(mkdtemp(dir=self.folder)) for name in commands}
        for name, command in commands.items():
            _write(command.files, folders[name])
        asked = [{"folder": str(folders[name]), **asdict(commands[name])} for name in commands]
        done = subprocess.run(
            [sys.executable, STAND_INS / "in_turn.py"],
            env={**self.environment, **environment},
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            check=False,
            timeout=150,
        )
        assert done.returncode == 0, done.stderr
        ended = zip(folders.items(), json.loads(done.stdout), strict=True)
        return {name: Ended(folder, **how) for (name, folder), how in ended}


def _write(files: Mapping[str, Any], folder: Path) -> None:
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content))
