"""JSON schemas of one OpenAPI document: references followed, parts merged, values checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from codeoptix_performance.target.effort import Effort
from codeoptix_performance.target.endpoint import UNIQUE
from codeoptix_performance.target.operation import Schema
from codeoptix_performance.target.patterns import Patterns
from codeoptix_performance.target.validator import IsValid, bounded_validator

_MOST_PARTS = 100
"""Of one schema; parts may refer to each other in circles."""
_ROOMS_OF_SCHEMAS = ("components", "definitions", "$defs")
_SCHEMA_MAPS = ("properties", "patternProperties", "$defs", "definitions", "schemas")
UNREADABLE = (
    *(TypeError, ValueError, AttributeError, LookupError, ArithmeticError),
    *(RecursionError, MemoryError),
)
"""What reading a document raises that is not what it says it is: it comes from the app under test,
so any part of it may be of any type. Caught where one schema or one operation is read, so that
only that one is lost."""
_OTHER_COUNTERS = ("00000000", "zzzzzzzz", "a0b1c2d3", "12345678", "abcdefgh")


class Schemas:
    """The schemas of ``document``; every answer is in the words of JSON Schema 2020-12."""

    def __init__(self, document: Mapping[str, Any] | None = None) -> None:
        self.effort = Effort()
        self.patterns = Patterns()
        self._document = document or {}
        self._rooms = {
            name: self._document[name] for name in _ROOMS_OF_SCHEMAS if name in self._document
        }
        self._is_valid: IsValid | None = None

    def close(self) -> None:
        """Ends what was started to try the document's patterns."""
        self.patterns.close()

    def flat(self, schema: Any) -> Schema:
        """``schema`` without ``$ref`` and ``allOf`` at its top; True and unknown become empty.

        Raises ``TooMuchToReadError`` for one whose parts take too long to put together.
        """
        merged: dict[str, Any] = {}
        waiting = [schema]
        with self.effort.piece():
            for _ in range(_MOST_PARTS):
                if not waiting:
                    break
                self.effort.check()
                part = waiting.pop()
                if not isinstance(part, Mapping):
                    continue
                own = {key: value for key, value in part.items() if key not in ("$ref", "allOf")}
                merged = self._merge(own, merged)
                all_of = part.get("allOf")
                waiting += reversed(all_of if isinstance(all_of, list) else [])
                waiting += [self.follow(part["$ref"])] if "$ref" in part else []
        return merged

    def _merge(self, one: Schema, other: Schema) -> dict[str, Any]:
        """Both at once, as ``allOf`` means it; where a plain keyword differs, ``other`` counts."""
        merged = {**one, **other}
        if "properties" in one and "properties" in other:
            merged["properties"] = {**one["properties"], **other["properties"]}
        if "required" in one and "required" in other:
            merged["required"] = list(dict.fromkeys([*one["required"], *other["required"]]))
        if "enum" in one and "enum" in other:
            merged["enum"] = [value for value in one["enum"] if self._is_in(value, other["enum"])]
        return merged

    def _is_in(self, value: Any, enum: Any) -> bool:
        self.effort.check()
        return value in enum

    def follow(self, reference: Any) -> Any:
        """What a local reference such as ``#/components/schemas/Item`` points to, else empty."""
        if not isinstance(reference, str) or not reference.startswith("#/"):
            return {}
        found: Any = self._document
        for step in reference[2:].split("/"):
            name = unquote(step).replace("~1", "/").replace("~0", "~")
            if not isinstance(found, Mapping) or name not in found:
                return {}
            found = found[name]
        return found

    def accepts(self, value: Any, schema: Any) -> bool:
        """True if ``value`` is valid, whatever counter takes the place of the unique marker.

        A schema that cannot be read (an unknown type, a pattern of another language) accepts
        nothing, and so does one that refers to anything outside the document, for nothing is
        fetched, and one that takes too long.
        """
        from jsonschema.exceptions import SchemaError, UnknownType  # noqa: PLC0415
        from referencing.exceptions import Unresolvable  # noqa: PLC0415

        if self._is_valid is None:
            self._is_valid = bounded_validator(self.effort, self.patterns)
        whole = {**self._rooms, **schema} if isinstance(schema, Mapping) else schema
        try:
            with self.effort.piece():
                return all(
                    self._is_valid(_with_counter(value, text), whole)
                    for text in (UNIQUE, "0a1b2c3d")
                )
        except (SchemaError, Unresolvable, UnknownType, *UNREADABLE):
            return False


def stays_valid(text: str, is_valid: Any) -> bool:
    """True if ``is_valid`` holds for ``text`` with its marker and with other counters in it."""
    counters = (UNIQUE, *_OTHER_COUNTERS) if UNIQUE in text else (UNIQUE,)
    return all(is_valid(text.replace(UNIQUE, counter)) for counter in counters)


def modern(document: Any) -> Any:
    """A copy in which OpenAPI 3.0's ``nullable`` and true ``exclusiveMinimum`` are 2020-12's."""
    if isinstance(document, list):
        return [modern(entry) for entry in document]
    if not isinstance(document, Mapping):
        return document
    return _modern_schema({key: _modern_entry(key, value) for key, value in document.items()})


def _modern_entry(key: str, value: Any) -> Any:
    if key in _SCHEMA_MAPS and isinstance(value, Mapping):
        return {name: modern(schema) for name, schema in value.items()}
    return modern(value)


def _modern_schema(schema: dict[str, Any]) -> dict[str, Any]:
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        is_flag = isinstance(schema.get(exclusive), bool)
        if is_flag and schema.pop(exclusive) and bound in schema:
            schema[exclusive] = schema.pop(bound)
    if schema.pop("nullable", False) is not True:
        return schema
    if isinstance(schema.get("type"), str):
        schema["type"] = [schema["type"], "null"]
        if isinstance(schema.get("enum"), list) and None not in schema["enum"]:
            schema["enum"] = [*schema["enum"], None]
        return schema
    return {"anyOf": [schema, {"type": "null"}]} if schema else schema


def _with_counter(value: Any, counter: str) -> Any:
    if isinstance(value, str):
        return value.replace(UNIQUE, counter)
    if isinstance(value, list):
        return [_with_counter(entry, counter) for entry in value]
    if isinstance(value, dict):
        return {key: _with_counter(entry, counter) for key, entry in value.items()}
    return value
