"""How deeply an app's JSON is nested: all that walks it calls itself for each level."""

from __future__ import annotations

from typing import Any

_DEEPEST = 100
"""Ten times what people write, a tenth of what Python can walk."""


def is_walkable(value: Any) -> bool:
    """Whether it is nested no more than 100 levels deep."""
    level = [value]
    for _ in range(_DEEPEST + 1):
        inner = [one for one in level if isinstance(one, dict | list)]
        if not inner:
            return True
        level = [part for one in inner for part in (one.values() if isinstance(one, dict) else one)]
    return False
