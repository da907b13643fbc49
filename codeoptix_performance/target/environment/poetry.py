"""Poetry's own table of dependencies as PEP 508 lines."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from codeoptix_performance.target.environment.tables import table_in, texts_in

_VERSION = re.compile(r"\d{1,9}(?:\.\d{1,9})*")


def poetry_requirements(document: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The main dependencies of ``[tool.poetry]`` without optional ones; None without the table.

    Raises ``MalformedError`` for one that is written otherwise.
    """
    tool = table_in(table_in(document, "tool"), "poetry")
    if "dependencies" not in tool:
        return None
    table = table_in(tool, "dependencies")
    lines = (_line(name, wish) for name, wish in table.items() if name.lower() != "python")
    return tuple(line for line in lines if line)


def _line(name: str, wish: Any) -> str | None:
    if isinstance(wish, str):
        return f"{name}{_specifier(wish)}"
    if not isinstance(wish, dict) or wish.get("optional"):
        return None
    if foreign := next((wish[key] for key in ("git", "url", "path") if key in wish), None):
        return f"{name} @ {foreign}"
    extras = f"[{','.join(texts_in(wish, 'extras'))}]" if wish.get("extras") else ""
    return f"{name}{extras}{_specifier(str(wish.get('version', '*')))}"


def _specifier(wish: str) -> str:
    """``^1.2`` and ``~1.2`` as ranges; a bare version is that version."""
    return ",".join(filter(None, (_clause(part.strip()) for part in wish.split(","))))


def _clause(wish: str) -> str:
    if wish in ("", "*"):
        return ""
    version = _VERSION.search(wish)
    if wish[0] in "^~" and not wish.startswith("~=") and version:
        return f">={version[0]},<{_next(version[0], caret=wish[0] == '^')}"
    return f"=={wish}" if wish[0].isdigit() else wish


def _next(version: str, *, caret: bool) -> str:
    """The first version that is not compatible: ``^`` keeps the first figure that is not 0."""
    figures = [int(figure) for figure in version.split(".")]
    if caret:
        kept = next((n for n, figure in enumerate(figures) if figure), len(figures) - 1)
    else:
        kept = min(1, len(figures) - 1)
    return ".".join(str(figure) for figure in (*figures[:kept], figures[kept] + 1))
