"""JSON from an app under test: read only where it is no deeper than whoever walks it can go."""

from __future__ import annotations

import json
from typing import Any

_DEEPEST = 64
"""Objects and lists within each other. ``json`` reads thousands, whose walks end in RecursionError
and with it the run of whoever asked; a document of OpenAPI needs about twenty."""
_WIDEST = 1_000_000
"""Of them side by side; a YAML document of a few lines can stand for more, by its aliases."""


def read_json(text: str | bytes) -> Any:
    """What ``text`` says; None where it is no JSON, or nested too deeply."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return content if is_shallow(content) else None


def is_shallow(content: Any) -> bool:
    """Whether objects and lists are nested no deeper, and are no more, than can be walked."""
    layer = [content] if isinstance(content, dict | list) else []
    for _ in range(_DEEPEST):
        layer = [
            inner
            for outer in layer
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not layer or len(layer) > _WIDEST:
            break
    return not layer
