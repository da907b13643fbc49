"""Where an app's OpenAPI document is: given in the settings, or at one of the usual places."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from codeoptix_performance.errors import SettingsError, StartFailure, TargetError
from codeoptix_performance.target.asking import Asker
from codeoptix_performance.target.json_text import read_json
from codeoptix_performance.target.openapi import (
    ApiDocument,
    is_api_document,
    read_api_document,
)

_LONGEST_YAML = 2**20
_LONGEST_AS_JSON = 64 * 2**20
USUAL_PLACES = (
    "/openapi.json",
    "/api/openapi.json",
    "/api/v1/openapi.json",
    "/schema/openapi.json",
    "/docs/openapi.json",
    "/swagger.json",
    "/apispec_1.json",
)
"""FastAPI, the same under a prefix, Litestar, Sanic, Flask-RESTX and Flasgger."""


def read_document_file(openapi: str | None) -> Mapping[str, Any] | None:
    """The document in the file that ``openapi`` names; None if it names no file but an address.

    Raises ``SettingsError`` if there is no such file or it holds no OpenAPI document.
    """
    if openapi is None or urlsplit(openapi).scheme in ("http", "https"):
        return None
    file = Path(openapi).expanduser()
    if not file.is_file():
        if openapi.startswith("/"):
            return None
        raise SettingsError("openapi", f"openapi: there is no file {openapi}; give a path or URL.")
    try:
        content = _parsed(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError("openapi", f"openapi: {openapi} cannot be read ({error}).") from error
    if not is_api_document(content):
        raise SettingsError("openapi", f"openapi: {openapi} holds no OpenAPI document.")
    return dict(content)


def find_document(openapi: str | None, asker: Asker) -> ApiDocument | None:
    """The app's own document: at ``openapi`` if given, else at the first usual place that has one.

    Raises ``TargetError`` if ``openapi`` is given and no document is there.
    """
    if openapi is not None:
        return _document_at(openapi, asker)
    for path in USUAL_PLACES:
        answer = asker.get(path)
        if answer.cause is not None:
            return None
        if answer.status == 200 and is_api_document(answer.json):
            return read_api_document(answer.json, asker.base_url)
    return None


def _document_at(openapi: str, asker: Asker) -> ApiDocument:
    asked, app = urlsplit(openapi), urlsplit(asker.base_url)
    if asked.netloc and (asked.scheme, asked.netloc) != (app.scheme, app.netloc):
        raise _nothing_at(openapi, "it is on another host than the app; save it and give the file")
    path = asked.path + (f"?{asked.query}" if asked.query else "")
    if asked.netloc:
        path = path.removeprefix(app.path.rstrip("/"))
    answer = asker.get(path or "/")
    text = answer.body.decode("utf-8", "replace")
    content = answer.json if len(text) > _LONGEST_YAML else _parsed(text)
    if answer.status != 200 or not is_api_document(content):
        seen = answer.cause or f"status {answer.status}"
        raise _nothing_at(openapi, f"{seen}, and no document in it")
    return read_api_document(content, asker.base_url)


def _nothing_at(openapi: str, why: str) -> TargetError:
    sentence = f"The OpenAPI document {openapi} could not be taken: {why}."
    return TargetError(StartFailure("nothing-to-load", sentence))


def _parsed(text: str) -> Any:
    """JSON or else YAML; None for text that is neither, or nested too deeply."""
    content = read_json(text)
    return _parsed_yaml(text) if content is None else content


def _parsed_yaml(text: str) -> Any:
    import yaml  # noqa: PLC0415 - most documents are JSON

    try:
        # What a few aliases stand for can be longer than any memory: it is written bit by bit.
        written, length = [], 0
        for piece in json.JSONEncoder(default=str).iterencode(yaml.safe_load(text)):
            written.append(piece)
            length += len(piece)
            if length > _LONGEST_AS_JSON:
                return None
        return read_json("".join(written))
    except (yaml.YAMLError, ValueError, TypeError, RecursionError):
        return None
