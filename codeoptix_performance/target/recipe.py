"""Which file of an app is its entry, and how Python runs it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from codeoptix_performance.errors import StartFailure, TargetError
from codeoptix_performance.target.signs import Import, Signs, read_signs
from codeoptix_performance.target.source import SourceFile

_NAME_OF_APP = re.compile(r"[\w./-]*\w(?::[\w.]+(?:\(\))?)?")
_ENTRY_NAMES = ("manage", "main", "app", "server", "run", "wsgi", "asgi", "api", "__main__")
_ASIDE = frozenset(
    "test tests testing docs doc examples example benchmarks scripts migrations alembic "
    "node_modules site-packages client clients".split()
)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the app is run. Paths are relative to the folder that holds the app's files.

    ``root`` is the working directory and first on ``sys.path``; ``module`` is the entry's name
    seen from there. ``script`` runs the entry as ``__main__``, ``module`` imports it.
    ``attribute`` names the app in the module (with ``()`` what makes it); ``""`` when it is to be
    found. ``arguments`` is its command line; ``{port}`` in it stands for the port.
    """

    entry: str
    root: str
    module: str
    run_as: Literal["script", "module"]
    label: str
    arguments: tuple[str, ...] = ()
    attribute: str = ""

    @property
    def description(self) -> str:
        """For people: ``FastAPI app in main.py``."""
        return f"{self.label} in {self.entry}"


def find_recipe(files: tuple[SourceFile, ...], named: str | None = None) -> Recipe:
    """The entry among ``files``, or the path that was ``named`` as the entry, and how to run it.

    Raises ``TargetError``: ``no-app`` when nothing in them can become a server, and
    ``did-not-start`` when the entry, or a file it imports, is no valid Python.
    """
    all_signs = tuple(read_signs(file) for file in files if _is_python(file.path))
    candidates = [
        signs
        for signs in all_signs
        if (signs.path == named if named else not _is_aside(signs.path))
    ]
    if not any(signs.is_web or (named and _leads_to_web(signs, all_signs)) for signs in candidates):
        raise TargetError(StartFailure("no-app", _no_app_sentence(files)))
    by_path = {signs.path: signs for signs in all_signs}
    entry = max(candidates, key=lambda signs: _score(signs, candidates))
    root = _root_of(entry, set(by_path))
    _refuse_syntax_errors(entry, root, by_path)
    return _recipe_of(entry, root, by_path)


def recipe_of_object(files: tuple[SourceFile, ...], named: str) -> Recipe | None:
    """How ``module:attribute`` is served; None when no file is the module."""
    module, _, attribute = named.partition(":")
    below = module.replace(".", "/")
    found = [
        file.path
        for file in files
        if f"/{file.path}".endswith((f"/{below}.py", f"/{below}/__init__.py"))
    ]
    if not found:
        return None
    path = min(found, key=lambda path: (len(PurePosixPath(path).parts), path))
    place = path.removesuffix(".py").removesuffix("/__init__")
    root = place.removesuffix(below).rstrip("/") or "."
    by_path = _by_path(files)
    return Recipe(
        entry=path,
        root=root,
        module=module,
        run_as="module",
        label=_label_of(by_path[path], root, by_path),
        attribute=attribute,
    )


def recipe_in_words(files: tuple[SourceFile, ...], text: str) -> Recipe | None:
    """The app that a command line names: a file, or a module with or without its object."""
    by_path = _by_path(files)
    for word in _NAME_OF_APP.findall(text):
        path = str(PurePosixPath(word))
        if path in by_path:
            return _recipe_of(by_path[path], _root_of(by_path[path], set(by_path)), by_path)
        if "/" not in word and (recipe := recipe_of_object(files, word)):
            return recipe
    return None


def reachable_files(recipe: Recipe, files: tuple[SourceFile, ...]) -> tuple[SourceFile, ...]:
    """The entry and every file that it imports, directly or not; of a Django project all.

    Django finds most of a project's modules by names in its settings.
    """
    if recipe.label.startswith("Django"):
        return tuple(file for file in files if not _is_aside(file.path))
    by_path = _by_path(files)
    reached = {signs.path for signs in _reachable(by_path[recipe.entry], recipe.root, by_path)}
    return tuple(file for file in files if file.path in reached)


def refuse_syntax_errors(recipe: Recipe, files: tuple[SourceFile, ...]) -> None:
    """Raises ``TargetError`` where the entry, or a file it imports, is no valid Python."""
    by_path = _by_path(files)
    _refuse_syntax_errors(by_path[recipe.entry], recipe.root, by_path)


def _by_path(files: tuple[SourceFile, ...]) -> dict[str, Signs]:
    return {file.path: read_signs(file) for file in files if _is_python(file.path)}


def _is_python(path: str) -> bool:
    return path.endswith(".py")


def _recipe_of(entry: Signs, root: str, by_path: dict[str, Signs]) -> Recipe:
    runs_itself = entry.has_main_block or entry.starts_at_top
    module = ".".join(PurePosixPath(entry.path).relative_to(root).with_suffix("").parts)
    return Recipe(
        entry=entry.path,
        root=root,
        module=module.removesuffix(".__init__"),
        run_as="script" if runs_itself else "module",
        label=_label_of(entry, root, by_path),
        arguments=("runserver", "127.0.0.1:{port}", "--noreload")
        if runs_itself and entry.runs_django_commands
        else (),
    )


def _is_aside(path: str) -> bool:
    """Whether a file is about the app (its tests, docs, clients) and not the app."""
    parts = PurePosixPath(path).parts
    stem = PurePosixPath(path).stem
    return (
        any(part.lower() in _ASIDE for part in parts[:-1])
        or stem.startswith("test_")
        or stem.endswith("_test")
        or stem in ("conftest", "setup", "test", "tests", "client", "locustfile", "gunicorn_conf")
    )


def _score(signs: Signs, others: Sequence[Signs]) -> tuple[int, int, str]:
    """How much a file looks like the entry; ties go to the usual name, then the alphabet."""
    name = PurePosixPath(signs.path).stem
    runs_itself = signs.has_main_block or signs.starts_at_top
    points = (
        10 * (name == "manage" and signs.runs_django_commands)
        + 6 * (runs_itself and signs.starts_at_top)
        + 2 * signs.has_main_block
        + 4 * signs.makes_app
        + 3 * (bool(signs.frameworks) or signs.is_bare_app)
        + 2 * (signs.imports_server or signs.imports_plain_server)
        + 2 * signs.has_factory
        + 3 * (name in _ENTRY_NAMES)
        - (len(PurePosixPath(signs.path).parts) - 1)
    )
    if not signs.is_web:
        points -= 0 if _leads_to_web(signs, others) and runs_itself else 100
    rank = _ENTRY_NAMES.index(name) if name in _ENTRY_NAMES else len(_ENTRY_NAMES)
    return points, -rank, "".join(chr(0x10FFFF - ord(char)) for char in signs.path)


def _leads_to_web(signs: Signs, others: Sequence[Signs]) -> bool:
    """Whether a file without a framework of its own imports one that has (``run.py``)."""
    web = {other.path for other in others if other.is_web}
    root = _root_of(signs, {other.path for other in others})
    return any(_file_of(imported, signs.path, root, web) for imported in signs.imports)


def _root_of(entry: Signs, paths: set[str]) -> str:
    """The folder from which most of the entry's imports are found; ``.`` is the outermost.

    Of folders that serve alike the entry's own is taken, as when a person runs the file; with
    relative imports the root lies above the package they need.
    """
    folders = list(PurePosixPath(entry.path).parents)
    dots = max((imported.level for imported in entry.imports), default=0)
    is_package = PurePosixPath(entry.path).name == "__init__.py"
    lowest = max(dots, 1 if is_package else 0)
    usable = folders[min(lowest, len(folders) - 1) :]

    def found(folder: PurePosixPath) -> int:
        return len(
            {
                imported.module
                for imported in entry.imports
                if not imported.level
                and _file_of(imported, entry.path, str(folder), paths) not in (None, entry.path)
            }
        )

    return str(max(usable, key=lambda folder: (found(folder), len(folder.parts))))


def _file_of(imported: Import, importer: str, root: str, paths: set[str]) -> str | None:
    """The file an import loads, or None when it is none of ours."""
    base = PurePosixPath(root)
    if imported.level:
        parents = PurePosixPath(importer).parents
        base = parents[min(imported.level, len(parents)) - 1]
    place = base.joinpath(*imported.module.split("."))
    for path in (f"{place}.py", str(place / "__init__.py")):
        if path in paths:
            return path
    return None


def _reachable(entry: Signs, root: str, by_path: dict[str, Signs]) -> list[Signs]:
    """The entry and every file of ours that it imports, directly or not."""
    found = {entry.path: entry}
    waiting = [entry]
    while waiting:
        signs = waiting.pop()
        for imported in signs.imports:
            path = _file_of(imported, signs.path, root, set(by_path))
            if path is not None and path not in found:
                found[path] = by_path[path]
                waiting.append(by_path[path])
    return list(found.values())


def _label_of(entry: Signs, root: str, by_path: dict[str, Signs]) -> str:
    for signs in _reachable(entry, root, by_path):
        if signs.frameworks:
            return f"{signs.frameworks[0]} app"
    modules = {imported.module for imported in entry.imports}
    return "http.server app" if "http.server" in modules else "Python web app"


def _refuse_syntax_errors(entry: Signs, root: str, by_path: dict[str, Signs]) -> None:
    for signs in _reachable(entry, root, by_path):
        error = signs.syntax_error
        if error is not None:
            kind = type(error).__name__
            sentence = f"{kind} in {signs.path} line {error.lineno}: {error.msg}"
            raise TargetError(
                StartFailure("did-not-start", f"The app did not start: {sentence.rstrip('.')}.")
            )


def _no_app_sentence(files: tuple[SourceFile, ...]) -> str:
    python = [file.path for file in files if _is_python(file.path)]
    start = "No web app was found in the agent's code:"
    if not python:
        return f"{start} it holds neither a Python file nor a server in JavaScript."
    shown = ", ".join(python[:3]) + (" and others" if len(python) > 3 else "")
    verb = "imports" if len(python) == 1 else "import"
    return f"{start} {shown} {verb} no web framework and no server."
