"""JSON Schema's own judgement of values, bounded whatever the schema says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from codeoptix_performance.target.effort import Effort, TooMuchToReadError
from codeoptix_performance.target.patterns import Patterns

_MOST_DIFFERENT = 400
_NOT_JUDGED = ("unevaluatedItems", "unevaluatedProperties")
"""What they refuse is hardly ever made here, and looking for it has no bound."""

Keyword = Callable[[Any, Any, Any, Any], Iterable[Any] | None]
IsValid = Callable[[Any, Any], bool]


def bounded_validator(effort: Effort, patterns: Patterns) -> IsValid:
    """Says whether a value is valid for a schema; nothing that a schema names is fetched.

    Raises what the standard's own keywords raise for a schema that is none.
    """
    from jsonschema import Draft202012Validator, FormatChecker, validators  # noqa: PLC0415
    from jsonschema.exceptions import ValidationError  # noqa: PLC0415
    from referencing import Registry  # noqa: PLC0415

    usual: Mapping[str, Keyword] = Draft202012Validator.VALIDATORS
    own = _Keywords(patterns, usual["uniqueItems"], ValidationError)
    keywords: dict[str, Keyword] = {
        **usual,
        "pattern": own.pattern,
        "patternProperties": own.pattern_properties,
        "additionalProperties": own.additional_properties,
        "uniqueItems": own.unique_items,
        **dict.fromkeys(_NOT_JUDGED, _accepted),
    }
    counted = {name: _counted(keyword, effort) for name, keyword in keywords.items()}
    extended: Any = validators.extend  # it comes without types
    kind = extended(Draft202012Validator, counted)
    formats = FormatChecker(sorted({*FormatChecker.checkers} - {"regex"}))

    def is_valid(value: Any, schema: Any) -> bool:
        # Without a registry of its own the validator opens whatever URL or file a ``$ref`` names.
        validator = kind(schema, format_checker=formats, registry=Registry())
        return bool(validator.is_valid(value))

    return is_valid


def _counted(keyword: Keyword, effort: Effort) -> Keyword:
    def counted(validator: Any, wish: Any, value: Any, schema: Any) -> Iterable[Any] | None:
        effort.check()
        return keyword(validator, wish, value, schema)

    return counted


def _accepted(*_: Any) -> None:
    """No error."""


class _Keywords:
    """Those keywords that try patterns, or compare each entry with each other."""

    def __init__(
        self, patterns: Patterns, unique_items: Keyword, error: Callable[[str], Any]
    ) -> None:
        self._patterns = patterns
        self._unique_items = unique_items
        self._error = error

    def pattern(self, _validator: Any, wish: Any, value: Any, _schema: Any) -> Iterator[Any]:
        if isinstance(value, str) and not self._patterns.found(wish, value):
            yield self._error("does not match")

    def pattern_properties(
        self, validator: Any, wish: Any, value: Any, _schema: Any
    ) -> Iterator[Any]:
        for name, inner in value.items() if isinstance(value, dict) else ():
            for pattern, schema in wish.items():
                if self._patterns.found(pattern, name):
                    yield from validator.descend(inner, schema)

    def additional_properties(
        self, validator: Any, wish: Any, value: Any, schema: Any
    ) -> Iterator[Any]:
        known, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
        for name, inner in value.items() if isinstance(value, dict) else ():
            if name in known or any(self._patterns.found(one, name) for one in patterns):
                continue
            yield from validator.descend(inner, wish)

    def unique_items(
        self, validator: Any, wish: Any, value: Any, schema: Any
    ) -> Iterable[Any] | None:
        if isinstance(value, list) and len(value) > _MOST_DIFFERENT:
            raise TooMuchToReadError("too many entries to compare each with each other")
        return self._unique_items(validator, wish, value, schema)
