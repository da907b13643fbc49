"""Endpoints a user names: ``GET /api/users``, or an object that says what to send."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from codeoptix_performance.settings.readers import whole_number
from codeoptix_performance.settings.refusal import RefusedValueError
from codeoptix_performance.settings.settings import EndpointSetting

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_WORDS = re.compile(r"(?:(?P<method>[A-Za-z]+)\s+)?(?P<path>\S+)")
_KEYS = ("method", "path", "weight", "headers", "json", "body")
_ACCEPTED = 'it must be like "GET /api/users" or an object with method and path'


def endpoints(value: Any) -> tuple[EndpointSetting, ...]:
    """The endpoints in the order they were named; a single one needs no list."""
    if isinstance(value, str | Mapping):
        return (_at(None, value),)
    if not isinstance(value, list | tuple):
        raise RefusedValueError('it must be a list such as ["GET /api/users", "POST /api/posts"]')
    return tuple(_at(index, entry) for index, entry in enumerate(value))


def _at(index: int | None, entry: Any) -> EndpointSetting:
    place = "" if index is None else f"[{index}]"
    try:
        entry = _object_in(entry)
        return _from_object(entry) if isinstance(entry, Mapping) else _from_words(entry)
    except RefusedValueError as refused:
        value = entry if refused.value is ... else refused.value
        raise RefusedValueError(
            refused.reason, place=place + refused.place, value=value
        ) from refused


def _object_in(entry: Any) -> Any:
    """The object that a text like ``{"method": "POST", …}`` spells; any other entry as it is."""
    if not isinstance(entry, str) or not entry.lstrip().startswith("{"):
        return entry
    try:
        return json.loads(entry)
    except ValueError:
        raise RefusedValueError(f"{_ACCEPTED}; this one is no JSON") from None


def _from_words(entry: Any) -> EndpointSetting:
    match = _WORDS.fullmatch(entry.strip()) if isinstance(entry, str) else None
    if match is None:
        raise RefusedValueError(_ACCEPTED)
    return EndpointSetting(method=_method(match["method"] or "GET"), path=_path(match["path"]))


def _from_object(entry: Mapping[Any, Any]) -> EndpointSetting:
    for key in entry:
        if key not in _KEYS:
            near = get_close_matches(str(key), _KEYS, n=1, cutoff=0.6)
            hint = f"did you mean '{near[0]}'" if near else f"known are {', '.join(_KEYS)}"
            raise RefusedValueError(f"its key '{key}' is unknown, {hint}")
    if entry.get("json") is not None and entry.get("body") is not None:
        raise RefusedValueError("it must hold json or body, not both")
    return EndpointSetting(
        method=_inside(".method", entry.get("method", "GET"), _method),
        path=_inside(".path", entry.get("path"), _path),
        weight=_inside(".weight", entry.get("weight", 1), whole_number(1)),
        headers=_inside(".headers", entry.get("headers") or {}, _headers),
        json_body=entry.get("json"),
        body=_inside(".body", entry.get("body"), _body),
    )


def _inside(place: str, value: Any, read: Any) -> Any:
    try:
        return read(value)
    except RefusedValueError as refused:
        raise RefusedValueError(refused.reason, place=place, value=value) from refused


def _method(value: Any) -> str:
    method = value.upper() if isinstance(value, str) else value
    if method not in _METHODS:
        raise RefusedValueError(f"its method must be one of {', '.join(_METHODS)}")
    return str(method)


def _path(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"/[^\s#]*", value):
        raise RefusedValueError('its path must start with / and hold no blanks, like "/api/users"')
    return value


def _headers(value: Any) -> dict[str, str]:
    accepted = 'it must be an object of header names and one-line texts like {"Accept": "text/csv"}'
    if not isinstance(value, Mapping):
        raise RefusedValueError(accepted)
    headers = {str(name): str(content) for name, content in value.items()}
    if any(
        re.search(r"[\r\n:\s]", name) or re.search(r"[\r\n]", headers[name]) for name in headers
    ):
        raise RefusedValueError(accepted)
    return headers


def _body(value: Any) -> str | None:
    if value is not None and not isinstance(value, str):
        raise RefusedValueError("it must be a text; give objects and lists as json")
    return value
