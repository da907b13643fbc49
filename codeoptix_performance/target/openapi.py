"""Operations that an OpenAPI 3 document (or, in its basic parts, Swagger 2) describes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from codeoptix_performance.target.json_text import is_shallow
from codeoptix_performance.target.multipart import MULTIPART
from codeoptix_performance.target.operation import (
    Body,
    Operation,
    Parameter,
    Place,
    Schema,
    usual_weight,
)
from codeoptix_performance.target.schemas import UNREADABLE, Schemas, modern
from codeoptix_performance.target.security_schemes import SecuritySchemes

_METHODS = ("get", "post", "put", "patch", "delete")
_PLACES: dict[str, Place] = {"path": "path", "query": "query", "header": "header"}
_SENT_BY_THE_CLIENT = frozenset({"accept", "content-type", "authorization", "host", "user-agent"})
_NOT_OF_THE_SCHEMA = frozenset({"name", "in", "required", "description", "collectionFormat"})
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class ApiDocument:
    """What a document describes: its operations, and the schemas they refer to."""

    operations: tuple[Operation, ...]
    schemas: Schemas


def is_api_document(content: Any) -> bool:
    """True for JSON that calls itself OpenAPI or Swagger, lists paths, and can be walked."""
    return (
        isinstance(content, Mapping)
        and is_shallow(content)
        and ("openapi" in content or "swagger" in content)
        and isinstance(content.get("paths"), Mapping)
    )


def read_api_document(content: Mapping[str, Any], base_url: str) -> ApiDocument:
    """The document's operations; paths are relative to ``base_url``.

    Of the document's servers only the first one's path is used, never its host: everything is
    sent to ``base_url``.
    """
    old = not str(content.get("openapi", "")).startswith("3.1")
    document: Mapping[str, Any] = modern(content) if old else content
    schemas = Schemas(document)
    reader = _Reader(document, schemas, _prefix(document, base_url))
    return ApiDocument(tuple(reader.operations()), schemas)


def _prefix(document: Mapping[str, Any], base_url: str) -> str:
    servers = document.get("servers") or [{}]
    first = servers[0] if isinstance(servers, list) and isinstance(servers[0], Mapping) else {}
    url = str(document.get("basePath") or first.get("url") or "")
    variables = first.get("variables")
    for name, variable in variables.items() if isinstance(variables, Mapping) else ():
        default = variable.get("default", "") if isinstance(variable, Mapping) else ""
        url = url.replace(f"{{{name}}}", str(default))
    try:
        path = urlsplit(url).path.rstrip("/")
    except ValueError:
        return ""
    return "" if urlsplit(base_url).path.rstrip("/") == path or not path.startswith("/") else path


class _Reader:
    def __init__(self, document: Mapping[str, Any], schemas: Schemas, prefix: str) -> None:
        self._document = document
        self._schemas = schemas
        self._prefix = prefix
        self._security = SecuritySchemes(document, prefix)

    def operations(self) -> Iterator[Operation]:
        for path, listed in self._document["paths"].items():
            item = self._followed(listed)
            for method in _METHODS:
                if not isinstance(item.get(method), Mapping) or not self._can_be_sent(path):
                    continue
                try:
                    with self._schemas.effort.piece():
                        operation = self._operation(method, str(path), item)
                except UNREADABLE:
                    continue
                yield operation

    def _operation(self, method: str, path: str, item: Mapping[str, Any]) -> Operation:
        described = item[method]
        listed = self._parameters(item, described)
        parameters = tuple(
            _parameter(entry)
            for entry in listed
            if entry.get("in") in _PLACES and not _is_sent_anyway(entry)
        )
        return Operation(
            method=method.upper(),
            path=self._prefix + path,
            origin="openapi",
            weight=usual_weight(method.upper()),
            parameters=parameters,
            body=self._body(described) or _body_of_swagger(listed, self._consumed(described)),
            shape_known=True,
            guards=self._security.guards(described, listed),
        )

    def _can_be_sent(self, path: Any) -> bool:
        """False for what is no path, and for half a character or a line break in it."""
        return str(path).startswith("/") and f"{self._prefix}{path}".isprintable()

    def _parameters(
        self, item: Mapping[str, Any], described: Mapping[str, Any]
    ) -> list[Mapping[str, Any]]:
        """The path's parameters, replaced by the operation's own of the same name and place."""
        found: dict[tuple[Any, Any], Mapping[str, Any]] = {}
        for listed in (item.get("parameters"), described.get("parameters")):
            for entry in listed if isinstance(listed, list) else []:
                parameter = self._followed(entry)
                found[parameter.get("name"), parameter.get("in")] = parameter
        return list(found.values())

    def _body(self, described: Mapping[str, Any]) -> Body | None:
        """The body in the first of the media types that can be written here, else in any."""
        content = self._followed(described.get("requestBody")).get("content")
        if not isinstance(content, Mapping) or not content:
            return None
        chosen = min(content, key=_preference)
        media: Mapping[str, Any] = content[chosen] if isinstance(content[chosen], Mapping) else {}
        named = media.get("examples")
        shown_by_name = named.values() if isinstance(named, Mapping) else ()
        examples = [self._followed(entry).get("value") for entry in shown_by_name]
        examples += [media["example"]] if "example" in media else []
        shown = tuple(example for example in examples if example is not None)
        return Body(_bare(chosen), media.get("schema") or {}, shown)

    def _consumed(self, described: Mapping[str, Any]) -> list[str]:
        return described.get("consumes") or self._document.get("consumes") or ["application/json"]

    def _followed(self, entry: Any) -> Mapping[str, Any]:
        for _ in range(10):
            if not isinstance(entry, Mapping):
                return {}
            if "$ref" not in entry:
                return entry
            entry = self._schemas.follow(entry["$ref"])
        return {}


def _parameter(entry: Mapping[str, Any]) -> Parameter:
    place = _PLACES[entry["in"]]
    required = entry.get("required") is True or place == "path"
    return Parameter(str(entry.get("name", "")), place, _schema_of(entry), required)


def _schema_of(entry: Mapping[str, Any]) -> Schema:
    """The parameter's schema with the parameter's own examples; Swagger 2 writes it inline."""
    schema = entry.get("schema")
    if schema is None and isinstance(entry.get("content"), Mapping):
        schema = next((media.get("schema") for media in entry["content"].values()), None)
    if schema is None:
        schema = {key: value for key, value in entry.items() if key not in _NOT_OF_THE_SCHEMA}
    shown = {} if not isinstance(schema, Mapping) else dict(schema)
    if "example" in entry:
        shown["example"] = entry["example"]
    elif isinstance(entry.get("examples"), Mapping):
        values = [one.get("value") for one in entry["examples"].values() if isinstance(one, dict)]
        shown["examples"] = values
    return shown


def _is_sent_anyway(entry: Mapping[str, Any]) -> bool:
    return entry.get("in") == "header" and str(entry.get("name")).lower() in _SENT_BY_THE_CLIENT


def _body_of_swagger(listed: list[Mapping[str, Any]], consumed: list[str]) -> Body | None:
    fields = [entry for entry in listed if entry.get("in") == "formData"]
    if fields:
        properties = {str(entry.get("name")): _schema_of(entry) for entry in fields}
        required = [str(entry.get("name")) for entry in fields if entry.get("required") is True]
        files = [str(entry.get("name")) for entry in fields if entry.get("type") == "file"]
        properties |= {name: {"type": "string", "format": "binary"} for name in files}
        media_type = MULTIPART if files else _FORM
        return Body(media_type, {"type": "object", "properties": properties, "required": required})
    whole = next((entry for entry in listed if entry.get("in") == "body"), None)
    if whole is None:
        return None
    return Body(_bare(min(consumed, key=_preference)), whole.get("schema") or {})


def _preference(media_type: str) -> int:
    """JSON before forms before everything that cannot be written here."""
    bare = _bare(media_type)
    if bare == "application/json" or bare.endswith("+json"):
        return 0
    return {"*/*": 1, _FORM: 2, MULTIPART: 3}.get(bare, 4)


def _bare(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()
