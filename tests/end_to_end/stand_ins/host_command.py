"""The real ``codeoptix`` command, as tests run it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

STAND_INS = Path(__file__).parent
PROJECT = STAND_INS.parents[2]
DEMO = PROJECT / "examples" / "demo"
CONTEXT = {"users": 20, "spawn_rate": 20, "run_time": "5s", "min_requests": 10}
"""A load that shows the blocking app's fault within seconds."""


@dataclass
class Host:
    """The real ``codeoptix`` command in a folder of its own, with stand-ins for model and agent."""

    folder: Path
    environment: Mapping[str, str]
    executable: Path = field(default=Path(sys.executable).with_name("codeoptix"))

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs one command to its end."""
        return subprocess.run(
            [self.executable, *words],
            cwd=self.folder,
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=150,
        )

    def eval(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """``codeoptix eval`` with our behavior, on failure with exit code 1."""
        asked = ["--behaviors", "api-performance", "--fail-on-failure", *words]
        if "--agent" not in words:
            asked += ["--agent", "codex"]
        if "--context" not in words and "--config" not in words:
            asked += ["--context", json.dumps(CONTEXT)]
        return self.run("eval", *asked, **environment)

    def config(self, **content: Any) -> str:
        """The name of a config file that holds ``content``."""
        (self.folder / "config.json").write_text(json.dumps(content))
        return "config.json"

    def results(self) -> dict[str, Any]:
        """What the host wrote to results.json."""
        return json.loads((self.folder / "results.json").read_text())

    def behavior(self) -> dict[str, Any]:
        """The result of our behavior."""
        return self.results()["behaviors"]["api-performance"]

    def metadata(self) -> dict[str, Any]:
        """What our behavior told about its first scenario."""
        return self.behavior()["scenario_results"][0]["behavior_result"]["metadata"]
