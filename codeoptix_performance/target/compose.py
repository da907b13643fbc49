"""Requests ready to send: path, query, headers and body of an operation filled with values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode

from codeoptix_performance.target.asking import Asker
from codeoptix_performance.target.endpoint import Request
from codeoptix_performance.target.guesses import guessed_bodies
from codeoptix_performance.target.items import Items
from codeoptix_performance.target.multipart import (
    CONTENT_TYPE,
    MULTIPART,
    file_fields,
    multipart_body,
)
from codeoptix_performance.target.operation import WRITES, Body, Operation, Parameter, Schema
from codeoptix_performance.target.schemas import UNREADABLE, Schemas
from codeoptix_performance.target.values import Style, ValueMaker

_VARIANTS = 16
_VARIANTS_USED_ONCE = 300
_MOST_PATHS = 20
_PARENTS = 4
_GUESSED_PATHS = 3
_FORM = "application/x-www-form-urlencoded"
_FIELD = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)
_UNKNOWN_PATH_VALUES = ("1", "2", "3")


@dataclass(frozen=True, slots=True)
class ConcretePath:
    """A path without the query; ``guessed`` if a value in it names nothing known to exist."""

    path: str
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class Composition:
    """Requests for one operation, the likeliest first.

    ``lean`` are those of the requests that hold required values only. ``path_guessed``: nothing
    says that the paths exist. ``body_guessed``: the bodies follow no schema. ``refusal`` says why
    there are none.
    """

    requests: tuple[Request, ...] = ()
    lean: tuple[Request, ...] = ()
    path_guessed: bool = False
    body_guessed: bool = False
    refusal: str = ""


class Composer:
    """Fills the operations of one app; asks it for the ids of items that exist."""

    def __init__(
        self, schemas: Schemas, operations: tuple[Operation, ...], asker: Asker, seed: int
    ) -> None:
        self.items = Items(operations, asker, self._create_requests)
        self._schemas = schemas
        self._seed = seed

    def compose(self, operation: Operation) -> Composition:
        """The operation's requests, 16 or so; hundreds where each can be sent only once."""
        if operation.origin == "crawl":
            return Composition(operation.ready)  # links are concrete already
        if operation.ready:
            return self._located(operation, self.concrete_paths(operation))
        if refusal := _refusal(operation):
            return Composition(refusal=refusal)
        return self._filled(operation, self.concrete_paths(operation))

    def compose_at(self, operation: Operation, path: str) -> Composition:
        """The same for one concrete path, which may hold a placeholder."""
        if refusal := _refusal(operation):
            return Composition(refusal=refusal)
        return self._filled(operation, [ConcretePath(path)])

    def concrete_paths(self, operation: Operation) -> list[ConcretePath]:
        """The operation's path with ids of items that exist, parents first; else with guesses."""
        return self.paths_before(operation, operation.path)

    def paths_before(self, operation: Operation, template: str) -> list[ConcretePath]:
        """Concrete paths for the leading part ``template`` of the operation's path."""
        found = [ConcretePath("")]
        before = ""
        for part in re.split(r"(\{[^{}]+\})", template):
            if part.startswith("{") and part.endswith("}"):
                found = self._with_parameter(operation, before, found, part[1:-1])
            else:
                found = [ConcretePath(one.path + part, one.guessed) for one in found]
            before += part
        return found[:_MOST_PATHS]

    def _with_parameter(
        self, operation: Operation, template: str, before: list[ConcretePath], parameter: str
    ) -> list[ConcretePath]:
        schema = operation.schema_of(parameter)
        extended: list[ConcretePath] = []
        for parent in before[:_PARENTS] if "{" in template else before:
            ids = self.items.ids_for(template, parent.path, parameter)
            extended += [
                replace(parent, path=parent.path + _quoted(value))
                for value in ids
                if self._fits(value, schema)
            ]
        if extended:
            return extended
        guesses = self._guesses(operation, parameter, schema)
        return [ConcretePath(before[0].path + _quoted(value), guessed=True) for value in guesses]

    def _guesses(self, operation: Operation, parameter: str, schema: Schema) -> list[Any]:
        if not schema:
            return list(_UNKNOWN_PATH_VALUES)
        maker = self._maker(f"{operation.name} {parameter}")
        made = [maker.valid(schema, parameter, Style())[0] for _ in range(_GUESSED_PATHS * 2)]
        return list(dict.fromkeys(str(value) for value in made))[:_GUESSED_PATHS]

    def _fits(self, value: Any, schema: Schema) -> bool:
        if self._schemas.accepts(value, schema):
            return True
        digits = isinstance(value, str) and value.isdigit() and value.isascii()
        return digits and self._schemas.accepts(int(value), schema)

    def _filled(self, operation: Operation, paths: list[ConcretePath]) -> Composition:
        maker = self._maker(operation.name)
        requests: dict[Request, bool] = {}
        for number, parts in enumerate(self._variants(operation, maker)):
            path = paths[number % len(paths)].path + parts.query
            requests[Request(operation.method, path, parts.headers, parts.body)] = parts.lean
            if number + 1 >= max(self._wanted(maker), len(paths)):
                break
        body_guessed = not operation.shape_known and operation.method in WRITES
        if not requests:
            return Composition(refusal="its schema could not be met by any value made for it")
        lean = tuple(request for request, is_lean in requests.items() if is_lean)
        return Composition(tuple(requests), lean, paths[0].guessed, body_guessed)

    def _located(self, operation: Operation, paths: list[ConcretePath]) -> Composition:
        """The operation's ready requests, with concrete paths in place of the template."""
        requests = tuple(
            replace(ready, path=path.path + ready.path.removeprefix(operation.path))
            for path in paths
            for ready in operation.ready
        )
        return Composition(requests, path_guessed=paths[0].guessed)

    def _wanted(self, maker: ValueMaker) -> int:
        return _VARIANTS_USED_ONCE if maker.used_once else _VARIANTS

    def _variants(self, operation: Operation, maker: ValueMaker) -> Iterator[_Parts]:
        """Without an end: every second one with the required properties only."""
        if operation.method in WRITES and not operation.shape_known:
            collection = re.sub(r"/\{[^{}]+\}/?$", "", operation.path)
            guessed = guessed_bodies(self.items.an_item_of(collection), operation.path)
            yield from (_Parts("", _typed(media), body) for media, body in guessed)
            return
        unique = operation.method in WRITES
        failures = 0
        while failures < _VARIANTS:
            for complete in (True, False):
                made = self._readable(operation, maker, Style(complete=complete, unique=unique))
                if made is None:
                    failures += 1
                else:
                    yield made

    def _readable(self, operation: Operation, maker: ValueMaker, style: Style) -> _Parts | None:
        """None where the app's description says what cannot be met, or what takes too long."""
        try:
            with self._schemas.effort.piece():
                return self._parts(operation, maker, style)
        except UNREADABLE:
            return None

    def _parts(self, operation: Operation, maker: ValueMaker, style: Style) -> _Parts | None:
        query: list[tuple[str, str]] = []
        headers: list[tuple[str, str]] = []
        for parameter in operation.parameters:
            if not parameter.required or parameter.place == "path":
                continue
            used = style if parameter.place == "query" else Style()
            value, valid = maker.valid(parameter.schema, parameter.name, used)
            if not valid:
                return None
            (query if parameter.place == "query" else headers).extend(_pairs(parameter, value))
        if not all(_FIELD.fullmatch(name) and _is_sendable(value) for name, value in headers):
            return None
        text = f"?{urlencode(query, errors='replace')}" if query else ""
        lean = not style.complete
        if operation.body is None:
            return _Parts(text, tuple(headers), None, lean)
        body = self._body(operation.body, maker, style)
        if body is None:
            return None
        return _Parts(text, (*_typed(_sent_as(operation.body)), *headers), body, lean)

    def _body(self, body: Body, maker: ValueMaker, style: Style) -> bytes | None:
        for example in body.examples if style.complete else ():
            shown = maker.from_example(example, body.schema, style)
            if shown is not None:
                return self._encoded(shown, body)
        value, valid = maker.valid(body.schema, "", style)
        if value == {} and not style.complete:
            return None
        return self._encoded(value, body) if valid else None

    def _encoded(self, value: Any, body: Body) -> bytes:
        if body.media_type == MULTIPART and isinstance(value, Mapping):
            return multipart_body(value, file_fields(body.schema, self._schemas.flat))
        return encoded(value, body.media_type)

    def _maker(self, seed: str) -> ValueMaker:
        return ValueMaker(self._schemas, f"{self._seed} {seed}", self.items.ids_named)

    def _create_requests(self, operation: Operation, path: str) -> tuple[Request, ...]:
        return self.compose_at(operation, path).requests[:6]


@dataclass(frozen=True, slots=True)
class _Parts:
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes | None
    lean: bool = False


def encoded(value: Any, media_type: str) -> bytes:
    """The body's bytes: form fields for a form, JSON otherwise."""
    if media_type == _FORM and isinstance(value, Mapping):
        pairs = [(key, one) for key, entry in value.items() for one in _flattened(entry)]
        return urlencode(pairs, errors="replace").encode()
    return json.dumps(value).encode()


def _refusal(operation: Operation) -> str:
    if operation.body is None or _sent_as(operation.body):
        return ""
    return f"takes {operation.body.media_type} bodies, which are not made here"


def _sent_as(body: Body) -> str:
    """The media type to send; empty for those that cannot be written here."""
    if body.media_type == MULTIPART:
        return CONTENT_TYPE
    if body.media_type == _FORM or body.media_type.endswith("+json"):
        return body.media_type
    return "application/json" if body.media_type in ("application/json", "*/*") else ""


def _typed(media_type: str) -> tuple[tuple[str, str], ...]:
    return (("Content-Type", media_type),)


def _pairs(parameter: Parameter, value: Any) -> list[tuple[str, str]]:
    return [(parameter.name, text) for text in _flattened(value)]


def _flattened(value: Any) -> list[str]:
    if isinstance(value, list):
        return [text for entry in value for text in _flattened(entry)]
    if value is None:
        return []
    if isinstance(value, bool):
        return ["true" if value else "false"]
    return [json.dumps(value) if isinstance(value, dict) else str(value)]


def _quoted(value: Any) -> str:
    return quote(str(value), safe="", errors="replace")


def _is_sendable(value: str) -> bool:
    """Whether it can stand in a header."""
    return value.isascii() and value.isprintable()
