"""How an app is started in the words of its own files: Procfile, package.json, Dockerfile."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from codeoptix_performance.target.blocks import serves_in_javascript
from codeoptix_performance.target.command_line import (
    CommandLine,
    UnreadableCommandError,
    command_of_file,
)
from codeoptix_performance.target.source import SourceFile

_WEB_LINE = re.compile(r"^web:[ \t]*(\S.*)$", re.MULTILINE)
_DOCKER_LINE = re.compile(r"^\s*(CMD|ENTRYPOINT)\s+(.+)$", re.MULTILINE | re.IGNORECASE)
_LINE_GOES_ON = re.compile(r"\\\n\s*")
_SERVER_NAMES = ("server", "index", "app", "main")
_JAVASCRIPT = (".js", ".mjs", ".cjs")
_FILE_WORD = re.compile(r"[\w./-]+\.[cm]?js")


@dataclass(frozen=True, slots=True)
class Declared:
    """A start that the app's own files name, what has to be run once before it, and where."""

    command: CommandLine
    setup: tuple[CommandLine, ...] = ()
    folder: str = "."


def procfile_start(files: tuple[SourceFile, ...]) -> Declared | None:
    """The ``web`` line of a Procfile in the outermost folder."""
    text = _text_of(files, "Procfile")
    line = _WEB_LINE.search(text.replace("\r\n", "\n")) if text else None
    command = _readable(line[1], "Procfile") if line else None
    return Declared(command) if command else None


def package_start(files: tuple[SourceFile, ...]) -> Declared | None:
    """The ``start`` script of a ``package.json``, or its ``main``."""
    package = package_of(files)
    scripts = _table(package, "scripts")
    start = scripts.get("start")
    if isinstance(start, str) and start.strip():
        command = _readable(start, "package.json")
        return Declared(command, _setup(scripts, start, files)) if command else None
    main = str(PurePosixPath(str(package.get("main", ""))))
    paths = {file.path for file in files}
    places = (main, f"{main}.js", f"{main}/index.js")
    return next((_run_by_node(path) for path in places if path in paths), None)


def package_start_below(files: tuple[SourceFile, ...]) -> Declared | None:
    """The start of a ``package.json`` in a folder: of the one that has a server, not of a page."""
    folders = [
        str(PurePosixPath(file.path).parent)
        for file in files
        if PurePosixPath(file.path).name == "package.json"
    ]
    serving = [folder for folder in folders if javascript_start(files_below(files, folder))]
    for folder in sorted(serving, key=lambda folder: (len(PurePosixPath(folder).parts), folder)):
        if declared := package_start(files_below(files, folder)):
            return replace(declared, folder=folder)
    return None


def files_below(files: tuple[SourceFile, ...], folder: str) -> tuple[SourceFile, ...]:
    """The files in a folder, under their paths from there."""
    return tuple(
        SourceFile(str(PurePosixPath(file.path).relative_to(folder)), file.text)
        for file in files
        if PurePosixPath(file.path).is_relative_to(folder)
    )


def javascript_start(files: tuple[SourceFile, ...]) -> Declared | None:
    """The JavaScript file with the most usual name among those that are servers."""
    serving = [
        file.path
        for file in files
        if file.path.endswith(_JAVASCRIPT) and serves_in_javascript(file.text)
    ]
    return _run_by_node(min(serving, key=_how_unusual)) if serving else None


def dockerfile_start(files: tuple[SourceFile, ...]) -> Declared | None:
    """``ENTRYPOINT`` and ``CMD`` of a Dockerfile's last stage, in either of their two forms."""
    text = _LINE_GOES_ON.sub(" ", _text_of(files, "Dockerfile") or "")
    last_stage = re.split(r"(?im)^\s*FROM\s", text)[-1]
    said = {name.upper(): words.strip() for name, words in _DOCKER_LINE.findall(last_stage)}
    entrypoint, command = said.get("ENTRYPOINT"), said.get("CMD")
    words = (_exec_form(entrypoint) or []) + (_exec_form(command) or [])
    if words:
        return Declared(CommandLine(shlex.join(words), tuple(words), "Dockerfile"))
    line = command or entrypoint
    read = _readable(line, "Dockerfile") if line else None
    return Declared(read) if read else None


def package_of(files: tuple[SourceFile, ...]) -> Mapping[str, Any]:
    """The outermost ``package.json``; empty where there is none that can be read."""
    try:
        package = json.loads(_text_of(files, "package.json") or "{}")
    except (ValueError, RecursionError):
        return {}
    return package if isinstance(package, dict) else {}


def _setup(
    scripts: Mapping[str, Any], start: str, files: tuple[SourceFile, ...]
) -> tuple[CommandLine, ...]:
    """``prestart``; and ``build``, where the file that ``start`` runs is not there yet."""
    paths = {file.path for file in files}
    named = [str(PurePosixPath(word)) for word in _FILE_WORD.findall(start)]
    unbuilt = bool(named) and not any(path in paths for path in named)
    wanted = (["prebuild", "build"] if unbuilt else []) + ["prestart"]
    lines = [scripts[name] for name in wanted if isinstance(scripts.get(name), str)]
    read = [_readable(line, "package.json") for line in lines]
    return tuple(command for command in read if command)


def _run_by_node(path: str) -> Declared:
    return Declared(CommandLine(f"node {path}", ("node", path), "JavaScript app"))


def _how_unusual(path: str) -> tuple[int, int, str]:
    pure = PurePosixPath(path)
    known = pure.stem in _SERVER_NAMES
    rank = _SERVER_NAMES.index(pure.stem) if known else len(_SERVER_NAMES)
    return len(pure.parts), rank, path


def _readable(line: str, origin: str) -> CommandLine | None:
    try:
        return command_of_file(line.strip(), origin)
    except UnreadableCommandError:
        return None


def _exec_form(words: str | None) -> list[str] | None:
    """``["node", "server.js"]``; None for the form that is a shell's line."""
    try:
        listed = json.loads(words or "")
    except (ValueError, RecursionError):
        return None
    return [str(word) for word in listed] if isinstance(listed, list) else None


def _text_of(files: tuple[SourceFile, ...], name: str) -> str | None:
    return next((file.text for file in files if file.path == name), None)


def _table(package: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = package.get(name)
    return table if isinstance(table, dict) else {}
