"""One Python file that was named, and what beside it is meant by it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from codeoptix_performance.target.regular_file import place_within
from codeoptix_performance.target.sandbox.filesystem import users_home
from codeoptix_performance.target.sandbox.limits import Limits
from codeoptix_performance.target.source import SourceFile
from codeoptix_performance.target.syntax import parsed
from codeoptix_performance.target.workspace import is_left_behind, read_file
from codeoptix_performance.target.workspace_copy import copy_entries

_USUAL_NEIGHBOURS = ("templates", "static", "data")


@dataclass(frozen=True, slots=True)
class SingleFile:
    """A file and what it needs. ``root`` is the folder from which its imports are found.

    ``entries`` are files and folders below ``root``, the file itself the first.
    """

    root: Path
    entries: tuple[Path, ...]

    @property
    def path(self) -> str:
        """The file's own path below ``root``."""
        return self.entries[0].relative_to(self.root).as_posix()

    def files(self) -> tuple[SourceFile, ...]:
        """Every Python file among the entries, the named one first."""
        paths = dict.fromkeys(path for entry in self.entries for path in _python_files(entry))
        return tuple(file for path in paths if (file := read_file(path, self.root)) is not None)

    def copy(self, destination: Path, limits: Limits) -> tuple[Path, ...]:
        """Copies the entries into the folder ``destination``, each to its place below ``root``.

        The links that stayed behind because they lead out of ``root``.
        """
        return copy_entries(self.root, self.entries, destination, limits)


def single_file(file: Path) -> SingleFile:
    """A file with the modules it imports, the paths it names, and the package it belongs to."""
    file = file.absolute()
    if place_within(file, _root_of(file)) is None:
        file = file.resolve()  # a link that was named is meant, as it is by Python itself
    root = _root_of(file)
    if users_home().is_relative_to(root):
        root = file.parent  # the file may say what it likes: a home is no part of an app
    found = dict.fromkeys([file])
    top = root / file.relative_to(root).parts[0]
    if (top / "__init__.py").is_file():
        found[top] = None
    waiting = [path for entry in found for path in _python_files(entry)]
    while waiting:
        current = waiting.pop()
        for path in _meant_by(current, root):
            if path not in found and not is_left_behind(path):
                found[path] = None
                waiting += _python_files(path) if place_within(path, root) else ()
    return SingleFile(root, tuple(found))


def _root_of(file: Path) -> Path:
    """The folder above the file's outermost package; its own folder where it is in none."""
    folder = file.parent
    while (folder / "__init__.py").is_file() and folder.parent != folder:
        folder = folder.parent
    dots, modules = _imports_of(file)
    if folder == file.parent and dots:
        return file.parents[min(dots, len(file.parents) - 1)]
    for above in file.parents[:-1]:
        if above.name in modules and not (file.parent / above.name).exists():
            return min(folder, above.parent, key=lambda path: len(path.parts))
    return folder


def _imports_of(file: Path) -> tuple[int, set[str]]:
    """The most leading dots of its relative imports, and the first names of its absolute ones."""
    dots, names = 0, set()
    for node in _nodes(file):
        if isinstance(node, ast.ImportFrom):
            dots = max(dots, node.level)
            names |= {(node.module or "").split(".")[0]} if not node.level else set()
        elif isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
    return dots, names


def _python_files(entry: Path) -> Iterator[Path]:
    if entry.suffix == ".py" and entry.is_file():
        yield entry
    elif entry.is_dir():
        for path in sorted(entry.iterdir()):
            if not is_left_behind(path) and not path.is_symlink():
                yield from _python_files(path)


def _meant_by(file: Path, root: Path) -> Iterator[Path]:
    """What a file imports, up to the root, and what lies beside it under a name it has in it.

    Never a hidden folder: that is where programs keep what is their user's.
    """
    modules, names = _modules_in(file), _names_in(file)
    beside = [file.parent / name for name in sorted(names)]
    folders = [folder for folder in file.parents if folder.is_relative_to(root)]
    imported = [
        folder / name
        for folder in folders
        for module in sorted(modules)
        for name in (module, f"{module}.py")
    ]
    found = (path for path in (*beside, *imported) if path.exists())
    yield from (path for path in found if not (path.name.startswith(".") and path.is_dir()))


def _modules_in(file: Path) -> set[str]:
    """First parts of imported modules."""
    modules: set[str] = set()
    for node in _nodes(file):
        if isinstance(node, ast.Import):
            modules |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            named = [node.module] if node.module else [alias.name for alias in node.names]
            modules |= {name.split(".")[0] for name in named}
    return modules


def _names_in(file: Path) -> set[str]:
    """String constants that can be a neighbour's name."""
    names = set(_USUAL_NEIGHBOURS)
    for node in _nodes(file):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            first = node.value.removeprefix("./").split("/")[0]
            if 0 < len(first) < 100 and first.strip(".") and "\0" not in first:
                names |= {first, f"{first}.py"}
    return names


def _nodes(file: Path) -> Iterator[ast.AST]:
    try:
        yield from ast.walk(parsed(file.read_bytes()))
    except SyntaxError:
        return
