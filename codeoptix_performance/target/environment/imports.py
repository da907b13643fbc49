"""Which modules from outside an app needs, read from its files before anything is run."""

from __future__ import annotations

import ast
import site
import sys
from collections.abc import Iterator
from importlib.machinery import PathFinder
from pathlib import Path, PurePosixPath

from codeoptix_performance.target.source import SourceFile
from codeoptix_performance.target.syntax import parsed

_LISTS_OF_MODULES = ("INSTALLED_APPS", "MIDDLEWARE")
_ERRORS_OF_IMPORT = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})


def modules_needed(
    read: tuple[SourceFile, ...], files: tuple[SourceFile, ...], root: str | None
) -> frozenset[str]:
    """Dotted names that the files ``read`` import and that no file of ``files`` is.

    ``fastapi.Form`` stands for ``from fastapi import Form``. The standard library is left out, and
    so is what a file can do without: imports in a ``try`` that catches their failure, or for type
    checkers. ``root`` is the folder first on the path; None when that is unknown, and any file
    may be a module.
    """
    known = sys.stdlib_module_names | _own_modules(files, root) | {"__future__", "__main__"}
    named = {name for file in read if file.path.endswith(".py") for name in _names_in(file.text)}
    return frozenset(name for name in named if name.split(".")[0] not in known)


def not_found_here(modules: frozenset[str]) -> tuple[str, ...]:
    """The first parts of those modules that this interpreter cannot import, sorted.

    Only what is installed is looked at: the working directory and PYTHONPATH are not the app's.
    """
    here = [str(folder) for folder in installed_packages()]
    tops = sorted({module.split(".")[0] for module in modules})
    return tuple(top for top in tops if PathFinder.find_spec(top, here) is None)


def installed_packages() -> tuple[Path, ...]:
    """The folders of this interpreter's packages, but for those that its user's HOME leads to."""
    own = Path(site.getusersitepackages())
    folders = (Path(entry) for entry in sys.path if entry)
    return tuple(
        folder
        for folder in folders
        if {"site-packages", "dist-packages"} & {*folder.parts} and folder != own
    )


def _own_modules(files: tuple[SourceFile, ...], root: str | None) -> frozenset[str]:
    own: set[str] = set()
    for file in files:
        path = PurePosixPath(file.path)
        if path.suffix != ".py":
            continue
        if root is None:
            own |= {path.stem, *path.parts[:-1]}
        elif path.is_relative_to(root):
            own.add(PurePosixPath(path.relative_to(root).parts[0]).stem)
    return frozenset(own)


def _names_in(text: str) -> Iterator[str]:
    try:
        tree = parsed(text)
    except SyntaxError:
        return
    for node in _needed_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Assign) and _is_list_of_modules(node):
            yield from _texts_in(node.value)


def _needed_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node but those below a ``try`` for an import, and below ``if TYPE_CHECKING``.

    Without calls of itself: a long ``elif`` chain or sum is nested as deeply as it is long.
    """
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Try) and _catches_failed_import(child):
                waiting += (*child.orelse, *child.finalbody)
            elif not (isinstance(child, ast.If) and _asks_for_type_checkers(child.test)):
                waiting.append(child)


def _asks_for_type_checkers(test: ast.expr) -> bool:
    return any(
        (isinstance(node, ast.Name) and node.id == "TYPE_CHECKING")
        or (isinstance(node, ast.Attribute) and node.attr == "TYPE_CHECKING")
        for node in ast.walk(test)
    )


def _catches_failed_import(node: ast.Try) -> bool:
    for handler in node.handlers:
        caught = ast.walk(handler.type) if handler.type else ()
        names = {name.id for name in caught if isinstance(name, ast.Name)}
        if handler.type is None or names & _ERRORS_OF_IMPORT:
            return any(isinstance(one, ast.Import | ast.ImportFrom) for one in node.body)
    return False


def _is_list_of_modules(node: ast.Assign) -> bool:
    return any(
        isinstance(target, ast.Name) and target.id in _LISTS_OF_MODULES for target in node.targets
    )


def _texts_in(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.List | ast.Tuple):
        for element in node.elts:
            if isinstance(element, ast.Constant) and isinstance(element.value, str):
                yield element.value
