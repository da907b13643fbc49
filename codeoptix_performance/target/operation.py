"""What an app says it can be asked: methods, paths, and the shape of what they take."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from codeoptix_performance.target.endpoint import Origin, Request

Schema = Mapping[str, Any]
Place = Literal["path", "query", "header"]
CredentialPlace = Literal["header", "query", "cookie"]

WRITES = frozenset({"POST", "PUT", "PATCH"})
_PARAMETER = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value outside the body; ``schema`` is empty where nothing is known about it."""

    name: str
    place: Place
    schema: Schema
    required: bool


@dataclass(frozen=True, slots=True)
class Body:
    """``examples`` are whole bodies that the document shows."""

    media_type: str
    schema: Schema
    examples: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Guard:
    """Where an operation looks for who asks: ``Authorization: Bearer …``, ``?api_key=…``, a cookie.

    ``scheme`` is the word before the value (``Bearer``, ``Basic``), empty for the bare value.
    ``token_path`` is the path at which the document says that tokens are given, else empty.
    """

    place: CredentialPlace
    name: str
    scheme: str = ""
    token_path: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """A method and a path template (``/items/{item_id}``), not yet filled with values.

    ``ready`` holds requests that need no values, as a user, the guide or a crawl named them.
    ``shape_known`` is true where a document describes what it takes; a route table does not.
    ``guards`` are what the document demands of who asks; none says nothing about a route table's.
    """

    method: str
    path: str
    origin: Origin
    weight: int
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    shape_known: bool = False
    ready: tuple[Request, ...] = ()
    guards: tuple[Guard, ...] = ()

    @property
    def name(self) -> str:
        """``GET /items/{item_id}``."""
        return f"{self.method} {self.path}"

    @property
    def path_parameters(self) -> tuple[str, ...]:
        """The names between braces, left to right."""
        return tuple(_PARAMETER.findall(self.path))

    def schema_of(self, path_parameter: str) -> Schema:
        """What is known of one path parameter; empty if nothing is."""
        return next(
            (p.schema for p in self.parameters if (p.name, p.place) == (path_parameter, "path")),
            {},
        )


def usual_weight(method: str) -> int:
    """3 for reads and 1 for writes and deletions: apps are read more often than written."""
    return 3 if method == "GET" else 1


def same_path(one: str, other: str) -> bool:
    """True for equal templates, whatever their parameters are called; a last slash is ignored."""
    return _bare(one) == _bare(other)


def _bare(path: str) -> str:
    return _PARAMETER.sub("{}", path).rstrip("/")
