"""Where an app's packages come from: this interpreter, or an environment made for it."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from codeoptix_performance.settings.settings import EnvironmentName
from codeoptix_performance.target.command_line import CommandLine
from codeoptix_performance.target.declared import package_of
from codeoptix_performance.target.environment.distributions import distributions_of, server_for
from codeoptix_performance.target.environment.imports import (
    installed_packages,
    modules_needed,
    not_found_here,
)
from codeoptix_performance.target.environment.node_modules import (
    node_packages,
    with_install_scripts,
)
from codeoptix_performance.target.environment.requirements import (
    Requirements,
    declared_requirements,
)
from codeoptix_performance.target.environment.uv import uv_environment
from codeoptix_performance.target.recipe import Recipe, reachable_files, recipe_in_words
from codeoptix_performance.target.source import SourceFile

_NODE_PROGRAMS = frozenset({"node", "npm", "npx", "yarn", "pnpm", "nodemon", "tsx", "ts-node"})
_PYTHON_SERVERS = {
    "gunicorn": "gunicorn",
    "uvicorn": "uvicorn",
    "hypercorn": "hypercorn",
    "granian": "granian",
    "daphne": "daphne",
    "waitress-serve": "waitress",
    "flask": "flask",
    "fastapi": "fastapi_cli",
    "django-admin": "django",
}
"""Programs of commands, and the module that has to be there for them."""


@dataclass(frozen=True, slots=True)
class Environment:
    """What an app runs with, beside its own files.

    ``programs`` are folders that stand first on PATH; ``readable`` are folders outside the app's
    own that it reads; ``origin`` says where its packages come from, ``""`` when nothing was made
    for it; ``caveat`` is a sentence on what may not work in it.
    """

    python: Path
    programs: tuple[Path, ...]
    readable: tuple[Path, ...] = ()
    node_modules: Path | None = None
    origin: str = ""
    caveat: str = ""


def environment_for(
    start: Recipe | CommandLine,
    files: tuple[SourceFile, ...],
    *,
    wanted: EnvironmentName,
    has_node_modules: bool = False,
) -> Environment:
    """The environment for an app of ``files`` that is started by ``start``.

    Raises ``TargetError`` when nobody could install what it asks for, and ``PreparationError``
    when it cannot be installed here.
    """
    python = Path(sys.executable)
    current = Environment(python, (python.parent,), readable=_packages_elsewhere())
    if wanted == "current":
        return current
    if isinstance(start, CommandLine) and is_node(start):
        return current if has_node_modules else _with_node_modules(current, files)
    modules = _modules_of(start, files)
    absent = not_found_here(modules)
    if wanted == "auto" and not absent:
        return current
    named = start if isinstance(start, Recipe) else recipe_in_words(files, start.text)
    entry = named.entry if named else "app.py"
    requirements = _requirements(entry, modules, files)
    return _made(requirements, _reason(absent))


def _made(requirements: Requirements, reason: str) -> Environment:
    folder = uv_environment(requirements, reason)
    return Environment(
        python=folder / "bin" / "python",
        programs=(folder / "bin", Path(sys.executable).parent),
        readable=(folder,),
        origin=requirements.origin,
    )


def _with_node_modules(current: Environment, files: tuple[SourceFile, ...]) -> Environment:
    folder = node_packages(files)
    if folder is None:
        return current
    scripts = with_install_scripts(folder)
    caveat = f"Install scripts are not run here: those of {', '.join(scripts)}." if scripts else ""
    return replace(
        current,
        readable=(*current.readable, folder),
        node_modules=folder / "node_modules",
        origin="package.json" if package_of(files) else "its imports",
        caveat=caveat,
    )


def _packages_elsewhere() -> tuple[Path, ...]:
    """Folders of this interpreter's packages that do not lie below its own."""
    prefixes = (sys.prefix, sys.base_prefix)
    return tuple(
        folder
        for folder in installed_packages()
        if not any(folder.is_relative_to(prefix) for prefix in prefixes)
    )


def _modules_of(start: Recipe | CommandLine, files: tuple[SourceFile, ...]) -> frozenset[str]:
    """What the app imports; of a command, what the file does that it names, and its program."""
    if isinstance(start, Recipe):
        return modules_needed(reachable_files(start, files), files, start.root)
    said = set(re.findall(r"[\w-]+", start.text))
    server = {module for program, module in _PYTHON_SERVERS.items() if program in said}
    named = recipe_in_words(files, start.text)
    read = reachable_files(named, files) if named else files
    return modules_needed(read, files, None) | server


def _requirements(
    entry: str, modules: frozenset[str], files: tuple[SourceFile, ...]
) -> Requirements:
    """What the app's files ask for, else what its imports do; with a server where it needs one."""
    declared = declared_requirements(files, entry)
    if declared is None:
        return Requirements("its imports", distributions_of(modules, files))
    return replace(declared, lines=(*declared.lines, *server_for(declared.names)))


def _reason(absent: tuple[str, ...]) -> str:
    if not absent:
        return "an environment of its own was asked for"
    return f"it needs {', '.join(absent)}, which this Python does not have"


def is_node(command: CommandLine) -> bool:
    """Whether a command runs node, itself or by a script of ``package.json``."""
    return PurePosixPath(command.program).name in _NODE_PROGRAMS or command.origin == "package.json"
