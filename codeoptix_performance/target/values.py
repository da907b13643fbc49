"""Valid, plain values for JSON schemas: seeded, small, and checked against the schema.

The document's own ``const``, ``enum``, ``example``, ``examples`` and ``default`` come first, then
values that suit the property's name, then any of the right type.
"""

from __future__ import annotations

import random as random_module
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from codeoptix_performance.target.effort import TooMuchToReadError
from codeoptix_performance.target.endpoint import UNIQUE
from codeoptix_performance.target.operation import Schema
from codeoptix_performance.target.plain_numbers import number_for, whole_number_for
from codeoptix_performance.target.plain_text import names_an_item, snake_case, text_for
from codeoptix_performance.target.schemas import UNREADABLE, Schemas

KnownIds = Callable[[str], Sequence[Any]]
"""Ids of items that exist, for a property's name such as ``user_id``; empty if none are known."""

_ATTEMPTS = 6
_DEEPEST = 8
_OPTIONAL_UNTIL = 4
_MOST_ENTRIES = 3
_MOST_PARTS = 400
_SET_BY_THE_APP = frozenset({"created_at", "updated_at", "deleted_at", "created", "modified"})
_TYPE_BY_KEYWORD = {
    "properties": "object",
    "additionalProperties": "object",
    "items": "array",
    "prefixItems": "array",
    "minimum": "number",
    "maximum": "number",
    "multipleOf": "number",
}


@dataclass(frozen=True, slots=True)
class Style:
    """``complete`` fills optional properties too; ``unique`` allows values used only once."""

    complete: bool = True
    unique: bool = False


class ValueMaker:
    """Makes values for one document's schemas; equal ``seed`` and calls give equal values.

    ``used_once`` becomes true when a value was made that must be unique and cannot carry the
    marker, for example a whole number called ``id``: each such body can be sent only once.
    """

    def __init__(self, schemas: Schemas, seed: str, known_ids: KnownIds = lambda _name: ()) -> None:
        self.used_once = False
        self._given_up = False
        self._parts_left = _MOST_PARTS
        self._schemas = schemas
        self._random = random_module.Random(seed)  # noqa: S311 - test data, not a secret
        self._known_ids = known_ids

    def valid(self, schema: Schema, name: str, style: Style) -> tuple[Any, bool]:
        """A value and whether it is valid; an invalid one is only the best that was found.

        A maker that has met a schema which takes too long makes nothing any more.
        """
        if self._given_up:
            return None, False
        try:
            with self._schemas.effort.piece():
                return self._valid(schema, name, style)
        except TooMuchToReadError:
            self._given_up = True
        except UNREADABLE:
            pass
        return None, False

    def _valid(self, schema: Schema, name: str, style: Style) -> tuple[Any, bool]:
        value: Any = None
        for _ in range(_ATTEMPTS):
            self._parts_left = _MOST_PARTS
            value = self._make(schema, name, style, 0)
            self._schemas.effort.keep(value)
            if self._schemas.accepts(value, schema):
                return value, True
        return value, False

    def from_example(self, example: Any, schema: Schema, style: Style) -> Any:
        """A document's example, made unique where it names an item; None if it is not valid."""
        self._schemas.effort.keep(example)
        for candidate in (_made_unique(example) if style.unique else example, example):
            if self._schemas.accepts(candidate, schema):
                return candidate
        return None

    def _make(self, schema: Any, name: str, style: Style, depth: int) -> Any:
        flat = self._schemas.flat(schema)
        self._parts_left -= 1
        if depth > _DEEPEST or self._parts_left < -_MOST_PARTS:
            return None
        if "const" in flat:
            return flat["const"]
        if flat.get("enum"):
            return self._random.choice([v for v in flat["enum"] if v is not None] or [None])
        found = self._of_existing_item(flat, name)
        found = self._shown(flat, name, style) if found is None else found
        if found is not None:
            return found
        for branches in ("oneOf", "anyOf"):
            if flat.get(branches):
                return self._make(self._branch(flat, branches), name, style, depth + 1)
        return self._of_type(_type_of(flat), flat, name, style, depth)

    def _of_existing_item(self, flat: Schema, name: str) -> Any:
        """The id of an item that exists, for a property such as ``user_id``; else None."""
        known = self._known_ids(name) if name else ()
        fitting = [value for value in known if self._schemas.accepts(value, flat)]
        return self._random.choice(fitting) if fitting else None

    def _shown(self, flat: Schema, name: str, style: Style) -> Any:
        """The schema's own example or default; None if it has none that is valid."""
        examples = flat.get("examples")
        shown = list(examples) if isinstance(examples, list) else []
        self._random.shuffle(shown)
        shown = [flat["example"], *shown] if "example" in flat else shown
        for example in shown:
            wanted = _made_unique(example, name) if style.unique else example
            for candidate in (wanted, example):
                if candidate is not None and self._schemas.accepts(candidate, flat):
                    return candidate
        default = flat.get("default")
        if default in (None, "", [], {}) or not self._schemas.accepts(default, flat):
            return None
        return default

    def _branch(self, flat: Schema, branches: str) -> Schema:
        """One of the alternatives together with what stands beside them; not null if possible."""
        choices = [choice for choice in flat[branches] if self._schemas.flat(choice) != _NULL]
        choices = choices or list(flat[branches])
        # A decimal is written as number-or-string, and not every string is one.
        numbers = [one for one in choices if _type_of(self._schemas.flat(one)) in _NUMERIC]
        chosen = self._random.choice(numbers or choices)
        beside = {
            key: value for key, value in flat.items() if key not in (branches, "discriminator")
        }
        return {"allOf": [beside, chosen, self._tag(flat, chosen)]}

    def _tag(self, flat: Schema, chosen: Any) -> Schema:
        """The discriminator's property fixed to the name that stands for ``chosen``."""
        discriminator = flat.get("discriminator")
        if not isinstance(discriminator, Mapping) or not isinstance(chosen, Mapping):
            return {}
        field, target = discriminator.get("propertyName"), chosen.get("$ref")
        if not field or not target:
            return {}
        mapping = discriminator.get("mapping") or {}
        tag = next((key for key, ref in mapping.items() if ref == target), target.split("/")[-1])
        declared = self._schemas.flat(chosen).get("properties", {}).get(field, {})
        if "const" in declared or "enum" in declared:
            return {}
        return {"required": [field], "properties": {field: {"const": tag}}}

    def _of_type(self, kind: str, flat: Schema, name: str, style: Style, depth: int) -> Any:
        if kind == "object":
            return self._object(flat, style, depth)
        if kind == "array":
            return self._array(flat, name, style, depth)
        if kind in ("boolean", "null"):
            return self._random.random() < 0.5 if kind == "boolean" else None
        if kind in ("integer", "number"):
            return self._number(kind, flat, name, style)
        return self._text(flat, name, style)

    def _number(self, kind: str, flat: Schema, name: str, style: Style) -> float:
        if kind == "number":
            return number_for(flat, name, self._random)
        once = style.unique and snake_case(name) == "id"
        self.used_once |= once
        return whole_number_for(flat, name, self._random, unique=once)

    def _text(self, flat: Schema, name: str, style: Style) -> str:
        text = text_for(
            flat, name, self._random, unique=style.unique, patterns=self._schemas.patterns
        )
        self.used_once |= (
            style.unique and "pattern" in flat and UNIQUE not in text and names_an_item(name)
        )
        return text

    def _object(self, flat: Schema, style: Style, depth: int) -> dict[str, Any]:
        properties: Mapping[str, Any] = flat.get("properties") or {}
        required = set(flat.get("required") or ())
        made = {}
        for name, schema in properties.items():
            inner = self._schemas.flat(schema)
            if inner.get("readOnly") is True:
                continue
            if name in required or (style.complete and self._worth_sending(name, inner, depth)):
                made[name] = self._make(schema, name, style, depth + 1)
        for name in sorted(required - properties.keys()):
            made[name] = self._make(flat.get("additionalProperties"), name, style, depth + 1)
        self._fill_up(made, flat, style, depth)
        return made

    def _worth_sending(self, name: str, inner: Schema, depth: int) -> bool:
        """False for optional properties that an app sets itself or that point to other items."""
        plain = snake_case(name)
        if depth >= _OPTIONAL_UNTIL or self._parts_left < 0 or inner.get("deprecated") is True:
            return False
        if plain in _SET_BY_THE_APP or plain in ("id", "_id", "uuid"):
            return False
        points_elsewhere = plain.endswith(("_id", "_ids", "_uuid"))
        return not points_elsewhere or bool(self._known_ids(name))

    def _fill_up(self, made: dict[str, Any], flat: Schema, style: Style, depth: int) -> None:
        extra = flat.get("additionalProperties")
        wanted = min(int(flat.get("minProperties", 0)), _MOST_PARTS)
        if not made and isinstance(extra, Mapping) and extra:
            wanted = max(wanted, 1)
        for number in range(1, wanted + 1):
            if len(made) >= wanted:
                return
            made[f"key{number}"] = self._make(extra, f"key{number}", style, depth + 1)

    def _array(self, flat: Schema, name: str, style: Style, depth: int) -> list[Any]:
        first = flat.get("prefixItems") or []
        made = [self._make(schema, name, style, depth + 1) for schema in first]
        least = min(int(flat.get("minItems", 0)), _MOST_PARTS)
        most = int(flat.get("maxItems", _MOST_ENTRIES))
        if flat.get("items") is False or depth >= _OPTIONAL_UNTIL or self._parts_left < 0:
            most = least
        most = max(least, min(most, max(_MOST_ENTRIES, least)))
        wanted = self._random.randint(max(least, min(1, most)), most)
        one, all_differ = name.removesuffix("s"), flat.get("uniqueItems") is True
        for _ in range(wanted * _ATTEMPTS):
            if len(made) >= wanted:
                break
            # Values that all carry the marker would be alike.
            own = replace(style, unique=False) if all_differ and made else style
            entry = self._make(flat.get("items"), one, own, depth + 1)
            if not all_differ or entry not in made:
                made.append(entry)
        return made


_NULL = {"type": "null"}
_NUMERIC = ("number", "integer")


def _type_of(flat: Schema) -> str:
    kinds = flat.get("type")
    if isinstance(kinds, list):
        kinds = next((kind for kind in kinds if kind != "null"), "null")
    if isinstance(kinds, str):
        return kinds
    return next((kind for word, kind in _TYPE_BY_KEYWORD.items() if word in flat), "string")


def _made_unique(example: Any, name: str = "") -> Any:
    """The example with the marker in every string that names an item."""
    if isinstance(example, dict):
        return {key: _made_unique(value, key) for key, value in example.items()}
    if not isinstance(example, str) or not names_an_item(name):
        return example
    local, at, domain = example.partition("@")
    if at:
        return f"{local}.{UNIQUE}@{domain}"
    if not any(character.isalpha() for character in example):
        return example
    if " " in example:
        return f"{example} {UNIQUE}"
    return f"{example}-{UNIQUE}"
