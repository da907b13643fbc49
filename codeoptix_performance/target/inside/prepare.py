"""What is executed where something has to run before the app: ``python prepare.py JOB``.

JOB is a JSON object: ``steps`` (each ``argv``, ``text``, ``required``, ``variables``), ``cwd`` of
the steps, ``argv`` of the app, ``progress``, ``begun``. The app takes this process's place, so the
time, memory and log of the steps are its own. The file ``progress`` says ``{"command", "code"}``
while a step runs (the code is null) and after a required one has failed; otherwise it is not there.
The file ``begun`` says ``{"begun_at"}``, on the monotonic clock, once the app takes over.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import Any


def main() -> None:
    """Runs the steps one after the other, then becomes the app."""
    job: dict[str, Any] = json.loads(sys.argv[1])
    for step in job["steps"]:
        _write(job["progress"], {"command": step["text"], "code": None})
        code = _run(step, job["cwd"])
        if code and step["required"]:
            _write(job["progress"], {"command": step["text"], "code": code})
            sys.exit(code if code > 0 else 1)
    os.remove(job["progress"])  # noqa: PTH107 - pathlib is slow here
    _write(job["begun"], {"begun_at": time.monotonic()})
    try:
        os.execvp(job["argv"][0], job["argv"])  # noqa: S606 - no shell is the point
    except OSError as error:
        sys.exit(f"{job['argv'][0]}: {error.strerror}")


def _run(step: dict[str, Any], folder: str) -> int:
    env = {**os.environ, **step["variables"]}
    try:
        done = subprocess.run(
            step["argv"], cwd=folder, env=env, stdin=subprocess.DEVNULL, check=False
        )
    except OSError as error:
        sys.stderr.write(f"{step['argv'][0]}: {error.strerror}\n")
        return 127
    return done.returncode


def _write(path: str, words: dict[str, Any]) -> None:
    """All at once, so that a reader never sees half of it."""
    half = f"{path}.half"
    with open(half, "w", encoding="utf-8") as file:  # noqa: PTH123 - pathlib is slow here
        json.dump(words, file)
    os.replace(half, path)  # noqa: PTH105 - as above


if __name__ == "__main__":
    main()
