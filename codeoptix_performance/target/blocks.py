"""Which of the unnamed code blocks in an answer are the program."""

from __future__ import annotations

import ast
import re

from codeoptix_performance.target.syntax import parsed


def one_program(blocks: list[str]) -> str:
    """The program among unnamed blocks: the one that is an app, or all if they need each other."""
    programs = [block for block in blocks if not _is_test(block)]
    if not programs:
        return ""
    main = max(programs, key=_server_words)
    others = [block for block in programs if block is not main]
    in_parts = _unbound(main) & _bound_in(others) or any(
        _decorators(other) & _unbound(other) & _bound(main) for other in others
    )
    return "\n\n".join(programs) if in_parts else main


def javascript_server(blocks: list[str]) -> str:
    """The unnamed block of JavaScript that is a server, the longest of several; else ``""``."""
    return max(filter(serves_in_javascript, blocks), key=len, default="")


def serves_in_javascript(text: str) -> bool:
    """Whether a JavaScript file starts a server."""
    return _JAVASCRIPT_SERVER.search(text) is not None


def is_javascript_module(text: str) -> bool:
    """Whether it imports the way modules do, which node believes of ``.mjs`` files."""
    return _JAVASCRIPT_IMPORT.search(text) is not None


_JAVASCRIPT_SERVER = re.compile(r"\.listen\(|\bcreateServer\(|\bserve\(")
_JAVASCRIPT_IMPORT = re.compile(r"^\s*(?:import\s.*['\"]|export\s)", re.MULTILINE)


def _is_test(block: str) -> bool:
    if re.search(r"^\s*(?:import pytest|from pytest|import unittest)\b", block, re.MULTILINE):
        return True
    tests = re.search(r"^\s*(?:async )?def test_\w+\(", block, re.MULTILINE)
    return tests is not None and "__main__" not in block


_SERVER_WORDS = re.compile(
    r"__main__|\.run\(|serve_forever|run_app|FastAPI\(|Flask\(|Starlette\(|Quart\(|Sanic\(|"
    r"Litestar\(|Application\(|Bottle\(|falcon\.|\.App\(|HTTPServer|urlpatterns|@\w+\.(?:get|route)"
)


def _server_words(block: str) -> tuple[int, int]:
    return len(set(_SERVER_WORDS.findall(block))), len(block)


def _unbound(block: str) -> set[str]:
    """The names a block reads and does not bind."""
    reads = {node.id for node in _nodes(block) if isinstance(node, ast.Name)}
    return reads - _bound(block)


def _bound_in(blocks: list[str]) -> set[str]:
    return {name for block in blocks for name in _bound(block)}


def _bound(block: str) -> set[str]:
    """The names a block binds, anywhere and in any way."""
    names: set[str] = set()
    for node in _nodes(block):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).split(".", 1)[0])
        elif isinstance(node, ast.arg):
            names.add(node.arg)
    return names


def _decorators(block: str) -> set[str]:
    """The names a block's decorators begin with: ``app`` of ``@app.get("/")``."""
    return {
        name.id
        for node in _nodes(block)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        for decorator in node.decorator_list
        for name in ast.walk(decorator)
        if isinstance(name, ast.Name)
    }


def _nodes(block: str) -> list[ast.AST]:
    try:
        return list(ast.walk(parsed(block)))
    except SyntaxError:
        return []
