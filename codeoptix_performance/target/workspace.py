"""A workspace's Python files, read for a recipe, and its copy, made for the app to run in."""

from __future__ import annotations

import ast
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from codeoptix_performance.errors import StartFailure, TargetError
from codeoptix_performance.target.source import SourceFile

_LEFT_BEHIND = frozenset(
    {
        ".git",
        ".hg",
        ".svn",
        ".venv",
        "venv",
        "__pycache__",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
        ".tox",
        ".nox",
    }
)
_NOT_READ = _LEFT_BEHIND | {"node_modules", "site-packages"}
_USUAL_NEIGHBOURS = ("templates", "static", "data")
_LARGEST_SOURCE_BYTES = 2_000_000


def read_workspace(workspace: Path) -> tuple[SourceFile, ...]:
    """The Python files of a folder (or of the one file), sorted by path; nothing is written.

    Raises ``TargetError`` (``no-code``) when there is nothing there.
    """
    if workspace.is_file():
        return (SourceFile(workspace.name, _text_of(workspace)),)
    if not workspace.is_dir():
        raise TargetError(
            StartFailure("no-code", f"There is no code: the workspace {workspace} does not exist.")
        )
    paths = sorted(_python_files(workspace))
    if not paths:
        raise TargetError(
            StartFailure("no-code", f"There is no code: {workspace} holds no Python file.")
        )
    return tuple(SourceFile(p.relative_to(workspace).as_posix(), _text_of(p)) for p in paths)


def copy_workspace(workspace: Path, destination: Path) -> None:
    """Copies a folder, or a file with the neighbours it needs, into the folder ``destination``.

    The copy shares nothing with the original: a link that leads out of the workspace becomes
    the file or folder it leads to. Caches, virtual environments and version control stay behind.
    """
    if workspace.is_dir():
        _copy_folder(workspace, destination, workspace.resolve())
        return
    for path in (workspace, *_neighbours(workspace)):
        _copy_entry(path, destination / path.name, workspace.parent.resolve())


def write_files(files: tuple[SourceFile, ...], destination: Path) -> None:
    """Writes the files of an agent's answer into the folder ``destination``."""
    for file in files:
        path = destination / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8", errors="surrogatepass")


def _python_files(workspace: Path) -> Iterator[Path]:
    for folder, subfolders, names in os.walk(workspace):
        subfolders[:] = [name for name in subfolders if name not in _NOT_READ]
        yield from (Path(folder, name) for name in names if name.endswith(".py"))


def _text_of(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(_LARGEST_SOURCE_BYTES).decode("utf-8", errors="replace")


def _copy_folder(folder: Path, destination: Path, workspace: Path) -> None:
    destination.mkdir(parents=True, exist_ok=True)
    for entry in sorted(folder.iterdir()):
        if entry.name not in _LEFT_BEHIND:
            _copy_entry(entry, destination / entry.name, workspace)


def _copy_entry(entry: Path, destination: Path, workspace: Path) -> None:
    real = entry.resolve()
    if entry.is_symlink() and real.is_relative_to(workspace):
        if not entry.readlink().is_absolute():
            destination.symlink_to(entry.readlink())
            return
        if real.is_dir():
            return
    if real.is_dir() and not workspace.is_relative_to(real):
        _copy_folder(real, destination, real if entry.is_symlink() else workspace)
    elif real.is_file() and stat.S_ISREG(real.stat().st_mode):
        shutil.copy2(real, destination)


def _neighbours(file: Path) -> set[Path]:
    """What lies beside a single file and is meant by it: modules it imports, paths it names."""
    found: set[Path] = set()
    waiting = [file]
    while waiting:
        for name in _names_in(_text_of(waiting.pop())):
            for path in (file.parent / name, file.parent / f"{name}.py"):
                if path != file and path not in found and path.exists():
                    found.add(path)
                    waiting += [path] if path.suffix == ".py" else path.glob("**/*.py")
    return found


def _names_in(text: str) -> set[str]:
    """First parts of imported modules, and string constants that can be a neighbour's name."""
    names = set(_USUAL_NEIGHBOURS)
    try:
        nodes = ast.walk(ast.parse(text))
    except (SyntaxError, ValueError):
        return names
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {(node.module or alias.name).split(".")[0] for alias in node.names}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            first = node.value.removeprefix("./").split("/")[0]
            if 0 < len(first) < 100 and first.strip(".") and "\0" not in first:
                names.add(first)
    return names - _LEFT_BEHIND
