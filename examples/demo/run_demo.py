"""Runs the real ``codeoptix eval`` on two recorded agent answers: a sound app and a blocking one.

No key and no network: a stand-in for the language model plays the agent on loopback.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from stand_in_llm import stand_in_llm

HERE = Path(__file__).parent
OUTPUT = Path(".codeoptix-demo").resolve()
EXPECTED = {"sound": "pass", "blocking": "fail"}


def main() -> int:
    """0 if the sound app passed and the blocking one failed, else 1."""
    outcomes = {name: evaluate(name) for name in EXPECTED}
    print("\nIn short: " + ", ".join(f"{name} app: {what}" for name, what in outcomes.items()))
    return 0 if outcomes == EXPECTED else 1


def evaluate(name: str) -> str:
    """The outcome of one recorded app, after showing the command, its output and why."""
    folder = OUTPUT / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    print(f"\n━━━ An agent answers with the {name} app ({HERE.name}/{name}.py)\n")
    with stand_in_llm((HERE / f"{name}.py").read_text()) as model:
        run_host(folder, model.environment())
    return show(folder / "results.json")


def run_host(folder: Path, environment: dict[str, str]) -> None:
    context = '{"users": 20, "run_time": "8s"}'
    words = ["eval", "--agent", "basic", "--llm-provider", "openai"]
    words += ["--behaviors", "api-performance", "--context", context, "--fail-on-failure"]
    print("$ codeoptix", *(f"'{word}'" if " " in word else word for word in words), flush=True)
    host = Path(sys.executable).with_name("codeoptix")
    done = subprocess.run(
        [host, *words], cwd=folder, env={**os.environ, **environment}, check=False
    )
    print(f"exit code {done.returncode}")


def show(results: Path) -> str:
    if not results.exists():
        return "no results"
    behavior = json.loads(results.read_text())["behaviors"]["api-performance"]
    (outcome,) = behavior["metadata"]["outcomes"]
    print(f"\nVerdict:  {outcome}, score {behavior['score']:.2f}")
    print("Why:      " + "\n          ".join(behavior["evidence"][:3]))
    print(f"Results:  {results}")
    return outcome


if __name__ == "__main__":
    sys.exit(main())
