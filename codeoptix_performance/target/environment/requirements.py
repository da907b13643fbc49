"""What an app says it needs: requirements.txt, pyproject.toml, a script's own header."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from codeoptix_performance.errors import PreparationError, StartFailure, TargetError
from codeoptix_performance.target.environment.poetry import poetry_requirements
from codeoptix_performance.target.environment.tables import MalformedError, table_in, texts_in
from codeoptix_performance.target.source import SourceFile

_USUAL_FILES = (
    "requirements.txt",
    *(f"requirements/{name}.txt" for name in ("production", "prod", "base", "requirements")),
)
_OTHER_FILE = re.compile(r"(-r|--requirement|-c|--constraint)[\s=]*+(\S+)")
_OWN_PROJECT = re.compile(r"(?:(?:-e|--editable)[\s=]*)?\.{1,2}/?(?:\[[\w, -]*\])?")
_DEEPEST = 5
_MOST_FILES = 50
_LONGEST_TOML = 128 * 2**10
_LONGEST_LINE = 4000
"""Of what is longer, a few letters can take minutes to read: a key of thousands of dotted parts."""


@dataclass(frozen=True, slots=True)
class Requirements:
    """Packages of the index, as PEP 508 has them; ``origin`` is the file, or ``its imports``."""

    origin: str
    lines: tuple[str, ...]
    constraints: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """The distributions' names, all written alike."""
        return frozenset(canonicalize_name(Requirement(line).name) for line in self.lines)


def declared_requirements(files: tuple[SourceFile, ...], entry: str) -> Requirements | None:
    """What the file nearest to ``entry`` says the app needs; None where none does.

    Raises ``TargetError`` for lines that cannot be understood, and ``PreparationError`` for
    what is not fetched from a package index.
    """
    texts = {file.path: file.text for file in files}
    header = _script_header(texts.get(entry, ""))
    if header:
        return Requirements(entry, _listed(_toml(header, entry), entry))
    for folder in PurePosixPath(entry).parents:
        for path in (str(folder / name) for name in _USUAL_FILES):
            if path in texts:
                return _Reader(texts).read(path)
        path = str(folder / "pyproject.toml")
        if path in texts:
            lines = _project_lines(texts[path], path)
            if lines is not None:
                return Requirements(path, lines)
    return None


def _script_header(text: str) -> str | None:
    """The TOML in a script's own comments, as PEP 723 has it; None without any."""
    content: list[str] | None = None
    ends: list[int] = []
    for line in (*text.replace("\r\n", "\n").split("\n"), ""):
        if content is None:
            content = [] if line == "# /// script" else None
        elif line == "#" or line.startswith("# "):
            ends += [len(content)] if line == "# ///" else []
            content.append(line[2:])
        elif ends:
            return "\n".join(content[: ends[-1]])
        else:
            content = None
    return None


class _Reader:
    """A requirements file with those it names."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._lines: list[str] = []
        self._constraints: list[str] = []
        self._files = 0

    def read(self, path: str) -> Requirements:
        self._take(path, self._lines, 0)
        lines, constraints = dict.fromkeys(self._lines), dict.fromkeys(self._constraints)
        return Requirements(path, tuple(lines), tuple(constraints))

    def _take(self, path: str, into: list[str], depth: int) -> None:
        folder = PurePosixPath(path).parent
        self._files += 1
        if self._files > _MOST_FILES:
            raise _unreadable(f"{path} is read after {_MOST_FILES} others that name each other")
        for number, line in _logical_lines(self._texts[path]):
            other = _OTHER_FILE.fullmatch(line)
            if other:
                place = str(folder / other[2])
                if place not in self._texts or depth == _DEEPEST:
                    raise _unreadable(f"{path} line {number} names {other[2]}, which is not there")
                kept = self._constraints if other[1] in ("-c", "--constraint") else into
                self._take(place, kept, depth + 1)
            elif _OWN_PROJECT.fullmatch(line):
                project = str(folder / "pyproject.toml")
                into += _project_lines(self._texts.get(project, ""), project) or ()
            elif not line.startswith("-") or line.startswith(("-e", "--editable")):
                without_hashes = re.split(r"\s--?[a-z]", line)[0].strip()
                into.append(_checked(without_hashes, f"{path} line {number}"))


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their numbers, comments left out and those that go on put together."""
    begun, first = "", 0
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        first = first if begun else number
        if line.rstrip().endswith("\\"):
            begun += line.rstrip()[:-1] + " "
            continue
        words = re.sub(r"(^|\s)#.*", "", begun + line).strip()
        begun = ""
        if words:
            yield first, words


def _project_lines(text: str, path: str) -> tuple[str, ...] | None:
    """The dependencies of a ``pyproject.toml``; None where it says nothing about them."""
    document = _toml(text, path)
    try:
        project = table_in(document, "project")
        poetry = None if "dependencies" in project else poetry_requirements(document)
    except MalformedError as error:
        raise _unreadable(f"in {path}, {error}") from error
    if "dependencies" in project:
        return _listed(project, path)
    return None if poetry is None else tuple(_checked(line, path) for line in poetry)


def _listed(table: Mapping[str, Any], path: str) -> tuple[str, ...]:
    """The dependencies in a table."""
    try:
        lines = texts_in(table, "dependencies")
    except MalformedError as error:
        raise _unreadable(f"in {path}, {error}") from error
    return tuple(_checked(line, path) for line in lines)


def _checked(line: str, place: str) -> str:
    """The line if it names a package of an index; paths and addresses are nothing to install."""
    if len(line) > _LONGEST_LINE:
        raise _unreadable(f"{place} has a line of {len(line)} characters")
    try:
        requirement = Requirement(line)
    except (ValueError, RecursionError) as error:
        if re.search(r"^(-e|--editable|[\w.+-]*:|[./~])|/|\.whl", line):
            raise _foreign(line, place) from error
        reason = str(error).splitlines()[0]
        raise _unreadable(f"{place} has {line!r} ({reason})") from error
    if requirement.url:
        raise _foreign(line, place)
    return line


def _toml(text: str, path: str) -> dict[str, Any]:
    longest = max(map(len, text.splitlines()), default=0)
    if len(text) > _LONGEST_TOML or longest > _LONGEST_LINE:
        raise _unreadable(f"{path} is too long, or a line of it")
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else error
        raise _unreadable(f"{path} is no TOML ({reason})") from error


def _unreadable(reason: str) -> TargetError:
    sentence = f"The app's requirements cannot be read: {reason}."
    return TargetError(StartFailure("requirements", sentence))


def _foreign(line: str, place: str) -> PreparationError:
    return PreparationError(
        f"The app could not be tested: {place} asks for {line!r}, and only packages of the index "
        "are installed."
    )
