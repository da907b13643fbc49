"""Readers of the settings that say how an app of ours is started, beside its command."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from typing import Any

from codeoptix_performance.settings.refusal import RefusedValueError

_APP = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*(\.[A-Za-z_]\w*)*(\(\))?")
_VARIABLE = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_OURS = "CODEOPTIX_PERFORMANCE_"


def app_object(value: Any) -> str:
    """``module:attribute``, dotted on both sides; ``module:factory()`` calls what makes the app."""
    if not isinstance(value, str) or not _APP.fullmatch(value.strip()):
        raise RefusedValueError(
            'it must be a module and the app in it such as "main:app", "shop.main:app" or '
            '"shop:create_app()"'
        )
    return value.strip()


def variables(value: Any) -> dict[str, str]:
    """Environment variables by name, from a table of texts, numbers, true and false."""
    if not isinstance(value, Mapping):
        raise RefusedValueError('it must be a table of names and values such as {"DEBUG": "1"}')
    return {_name(name): _text(name, one) for name, one in value.items()}


def commands(value: Any) -> tuple[str, ...]:
    """Command lines, from one or from a list of them, each a text."""
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list | tuple) or not all(isinstance(one, str) for one in listed):
        raise RefusedValueError(
            'it must be a command line such as "python manage.py migrate", or a list of them'
        )
    return tuple(
        _splittable(one, f"[{n}]" if listed is value else "") for n, one in enumerate(listed)
    )


def path_to_ask(value: Any) -> str:
    """A path such as ``/health``; it may hold a query."""
    if not isinstance(value, str) or not re.fullmatch(r"/[!-~]*", value.strip()):
        raise RefusedValueError('it must be a path of the app such as "/health"')
    return value.strip()


def _splittable(line: str, place: str) -> str:
    try:
        words = shlex.split(line)
    except ValueError as error:
        reason = f"it cannot be read as a command line ({error})"
        raise RefusedValueError(reason, place=place, value=line) from error
    if not words:
        raise RefusedValueError("it must name a program", place=place, value=line)
    return line.strip()


def _name(name: Any) -> str:
    if not isinstance(name, str) or not _VARIABLE.fullmatch(name) or name.startswith(_OURS):
        raise RefusedValueError(
            f"its names must be letters, digits and underscores, and not begin with {_OURS}",
            value=name,
        )
    return name


def _text(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str | int | float) or "\0" in str(value):
        raise RefusedValueError(
            "it must be a text, a number, true or false", place=f".{name}", value=value
        )
    return str(value)
