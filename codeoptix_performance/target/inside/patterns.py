"""Turns the simple kind of regular expression that stands for a path into a path."""

from __future__ import annotations

import itertools
import re

_GROUP = re.compile(r"\((?:\?P<(?P<name>\w+)>)?(?!\?)[^()]*\)")


def plain_path(pattern: str) -> str | None:
    r"""``/items/{id}`` of ``^/items/(?P<id>\d+)/?$``; None of what says more than a path."""
    numbers = itertools.count(1)
    body = pattern.removeprefix("^").removesuffix("$").removesuffix(r"\Z").removesuffix("/?")

    def parameter(match: re.Match[str]) -> str:
        return f"{{{match['name'] or f'arg{next(numbers)}'}}}"

    path = re.sub(r"\\([./\-_])", r"\1", _GROUP.sub(parameter, body))
    return None if re.search(r"[\\^$*+?()\[\]|]", path) else path
