"""The files in an agent's answer, whichever way it wrote them down."""

from __future__ import annotations

import ast
import re
import textwrap
from dataclasses import dataclass
from pathlib import PurePosixPath

from codeoptix_performance.errors import StartFailure, TargetError
from codeoptix_performance.target import fences
from codeoptix_performance.target.blocks import (
    is_javascript_module,
    javascript_server,
    one_program,
)
from codeoptix_performance.target.fences import Fence
from codeoptix_performance.target.syntax import parsed

_OWN_NAME = re.compile(
    r"\brun\(\s*[\"']([A-Za-z_][\w.]*):\w+[\"']|ROOT_URLCONF\s*=\s*[\"']([A-Za-z_][\w.]*)[\"']"
)
_JAVASCRIPT = (".js", ".mjs", ".cjs")
_EXTENSIONS = (
    "py pyi html htm css js mjs cjs ts jsx tsx json txt md toml yaml yml ini cfg sql csv xml svg "
    "j2 jinja jinja2 env sh conf tmpl lock rst"
)
_PATH = re.compile(rf"[\w@.+-]+(?:[/\\][\w@.+-]+)*\.(?:{'|'.join(_EXTENSIONS.split())})")
_LONGEST_WORDS = 500
"""Letters of a line that can name a path: looking through more of them costs their square."""
_MARK = re.compile(
    r"(?:#|//|<!--|/\*)\s*(?:file(?:name)?\s*:\s*)?[`'\"]?"
    rf"(?P<path>(?:\.{{0,2}}[/\\])*{_PATH.pattern})[`'\"]?\s*(?:-->|\*/)?\s*",
    re.IGNORECASE,
)
_CODE_LINE = re.compile(
    r"import [\w.]+(?: as \w+)?(?:\s*[,;].*)?\s*(?:#.*)?$|from [\w.]+ import [\w(*]|"
    r"(?:async )?def \w+\s*\(|class \w+\s*[(:]|@\w[\w.]*(?:\(|\s*$)|\w+\s*=\s*\S|if __name__ ==|"
    r"#!|[\"']{3}"
)
_PROSE_LINE = re.compile(r"(?:[-*>#]+ |\d+[.)] )?[A-Z`*][^=]*\s\S+\s\S+")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file; ``path`` is relative, with forward slashes and never a ``..``."""

    path: str
    text: str


def read_answer(answer: str) -> tuple[SourceFile, ...]:
    """The files in an agent's answer: marked ones, fenced ones, or the answer itself as one.

    Raises ``TargetError`` (``no-code``) when there is nothing but white space or prose.
    """
    text = textwrap.dedent(answer.lstrip("\ufeff").replace("\r\n", "\n")).strip("\n")
    if not text.strip():
        raise TargetError(StartFailure("no-code", "There is no code: the agent's answer is empty."))
    files = _marked(text) or _fenced(text) or _plain(text)
    if not files:
        only_prose = "There is no code: the agent's answer holds only prose."
        no_python = "There is no Python code in the agent's answer, and no server in JavaScript."
        raise TargetError(StartFailure("no-code", no_python if fences.read(text) else only_prose))
    return _last_of_each_path(files)


def safe_path(written: str) -> str | None:
    """``written`` as a relative path inside the app's folder, or None if it leads out of it."""
    parts = [part for part in written.replace("\\", "/").split("/") if part not in ("", ".")]
    if not parts or ".." in parts or any(ord(char) < 32 for char in written):
        return None
    return "/".join(parts) if len("/".join(parts)) <= 200 else None


def marked_path(line: str) -> str | None:
    """The path in a comment line that is nothing but a path, such as ``# app/main.py``."""
    match = _MARK.fullmatch(line) if len(line) <= _LONGEST_WORDS else None
    return safe_path(match["path"]) if match else None


def named_path(words: str) -> str | None:
    """The first path that a heading or a fence's opening line names."""
    match = _PATH.search(words[:_LONGEST_WORDS])
    return safe_path(match[0]) if match else None


def is_python(text: str) -> bool:
    """Whether ``text`` is a Python program: it parses, and it does something."""
    try:
        statements = parsed(text).body
    except SyntaxError:
        return False
    return not all(
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Name | ast.Constant)
        for statement in statements
    )


def _marked(text: str) -> list[SourceFile]:
    """The files of a text that starts with a ``# path`` line, each up to the next such line."""
    lines = text.split("\n")
    first = next(line for line in lines if line.strip())
    following = [line for line in lines[lines.index(first) + 1 :] if line.strip()]
    if marked_path(first) is None or (following and fences.is_opening(following[0])):
        return []
    return _split_at_marks(lines)


def _split_at_marks(lines: list[str]) -> list[SourceFile]:
    files: list[SourceFile] = []
    path, body, blank_before = "", list[str](), True
    for line in lines:
        marked = marked_path(line) if blank_before else None
        if marked and (not path or _is_whole(path, body)):
            if path:
                files.append(SourceFile(path, _unwrapped("\n".join(body))))
            path, body = marked, []
        else:
            body.append(line)
        blank_before = not line.strip()
    return [*files, SourceFile(path, _unwrapped("\n".join(body)))]


def _is_whole(path: str, body: list[str]) -> bool:
    """Whether a file may end here: a mark inside an open string or bracket is none."""
    if not path.endswith(".py"):
        return True
    try:
        parsed("\n".join(body))
    except SyntaxError as error:
        return not re.search(r"unterminated triple-quoted|was never closed", str(error))
    return True


def _unwrapped(body: str) -> str:
    """``body`` without the fence around all of it, if there is one."""
    found = fences.read(body)
    if len(found) == 1 and fences.is_opening(body.strip().split("\n")[0]):
        return found[0].text
    return body.strip("\n") + "\n"


def _fenced(text: str) -> list[SourceFile]:
    """The files in Markdown fences; a program that merely quotes fences is not taken apart."""
    if is_python(text):
        return []
    files: list[SourceFile] = []
    unnamed: list[str] = []
    javascript: list[str] = []
    for fence in fences.read(text):
        path = _path_of(fence)
        if path is not None:
            files += _files_of(fence, path)
        elif fence.is_javascript:
            javascript.append(fence.text)
        elif fence.is_python or (not fence.language and is_python(fence.text)):
            unnamed.append(fence.text)
    if any(file.path.endswith(".py") for file in files):
        return files
    if main := one_program(unnamed):
        return [*files, SourceFile(_own_name(main), main)]
    if any(file.path.endswith(_JAVASCRIPT) for file in files):
        return files
    return [*files, *_javascript(javascript)]


def _javascript(blocks: list[str]) -> list[SourceFile]:
    """The server among unnamed blocks, under the name that node needs; nothing if there is none."""
    server = javascript_server(blocks)
    name = "server.mjs" if is_javascript_module(server) else "server.js"
    return [SourceFile(name, server)] if server else []


def _path_of(fence: Fence) -> str | None:
    own = named_path(fence.info) or marked_path(fence.text.split("\n", 1)[0])
    title = None if fence.is_shell else named_path(fence.title)
    if title and title.endswith(".py") and fence.language and not fence.is_python:
        title = None
    return own or title


def _files_of(fence: Fence, path: str) -> list[SourceFile]:
    lines = fence.text.split("\n")
    if named_path(fence.info) or marked_path(lines[0]) is None:
        return [SourceFile(path, fence.text)]
    return _split_at_marks(lines)


def _plain(text: str) -> list[SourceFile]:
    """The answer as one program, with prose before and after it cut away."""
    if is_python(text):
        return [SourceFile(_own_name(text), text + "\n")]
    lines = text.split("\n")
    start = next((n for n, line in enumerate(lines) if _CODE_LINE.match(line)), None)
    if start is None:
        return []
    paragraphs = re.split(r"\n\s*\n", "\n".join(lines[start:]))
    while len(paragraphs) > 1 and _is_prose(paragraphs[-1]):
        paragraphs.pop()
    code = "\n\n".join(paragraphs) + "\n"
    return [SourceFile(_own_name(code), code)]


def _own_name(code: str) -> str:
    """The path by which a nameless program imports itself: ``uvicorn.run("main:app")``."""
    match = _OWN_NAME.search(code)
    module = (match[1] or match[2]).strip(".") if match else "app"
    return f"{module.replace('.', '/')}.py"


def _is_prose(paragraph: str) -> bool:
    lines = paragraph.strip("\n").split("\n")
    return not is_python(paragraph) and all(_PROSE_LINE.match(line) for line in lines)


def _last_of_each_path(files: list[SourceFile]) -> tuple[SourceFile, ...]:
    """One file a path, the last one written; a path below another file is dropped."""
    by_path = {file.path: file for file in files}
    return tuple(
        file
        for path, file in by_path.items()
        if not any(str(parent) in by_path for parent in PurePosixPath(path).parents)
    )
