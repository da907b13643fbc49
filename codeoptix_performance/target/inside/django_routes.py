"""Django's URL configuration as methods and paths."""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
from collections.abc import Iterator
from typing import Any

from .patterns import plain_path

_CONVERTED = re.compile(r"<(?:\w+:)?(\w+)>")
_VERBS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
_LEFT_OUT = ("admin", "djdt")


def rows() -> Iterator[tuple[list[str], str]]:
    """Methods and path of each view, Django's own admin left out."""
    resolvers = sys.modules.get("django.urls.resolvers")
    if resolvers is not None:
        yield from _below(resolvers.get_resolver().url_patterns, "/")


def _below(patterns: Any, prefix: str) -> Iterator[tuple[list[str], str]]:
    for entry in patterns:
        part = _path_of(entry.pattern)
        if part is None or getattr(entry, "app_name", None) in _LEFT_OUT:
            continue
        if hasattr(entry, "url_patterns"):
            yield from _below(entry.url_patterns, prefix + part)
        else:
            yield _methods_of(entry.callback), (prefix + part).replace("//", "/")


def _path_of(pattern: Any) -> str | None:
    if hasattr(pattern, "_route"):
        return _CONVERTED.sub(r"{\1}", str(pattern._route))  # noqa: SLF001 - no public name
    return plain_path(str(pattern))


def _methods_of(view: Any) -> list[str]:
    """What a view accepts: told by its class, its decorator or its code; else GET."""
    actions = getattr(view, "actions", None)
    if actions:
        return [method.upper() for method in actions]
    cls = getattr(view, "view_class", None) or getattr(view, "cls", None)
    if cls is not None:
        return [name.upper() for name in cls.http_method_names if hasattr(cls, name)]
    while view is not None:
        allowed = _required_by_decorator(view)
        if allowed:
            return allowed
        if not hasattr(view, "__wrapped__"):
            return _compared_in_code(view)
        view = view.__wrapped__
    return ["GET"]


def _required_by_decorator(view: Any) -> list[str]:
    """The list that ``require_http_methods`` closes over."""
    code = getattr(view, "__code__", None)
    if code is None or "request_method_list" not in code.co_freevars:
        return []
    cell = view.__closure__[code.co_freevars.index("request_method_list")]
    return [str(method) for method in cell.cell_contents]


def _compared_in_code(view: Any) -> list[str]:
    """The verbs that ``request.method`` is compared with; GET besides, unless one is demanded."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(view)))
    except (OSError, TypeError, SyntaxError):
        return ["GET"]
    named: set[str] = set()
    demanded = False
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and getattr(node.left, "attr", "") == "method":
            constants = {n.value for n in ast.walk(node) if isinstance(n, ast.Constant)}
            named |= {value for value in constants if value in _VERBS}
            demanded = demanded or isinstance(node.ops[0], ast.NotEq | ast.NotIn)
    return sorted(named) if named and demanded else sorted(named | {"GET"})
