"""Which operations to load: named by the user, or found in what the app tells of itself.

In this order, the first that yields anything: ``endpoints`` of the settings; the app's OpenAPI
document; the framework's own route table; a crawl from the front page. Where the app has all
endpoints of the guide's mix for the profile, that mix is loaded instead of what was found.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from codeoptix_performance.settings.settings import EndpointSetting, Settings
from codeoptix_performance.target.api_document import find_document
from codeoptix_performance.target.asking import Asker
from codeoptix_performance.target.crawl import crawl
from codeoptix_performance.target.endpoint import Request, Skipped
from codeoptix_performance.target.guide import answers_mix, guide_mix, lists_mix
from codeoptix_performance.target.openapi import ApiDocument, read_api_document
from codeoptix_performance.target.operation import (
    WRITES,
    Operation,
    Parameter,
    same_path,
    usual_weight,
)
from codeoptix_performance.target.schemas import Schemas
from codeoptix_performance.target.unwelcome import ends_something, is_documentation

_LOADED = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
Routes = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Discovery:
    """``operations`` are to be loaded; ``known`` are all that can be asked, for example for ids."""

    operations: tuple[Operation, ...]
    known: tuple[Operation, ...]
    schemas: Schemas
    skipped: tuple[Skipped, ...] = ()


def discover(
    settings: Settings, asker: Asker, routes: Routes = (), content: Mapping[str, Any] | None = None
) -> Discovery:
    """What of the app is to be loaded.

    ``routes`` is the framework's route table; ``content`` an OpenAPI document from a file.
    """
    if settings.endpoints and not any(_needs_filling(named) for named in settings.endpoints):
        named = tuple(_ready(setting) for setting in settings.endpoints)
        return Discovery(named, named, Schemas())
    document = _document(settings, asker, content)
    listed = document.operations or _from_routes(routes)
    if settings.endpoints:
        named = tuple(_named(setting, listed) for setting in settings.endpoints)
        return Discovery(named, listed, document.schemas)
    return _guided(settings, asker, listed, document.schemas) or _found(
        asker, listed, document.schemas
    )


def _document(settings: Settings, asker: Asker, content: Mapping[str, Any] | None) -> ApiDocument:
    if content is not None:
        return read_api_document(content, asker.base_url)
    return find_document(settings.openapi, asker) or ApiDocument((), Schemas())


def _from_routes(routes: Routes) -> tuple[Operation, ...]:
    return tuple(
        Operation(method.upper(), path, "routes", usual_weight(method.upper()))
        for method, path in dict.fromkeys(routes)
        if method.upper() in _LOADED
    )


def _guided(
    settings: Settings, asker: Asker, listed: tuple[Operation, ...], schemas: Schemas
) -> Discovery | None:
    mix = guide_mix(settings.profile)
    has_all = (
        lists_mix(mix, listed, schemas)
        if listed
        else answers_mix(mix, lambda request: asker.ask(request).welcome)
    )
    return Discovery(mix, mix, schemas) if has_all else None


def _found(asker: Asker, listed: tuple[Operation, ...], schemas: Schemas) -> Discovery:
    own = tuple(operation for operation in listed if not is_documentation(operation.path))
    if not own:
        crawled = crawl(asker)
        return Discovery(crawled.operations, crawled.operations, schemas, crawled.skipped)
    skipped = tuple(
        Skipped(operation.name, "would end the session or empty the app", on_purpose=True)
        for operation in own
        if ends_something(operation.path)
    )
    loaded = tuple(operation for operation in own if not ends_something(operation.path))
    return Discovery(loaded, own, schemas, skipped)


def _needs_filling(setting: EndpointSetting) -> bool:
    """True if only the app can say what to send: ids in the path, or a body that was not given."""
    bodiless = setting.json_body is None and setting.body is None
    return "{" in setting.path or (bodiless and setting.method in WRITES)


def _named(setting: EndpointSetting, listed: tuple[Operation, ...]) -> Operation:
    """The named endpoint; what it leaves open comes from the app's own description of it."""
    ready = _ready(setting)
    known = next(
        (op for op in listed if op.method == ready.method and same_path(op.path, ready.path)), None
    )
    if known is None:
        return ready
    if setting.json_body is not None or setting.body is not None or setting.method not in WRITES:
        renamed = zip(ready.path_parameters, known.path_parameters, strict=True)
        parameters = tuple(
            Parameter(own, "path", known.schema_of(theirs), required=True)
            for own, theirs in renamed
        )
        return replace(ready, parameters=parameters, shape_known=known.shape_known)
    headers = tuple(
        Parameter(name, "header", {"const": value}, required=True)
        for name, value in setting.headers.items()
    )
    parameters = (*known.parameters, *headers)
    return replace(known, origin="settings", weight=setting.weight, parameters=parameters)


def _ready(setting: EndpointSetting) -> Operation:
    headers = tuple(setting.headers.items())
    body = setting.body.encode() if setting.body is not None else None
    if setting.json_body is not None:
        body = json.dumps(setting.json_body).encode()
        if not any(name.lower() == "content-type" for name, _ in headers):
            headers = (("Content-Type", "application/json"), *headers)
    request = Request(setting.method, setting.path, headers, body)
    return Operation(setting.method, setting.path, "settings", setting.weight, ready=(request,))
