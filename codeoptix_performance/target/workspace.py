"""A workspace's files as far as they tell how it runs, and its copy, made for the app to run in."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from codeoptix_performance.errors import StartFailure, TargetError
from codeoptix_performance.target.source import SourceFile

_LEFT_BEHIND = frozenset(
    {
        *(".git", ".hg", ".svn", ".venv", "venv", "__pycache__", ".tox", ".nox"),
        *(".mypy_cache", ".pytest_cache", ".ruff_cache"),
    }
)
_NOT_READ = _LEFT_BEHIND | {"node_modules", "site-packages"}
_MARK_OF_AN_ENVIRONMENT = "pyvenv.cfg"
_TELLING_NAMES = frozenset(
    "Procfile Dockerfile package.json package-lock.json npm-shrinkwrap.json pyproject.toml".split()
)
_JAVASCRIPT = (".js", ".mjs", ".cjs")
_DEEPEST_JAVASCRIPT = 3
_LARGEST_SOURCE_BYTES = 2_000_000


def read_workspace(workspace: Path) -> tuple[SourceFile, ...]:
    """The files of a folder that tell how it runs, sorted by path; nothing is written.

    Raises ``TargetError`` (``no-code``) when there is none.
    """
    if not workspace.is_dir():
        raise TargetError(
            StartFailure("no-code", f"There is no code: the workspace {workspace} does not exist.")
        )
    paths = sorted(_telling_files(workspace))
    if not paths:
        sentence = (
            f"There is no code: {workspace} holds no Python file, no JavaScript file, no "
            "Procfile, no package.json and no Dockerfile."
        )
        raise TargetError(StartFailure("no-code", sentence))
    return tuple(read_file(path, workspace) for path in paths)


def read_file(path: Path, root: Path) -> SourceFile:
    """One file under its path below ``root``; what is no UTF-8 in it is replaced."""
    with path.open("rb") as file:
        text = file.read(_LARGEST_SOURCE_BYTES).decode("utf-8", errors="replace")
    return SourceFile(path.relative_to(root).as_posix(), text)


def copy_workspace(workspace: Path, destination: Path) -> None:
    """Copies a folder into the folder ``destination``.

    The copy shares nothing with the original: a link that leads out of the workspace becomes
    the file or folder it leads to. Caches, virtual environments and version control stay behind.
    """
    _copy_folder(workspace, destination, workspace.resolve())


def copy_entries(root: Path, entries: tuple[Path, ...], destination: Path) -> None:
    """Copies files and folders below ``root`` to the same places below ``destination``."""
    for entry in entries:
        place = destination / entry.relative_to(root)
        place.parent.mkdir(parents=True, exist_ok=True)
        _copy_entry(entry, place, root.resolve())


def write_files(files: tuple[SourceFile, ...], destination: Path) -> None:
    """Writes the files of an agent's answer into the folder ``destination``."""
    for file in files:
        path = destination / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8", errors="surrogatepass")


def is_left_behind(path: Path) -> bool:
    """Whether a copy goes without this file or folder: caches, environments, version control."""
    return path.name in _LEFT_BEHIND or (path / _MARK_OF_AN_ENVIRONMENT).is_file()


def _telling_files(workspace: Path) -> Iterator[Path]:
    for folder, subfolders, names in os.walk(workspace):
        here = Path(folder)
        subfolders[:] = [
            name for name in subfolders if name not in _NOT_READ and not is_left_behind(here / name)
        ]
        depth = len(here.relative_to(workspace).parts)
        yield from (here / name for name in names if _tells(here.name, name, depth))


def _tells(folder: str, name: str, depth: int) -> bool:
    """Whether a file says something about how the app runs; front-end bundles lie deep."""
    suffix = PurePosixPath(name).suffix
    return (
        suffix == ".py"
        or name in _TELLING_NAMES
        or (suffix == ".txt" and "requirements" in (folder, name[: len("requirements")]))
        or (suffix in _JAVASCRIPT and depth < _DEEPEST_JAVASCRIPT)
    )


def _copy_folder(folder: Path, destination: Path, workspace: Path) -> None:
    destination.mkdir(parents=True, exist_ok=True)
    for entry in sorted(folder.iterdir()):
        if not is_left_behind(entry):
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
