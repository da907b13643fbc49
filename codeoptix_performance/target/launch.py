"""What is executed for a recipe or a command: program, environment, working directory."""

from __future__ import annotations

import json
import os
import random
import re
import shlex
import shutil
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from codeoptix_performance.errors import StartFailure, TargetError
from codeoptix_performance.target.process import Launch
from codeoptix_performance.target.recipe import Recipe

_START = Path(__file__).parent / "inside" / "start.py"
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=.*", re.DOTALL)
_PORTS = range(10_240, 32_000)
_taken: set[int] = set()
_taken_lock = threading.Lock()


def launch_recipe(recipe: Recipe, folder: Path, port: int) -> Launch:
    """How the runner inside starts a recipe whose files lie in ``folder/app``."""
    app = folder / "app"
    job = {
        "root": str(app / recipe.root),
        "entry": str(app / recipe.entry),
        "module": recipe.module,
        "run_as": recipe.run_as,
        "arguments": [argument.replace("{port}", str(port)) for argument in recipe.arguments],
        "port": port,
        "report": str(report_path(folder)),
    }
    argv = (sys.executable, str(_START), json.dumps(job))
    return Launch(argv, app_environment(folder, port), app / recipe.root)


def launch_command(command: str, folder: Path, port: int) -> Launch:
    """A command line as a shell would split it, without a shell; ``{port}`` becomes the port.

    Raises ``TargetError`` when it cannot be split or its program is not found.
    """
    env = app_environment(folder, port)
    try:
        words = [word.replace("{port}", str(port)) for word in shlex.split(command)]
    except ValueError as error:
        raise _did_not_start(f"its command cannot be read ({error}): {command}") from error
    while words and _ASSIGNMENT.fullmatch(words[0]):
        name, _, value = words.pop(0).partition("=")
        env[name] = value
    if not words:
        raise _did_not_start(f"its command names no program: {command!r}")
    app = folder / "app"
    if not shutil.which(words[0], path=env["PATH"]) and not os.access(app / words[0], os.X_OK):
        raise _did_not_start(
            f"the program {words[0]!r} of its command was not found; "
            "shell syntax is understood only as sh -c '...'"
        )
    return Launch(tuple(words), env, app)


def app_environment(folder: Path, port: int) -> dict[str, str]:
    """The environment of an app, built from nothing: no variable of ours, and never a key."""
    python = str(Path(sys.executable).parent)
    return {
        "PATH": os.pathsep.join((python, os.environ.get("PATH") or os.defpath)),
        "LANG": "C.UTF-8",
        "HOME": str(folder / "home"),
        "TMPDIR": str(folder / "tmp"),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "FLASK_RUN_PORT": str(port),
        "UVICORN_PORT": str(port),
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "CODEOPTIX_PERFORMANCE_AUTOLOAD": "0",
    }


def report_path(folder: Path) -> Path:
    """Where the app's process writes its route table: in a folder that is the app's own."""
    return folder / "home" / ".codeoptix-performance.json"


@contextmanager
def free_port() -> Iterator[int]:
    """A port of 127.0.0.1 that nothing uses; no second caller gets it before this one leaves.

    It lies below the range from which the kernel serves outgoing connections, so that a load
    generator's own sockets cannot take it between the choice and the app's ``bind``.
    """
    with _taken_lock:
        port = next(port for port in _shuffled() if port not in _taken and is_free(port))
        _taken.add(port)
    try:
        yield port
    finally:
        with _taken_lock:
            _taken.discard(port)


def is_free(port: int) -> bool:
    """Whether a server could take the port now, on 127.0.0.1 and on every address."""
    for address in ("127.0.0.1", ""):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError:
                return False
    return True


def _shuffled() -> Iterator[int]:
    while True:
        yield random.choice(_PORTS)  # noqa: S311 - a port is no secret


def _did_not_start(reason: str) -> TargetError:
    return TargetError(StartFailure("did-not-start", f"The app did not start: {reason}."))
