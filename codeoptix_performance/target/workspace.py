"""A workspace's files as far as they tell how it runs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from codeoptix_performance.errors import PreparationError, StartFailure, TargetError
from codeoptix_performance.target.regular_file import beginning_of, place_within
from codeoptix_performance.target.sandbox.limits import Limits
from codeoptix_performance.target.source import SourceFile
from codeoptix_performance.units import format_bytes

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
_MOST_SOURCE_CHARACTERS = 256 * 2**20
_LINKS_NAMED = 3


def read_workspace(workspace: Path) -> tuple[SourceFile, ...]:
    """The files of a folder that tell how it runs, sorted by path; nothing is written.

    Raises ``TargetError`` (``no-code``) when there is none.
    """
    if not workspace.is_dir():
        raise TargetError(
            StartFailure("no-code", f"There is no code: the workspace {workspace} does not exist.")
        )
    paths = sorted(_telling_files(workspace))
    files = tuple(_read_all(paths, workspace))
    if not files:
        sentence = (
            f"There is no code: {workspace} holds no Python file, no JavaScript file, no "
            "Procfile, no package.json and no Dockerfile."
        )
        out = [path for path in paths if place_within(path, workspace) is None]
        sentence += not_followed(names_of(out, workspace))
        raise TargetError(StartFailure("no-code", sentence))
    return files


def read_file(path: Path, root: Path) -> SourceFile | None:
    """One file under its path below ``root``; what is no UTF-8 in it is replaced.

    None for what is no file, cannot be read, or is a link that leads out of ``root``.
    """
    beginning = beginning_of(path, root, _LARGEST_SOURCE_BYTES)
    if beginning is None:
        return None
    text = beginning.decode("utf-8", errors="replace")
    return SourceFile(path.relative_to(root).as_posix(), text)


def names_of(links: Iterable[Path], root: Path) -> str:
    """The first of them, and how many more; empty for none."""
    paths = sorted(link.relative_to(root).as_posix() for link in links)
    named = [path if path.isprintable() else ascii(path) for path in paths[:_LINKS_NAMED]]
    rest = len(paths) - len(named)
    return ", ".join(named) + (f" and {rest} more" if rest else "")


def not_followed(links: str) -> str:
    """The sentence on links that lead out, a space before it; empty for none."""
    return f" Links that lead out of its folder were not followed: {links}." if links else ""


def too_large(words: str) -> PreparationError:
    """What is raised for a folder that does ``words``."""
    return PreparationError(
        f"The app could not be tested: its folder {words}; take out what it does not need."
    )


def write_files(files: tuple[SourceFile, ...], destination: Path) -> None:
    """Writes the files of an agent's answer into the folder ``destination``."""
    for file in files:
        path = destination / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8", errors="surrogatepass")


def is_left_behind(path: Path) -> bool:
    """Whether a copy goes without this file or folder: caches, environments, version control."""
    return path.name in _LEFT_BEHIND or (path / _MARK_OF_AN_ENVIRONMENT).is_file()


def _read_all(paths: Iterable[Path], workspace: Path) -> Iterator[SourceFile]:
    characters = 0
    for path in paths:
        file = read_file(path, workspace)
        if file is not None:
            yield file
            characters += len(file.text)
            if characters > _MOST_SOURCE_CHARACTERS:
                raise too_large(
                    f"holds more than {format_bytes(_MOST_SOURCE_CHARACTERS)} of source"
                )


def _telling_files(workspace: Path) -> Iterator[Path]:
    entries, most = 0, Limits().entries
    for folder, subfolders, names in os.walk(workspace):
        here = Path(folder)
        subfolders[:] = [
            name for name in subfolders if name not in _NOT_READ and not is_left_behind(here / name)
        ]
        entries += len(subfolders) + len(names)
        if entries > most:
            raise too_large(f"holds more than {most} files and folders")
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
