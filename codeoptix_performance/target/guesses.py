"""Bodies for writes whose shape no document describes."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlencode

from codeoptix_performance.target.endpoint import UNIQUE
from codeoptix_performance.target.multipart import CONTENT_TYPE, multipart_body
from codeoptix_performance.target.plain_text import names_an_item, snake_case

_SET_BY_THE_APP = re.compile(r"^_?(id|uuid|pk)$|_at$|^created|^updated|^modified")
_TAKES_A_FILE = re.compile(r"upload|file|image|photo|picture|avatar|document|attachment|csv")
_EVERYDAY_FIELDS: dict[str, Any] = {
    "name": f"Name {UNIQUE}",
    "title": f"Title {UNIQUE}",
    "username": f"ada-{UNIQUE}",
    "email": f"ada.{UNIQUE}@example.com",
    "password": f"Passw0rd!{UNIQUE}",
    "content": "Some content",
    "body": "Some content",
    "text": "Some text",
    "message": "Some message",
    "description": "Some description",
    "author": "Ada",
    "category": "general",
    "key": f"key-{UNIQUE}",
    "value": 7,
    "amount": 12.5,
    "price": 12.5,
    "quantity": 2,
    "stock": 5,
    "age": 36,
    "year": 2020,
    "data": "sample",
    "url": f"https://example.com/{UNIQUE}",
    "completed": False,
    "done": False,
}


def guessed_bodies(item: dict[str, Any] | None, path: str = "") -> list[tuple[str, bytes]]:
    """Media types and bodies for ``path``, the likeliest first.

    A file where the path speaks of one; a new item like the ``item`` that the app shows; then one
    with everyday fields, as JSON and as a form.
    """
    everyday = json.dumps(_EVERYDAY_FIELDS).encode()
    form = urlencode({key: _form_text(value) for key, value in _EVERYDAY_FIELDS.items()}).encode()
    guesses = [
        ("application/json", everyday),
        ("application/x-www-form-urlencoded", form),
    ]
    if item:
        guesses.insert(0, ("application/json", json.dumps(_one_more(item)).encode()))
    return [*_uploads(path), *guesses]


def _uploads(path: str) -> list[tuple[str, bytes]]:
    wanted = _TAKES_A_FILE.search(path.lower())
    if wanted is None:
        return []
    names = dict.fromkeys((wanted[0], "file"))
    fields = {"title": f"Title {UNIQUE}", **dict.fromkeys(names, "")}
    return [(CONTENT_TYPE, multipart_body(fields, frozenset(names)))]


def _one_more(item: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _renewed(name, value)
        for name, value in item.items()
        if not _SET_BY_THE_APP.search(snake_case(name))
    }


def _renewed(name: str, value: Any) -> Any:
    if not isinstance(value, str) or not names_an_item(name) or snake_case(name).endswith("_id"):
        return value
    _, at, domain = value.partition("@")
    return f"ada.{UNIQUE}@{domain}" if at else f"{name.capitalize()} {UNIQUE}"


def _form_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
