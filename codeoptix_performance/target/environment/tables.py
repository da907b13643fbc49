"""Parts of a TOML document, any of which an app may have made anything of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class MalformedError(ValueError):
    """A part is not of the kind that it has to be; the text says which."""


def table_in(table: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The table of that name; empty where there is none."""
    value = table.get(name, {})
    if not isinstance(value, dict):
        raise MalformedError(f"{name} is no table")
    return value


def texts_in(table: Mapping[str, Any], name: str) -> list[str]:
    """The list of texts of that name; empty where there is none."""
    value = table.get(name, [])
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise MalformedError(f"{name} is no list of texts")
    return value
