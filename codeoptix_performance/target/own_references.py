"""Ids inside bodies, such as ``account_id``: requests name items that their user made itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from codeoptix_performance.target.endpoint import Creation, Endpoint, Request
from codeoptix_performance.target.ids import is_id_like
from codeoptix_performance.target.items import CreatedItem, Items

_LONGEST_CHAIN = 3


def with_own_references(endpoint: Endpoint, items: Items) -> Endpoint:
    """The endpoint with placeholders for ids in JSON bodies, and with what creates those items."""
    makers: dict[str, CreatedItem] = {}
    requests = tuple(_marked(request, items, makers) for request in endpoint.requests)
    creation = _rooted(endpoint.creation, items) if endpoint.creation else None
    for placeholder, item in makers.items():
        link = _rooted(_creation(placeholder, item), items)
        creation = _above(creation, link) if creation else link
    return replace(endpoint, requests=requests, creation=creation)


def _rooted(creation: Creation, items: Items, length: int = 1) -> Creation:
    """The creation with the references of its own body, and of those before it, resolved."""
    if length > _LONGEST_CHAIN:
        return creation
    before = _rooted(creation.before, items, length + 1) if creation.before else None
    makers: dict[str, CreatedItem] = {}
    request = _marked(creation.request, items, makers)
    for placeholder, item in makers.items():
        link = _rooted(_creation(placeholder, item), items, length + 1)
        before = _above(before, link) if before else link
    return replace(creation, request=request, before=before)


def _above(creation: Creation, link: Creation) -> Creation:
    """``link`` made before everything that ``creation`` needs; once, where it is there already."""
    if creation.placeholder == link.placeholder:
        return creation
    return replace(creation, before=_above(creation.before, link) if creation.before else link)


def _creation(placeholder: str, item: CreatedItem) -> Creation:
    return Creation(item.operation.name, item.request, item.id.field, placeholder, kept=True)


def _marked(request: Request, items: Items, makers: dict[str, CreatedItem]) -> Request:
    """The request with ``{account_id}`` for such ids; who makes those items goes to ``makers``."""
    try:
        content = json.loads(request.body or b"")
    except ValueError:
        return request
    numbers: set[str] = set()

    def mark(name: str, value: Any) -> Any:
        item = items.created_for_field(name) if is_id_like(name) and name != "id" else None
        if item is None or not isinstance(value, str | int) or isinstance(value, bool):
            return value
        placeholder = f"{{{name}}}"
        makers[placeholder] = item
        if isinstance(value, int):
            numbers.add(placeholder)
        return placeholder

    body = json.dumps(_changed(content, mark))
    for placeholder in numbers:
        body = body.replace(f'"{placeholder}"', placeholder)
    return replace(request, body=body.encode()) if makers else request


def _changed(content: Any, change: Callable[[str, Any], Any]) -> Any:
    if isinstance(content, list):
        return [_changed(entry, change) for entry in content]
    if not isinstance(content, Mapping):
        return content
    return {
        key: _changed(value, change) if isinstance(value, dict | list) else change(str(key), value)
        for key, value in content.items()
    }
