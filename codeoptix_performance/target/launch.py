"""What is executed for a recipe or a command: program, environment, working directory."""

from __future__ import annotations

import json
import os
import random
import shutil
import socket
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from codeoptix_performance.errors import PreparationError, SettingsError
from codeoptix_performance.target.command_line import PORT, CommandLine, Step
from codeoptix_performance.target.environment.environment import Environment, is_node
from codeoptix_performance.target.process import Launch
from codeoptix_performance.target.recipe import Recipe
from codeoptix_performance.target.sandbox.filesystem import installation_of

_START = Path(__file__).parent / "inside" / "start.py"
_PREPARE = _START.with_name("prepare.py")
_NODE_ROUTES = _START.with_name("node_routes.cjs")
_PORTS = range(10_240, 32_000)
_taken: set[int] = set()
_taken_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Given:
    """What an app is given by us: packages, the variables its user named, a place to run in.

    ``folder`` is the part of its files that a command runs in; ``links_out`` names the links among
    them that lead elsewhere and were left behind.
    """

    environment: Environment
    variables: Mapping[str, str]
    folder: str = "."
    links_out: str = ""


@dataclass(frozen=True, slots=True)
class PlainStep:
    """What ``inside/prepare.py`` executes before the app; ``text`` is how people call it."""

    argv: tuple[str, ...]
    text: str
    required: bool
    variables: Mapping[str, str]


def launch_recipe(recipe: Recipe, folder: Path, port: int, given: Given) -> Launch:
    """How the runner inside starts a recipe whose files lie in ``folder/app``."""
    argv = _runner(recipe, folder, port, given, only_routes=False)
    env = app_environment(folder, port, given)
    return Launch(argv, env, folder / "app" / recipe.root, given.environment.readable)


def launch_command(command: CommandLine, folder: Path, port: int, given: Given) -> Launch:
    """How a command line is executed in ``folder/app``, without a shell."""
    env = app_environment(folder, port, given)
    if is_node(command):
        env |= _look_at_node_routes(folder)
    env |= dict(command.variables)
    place = folder / "app" / given.folder
    program = find_program(command.program, env["PATH"], place)
    home = installation_of(program) if program else ()
    readable = (*given.environment.readable, *home)
    return Launch(command.on_port(port), env, place, readable)


def check_program(command: CommandLine, launch: Launch, folder: Path) -> None:
    """Refuses a program that is nowhere, neither on PATH nor in ``folder``.

    Raises ``SettingsError`` for a command of the user's, ``PreparationError`` for one of the app's.
    """
    if find_program(command.program, launch.env["PATH"], folder):
        return
    if command.is_setting:
        raise SettingsError(
            command.origin,
            f"{command.origin} is {command.text!r}; its program {command.program!r} was not "
            "found; shell syntax is understood only as sh -c '...'.",
        )
    raise PreparationError(
        f"The app could not be tested: the program {command.program!r}, which its "
        f"{command.origin} names, was not found."
    )


def after_steps(launch: Launch, steps: tuple[PlainStep, ...], folder: Path, given: Given) -> Launch:
    """The same launch after ``steps``, which run where a command does."""
    if not steps:
        return launch
    job = {
        "steps": [asdict(step) for step in steps],
        "cwd": str(folder / "app" / given.folder),
        "argv": launch.argv,
        "progress": str(progress_path(folder)),
        "begun": str(begun_path(folder)),
    }
    argv = (sys.executable, "-I", "-S", str(_PREPARE), json.dumps(job))
    return replace(launch, argv=argv)


def setup_step(step: Step, port: int) -> PlainStep:
    """A step of the app's own, ready to be executed."""
    variables = dict(step.command.variables)
    return PlainStep(step.command.on_port(port), step.command.text, step.required, variables)


def routes_step(recipe: Recipe, folder: Path, port: int, given: Given) -> PlainStep:
    """Writes the route table of an app that a server of its own will serve."""
    argv = _runner(recipe, folder, port, given, only_routes=True)
    return PlainStep(argv, "the look at its routes", required=False, variables={})


def _runner(
    recipe: Recipe, folder: Path, port: int, given: Given, *, only_routes: bool
) -> tuple[str, ...]:
    app = folder / "app"
    job = {
        "root": str(app / recipe.root),
        "entry": str(app / recipe.entry),
        "module": recipe.module,
        "run_as": recipe.run_as,
        "attribute": recipe.attribute,
        "arguments": [argument.replace(PORT, str(port)) for argument in recipe.arguments],
        "port": port,
        "report": str(report_path(folder)),
        "statements": str(statements_path(folder)),
        "only_routes": only_routes,
    }
    return (str(given.environment.python), str(_START), json.dumps(job))


def app_environment(folder: Path, port: int, given: Given) -> dict[str, str]:
    """The environment of an app, built from nothing: no variable of ours, and never a key."""
    modules = folder / "app" / given.folder / "node_modules" / ".bin"
    programs = (*given.environment.programs, modules)
    return {
        "PATH": os.pathsep.join((*map(str, programs), os.environ.get("PATH") or os.defpath)),
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
        **given.variables,
    }


def find_program(name: str, path: str, folder: Path) -> Path | None:
    """Where a command's program is: in the app's folder if its name has a slash, else on PATH."""
    if "/" in name:
        place = folder / name
        return place if os.access(place, os.X_OK) and place.is_file() else None
    found = shutil.which(name, path=path)
    return Path(found) if found else None


def _look_at_node_routes(folder: Path) -> dict[str, str]:
    """Has node load our look at its routes before the app."""
    return {
        "NODE_OPTIONS": f"--require={_NODE_ROUTES}",
        "CODEOPTIX_PERFORMANCE_REPORT": str(report_path(folder)),
    }


def report_path(folder: Path) -> Path:
    """Where the app's process writes its route table: in a folder that is the app's own."""
    return folder / "home" / ".codeoptix-performance.json"


def statements_path(folder: Path) -> Path:
    """Where the app's process tells its SQL statements while they are asked for; as above."""
    return folder / "home" / ".codeoptix-performance-statements"


def progress_path(folder: Path) -> Path:
    """Where the step before the app is named while it runs and when it has failed; as above."""
    return folder / "home" / ".codeoptix-performance-setup.json"


def begun_path(folder: Path) -> Path:
    """Where the moment stands at which the steps before the app were over; as above."""
    return folder / "home" / ".codeoptix-performance-begun.json"


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
