"""The performance guide's own endpoint mixes, one for each profile."""

from __future__ import annotations

import json
from collections.abc import Callable

from codeoptix_performance.settings.settings import Profile
from codeoptix_performance.target.endpoint import Request
from codeoptix_performance.target.operation import Operation, same_path
from codeoptix_performance.target.schemas import Schemas

_JSON = (("Content-Type", "application/json"),)
_POST = {"title": "Test", "content": "Test content"}


def guide_mix(profile: Profile) -> tuple[Operation, ...]:
    """The endpoints the guide loads, with its weights; reads come first."""
    if profile == "website":
        return (_read("/", 1), _read("/api/data", 3))
    post = Request("POST", "/api/posts", _JSON, json.dumps(_POST).encode())
    return (
        _read("/api/users", 5),
        _read("/api/posts", 3),
        Operation("POST", "/api/posts", "guide", 1, ready=(post,)),
    )


def lists_mix(mix: tuple[Operation, ...], listed: tuple[Operation, ...], schemas: Schemas) -> bool:
    """True if every endpoint of the mix is among those the app lists, and takes what is sent."""
    return all(
        any(_takes(known, wanted, schemas) for known in listed if _is(known, wanted))
        for wanted in mix
    )


def answers_mix(mix: tuple[Operation, ...], welcomes: Callable[[Request], bool]) -> bool:
    """True if the app answers every request of the mix with 2xx or 3xx; stops at the first no."""
    return all(welcomes(request) for operation in mix for request in operation.ready)


def _read(path: str, weight: int) -> Operation:
    return Operation("GET", path, "guide", weight, ready=(Request("GET", path),))


def _is(known: Operation, wanted: Operation) -> bool:
    return known.method == wanted.method and same_path(known.path, wanted.path)


def _takes(known: Operation, wanted: Operation, schemas: Schemas) -> bool:
    """False where the app's document demands more than the guide's request holds."""
    if any(parameter.required for parameter in known.parameters):
        return False
    if known.body is None or wanted.method == "GET":
        return True
    return schemas.accepts(_POST, known.body.schema)
