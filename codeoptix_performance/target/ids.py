"""Ids in answers: where lists and freshly created items keep the value that names them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from codeoptix_performance.target.asking import Answer
from codeoptix_performance.target.plain_text import snake_case

_MOST_IDS = 20
_DEEPEST_ITEM = 3
_LIST_KEYS = ("items", "data", "results", "records", "rows", "entries", "content", "list", "value")
_WRAPPERS = ("data", "item", "result", "record")
_KEY_LIKE = re.compile(r"\d+|[0-9a-fA-F]{8,}|[0-9a-fA-F-]{36}")
_ID_LIKE = re.compile(r"(^|_)(id|uuid|guid|pk|oid)$")


@dataclass(frozen=True, slots=True)
class FoundId:
    """An id and the field of the answer it was read from, with dots into inner objects.

    ``field`` is empty where the id stood in no JSON field but in the Location header.
    """

    value: str | int
    field: str


def singular(collection: str) -> str:
    """``categories`` → ``category``, ``boxes`` → ``box``, ``users`` → ``user``."""
    word = snake_case(collection)
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if re.search(r"(ss|sh|ch|x|z)es$", word):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def is_id_like(parameter: str) -> bool:
    """True for ``id``, ``item_id``, ``itemId``, ``uuid``, ``pk``."""
    return _ID_LIKE.search(snake_case(parameter)) is not None


def ids_in_list(answer: Any, parameter: str, collection: str) -> list[str | int]:
    """The ids of at most 20 items of a list answer, for a path parameter of that name."""
    found: dict[str | int, None] = {}
    for value in _values(answer, parameter, collection):
        found[value] = None
        if len(found) >= _MOST_IDS:
            break
    return list(found)


def items_in(answer: Any, collection: str = "") -> list[Any]:
    """The items of a list answer: the list itself, or the one under a key such as ``items``."""
    if isinstance(answer, list):
        return answer
    if not isinstance(answer, Mapping):
        return []
    for key in (collection, *_LIST_KEYS):
        inner = answer.get(key)
        if isinstance(inner, list):
            return inner
        if isinstance(inner, Mapping) and (nested := items_in(inner, collection)):
            return nested
    lists = [value for value in answer.values() if isinstance(value, list)]
    return lists[0] if len(lists) == 1 else []


def id_of_created(answer: Answer, parameter: str, collection: str) -> FoundId | None:
    """The id of the item that a 2xx answer, or a redirect to the item, says was created."""
    content = answer.json
    for prefix, inner in _wrapped(content, (*_WRAPPERS, singular(collection))):
        key = _key_of(inner, parameter, collection)
        if key is not None:
            return FoundId(inner[key], prefix + key)
    if isinstance(content, str | int) and not isinstance(content, bool) and content != "":
        return None
    last = urlsplit(answer.headers.get("location", "")).path.rstrip("/").rpartition("/")[2]
    leads_to_it = 300 <= answer.status < 400 and _KEY_LIKE.fullmatch(last)
    return FoundId(last, "") if last and (answer.status == 201 or leads_to_it) else None


def _wrapped(content: Any, wrappers: tuple[str, ...]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Where in an answer the item can be: at its top, under ``data``, under ``data.item``."""
    layer = [("", content)]
    for _ in range(_DEEPEST_ITEM):
        objects = [(prefix, inner) for prefix, inner in layer if isinstance(inner, Mapping)]
        yield from objects
        layer = [
            (f"{prefix}{key}.", inner[key])
            for prefix, inner in objects
            for key in dict.fromkeys(wrappers)
            if key in inner
        ]


def _values(answer: Any, parameter: str, collection: str) -> Iterator[str | int]:
    items = items_in(answer, collection)
    for item in items:
        if isinstance(item, Mapping):
            key = _key_of(item, parameter, collection)
            if key is not None:
                yield item[key]
        elif _is_id(item):
            yield item
    if not items and isinstance(answer, Mapping):
        yield from _keys_of_mapping(answer, collection)


def _keys_of_mapping(answer: Mapping[str, Any], collection: str) -> Iterator[str]:
    """The keys of ``{"1": {...}, "2": {...}}``, also under the collection's own name."""
    for candidate in (answer, answer.get(collection), answer.get("items"), answer.get("data")):
        if isinstance(candidate, Mapping) and candidate:
            are_items = all(isinstance(value, Mapping) for value in candidate.values())
            if are_items and all(_KEY_LIKE.fullmatch(str(key)) for key in candidate):
                yield from (str(key) for key in candidate)
                return


def _key_of(item: Any, parameter: str, collection: str) -> str | None:
    """The item's field that a path parameter of that name means."""
    if not isinstance(item, Mapping):
        return None
    by_plain_name = {snake_case(str(key)): str(key) for key in reversed(list(item))}
    for name in _names_of_id(snake_case(parameter), singular(collection)):
        key = by_plain_name.get(name)
        if key is not None and _is_id(item[key]):
            return key
    return None


def _names_of_id(parameter: str, item: str) -> Iterator[str]:
    yield parameter
    if _ID_LIKE.search(parameter) or parameter == item:
        yield from ("id", "_id", f"{item}_id", "uuid", "guid", "pk", f"{item}_uuid", "oid")
        yield from (parameter.removesuffix("_id"), "slug", "key", "name", "username", "code")
    else:
        yield parameter.removeprefix(f"{item}_")
        yield f"{item}_{parameter}"


def _is_id(value: Any) -> bool:
    if isinstance(value, str):
        return 0 < len(value) <= 200
    return isinstance(value, int) and not isinstance(value, bool)
