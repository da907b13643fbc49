"""What an OpenAPI document says about who may ask: its security schemes, operation by operation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, get_args
from urllib.parse import urlsplit

from codeoptix_performance.target.operation import CredentialPlace, Guard

AUTHORIZATION = "Authorization"
_PLACES = frozenset(get_args(CredentialPlace))
_CARRIES_A_TOKEN = re.compile(
    r"^(x-)?((access|auth|session|user|jwt|bearer)[-_]?)?(token|api[-_]?key|session[-_]?id)$",
    re.IGNORECASE,
)


class SecuritySchemes:
    """The schemes that ``document`` declares; ``prefix`` stands before the paths it names."""

    def __init__(self, document: Mapping[str, Any], prefix: str) -> None:
        components = document.get("components")
        declared = components.get("securitySchemes") if isinstance(components, Mapping) else None
        declared = declared or document.get("securityDefinitions")
        self._declared = declared if isinstance(declared, Mapping) else {}
        self._everywhere = document.get("security")
        self._prefix = prefix

    def guards(
        self, described: Mapping[str, Any], parameters: list[Mapping[str, Any]]
    ) -> tuple[Guard, ...]:
        """What one operation demands: by its security, or by a parameter that can be nothing else.

        Empty where it lets everybody in. Of alternatives the first is taken that can be met.
        """
        demanded = described.get("security", self._everywhere)
        alternatives = demanded if isinstance(demanded, list) else []
        is_open = any(alternative == {} for alternative in alternatives)
        for alternative in () if is_open else alternatives:
            names = alternative if isinstance(alternative, Mapping) else {}
            found = tuple(guard for name in names for guard in self._guards_of(name))
            if found:
                return found
        return tuple(guard for entry in parameters for guard in _guards_of_parameter(entry))

    def _guards_of(self, name: str) -> Iterator[Guard]:
        scheme = self._declared.get(name)
        if not isinstance(scheme, Mapping):
            return
        match scheme.get("type"):
            case "oauth2":
                yield Guard("header", AUTHORIZATION, "Bearer", self._token_path(scheme))
            case "openIdConnect":
                yield Guard("header", AUTHORIZATION, "Bearer")
            case "basic":
                yield Guard("header", AUTHORIZATION, "Basic")
            case "http":
                yield Guard("header", AUTHORIZATION, str(scheme.get("scheme")).capitalize())
            case "apiKey" if scheme.get("in") in _PLACES and scheme.get("name"):
                yield Guard(scheme["in"], str(scheme["name"]))

    def _token_path(self, scheme: Mapping[str, Any]) -> str:
        """The path of the password flow's tokens; ``token`` and ``/token`` are the same."""
        flows = scheme.get("flows")
        flow = flows.get("password") if isinstance(flows, Mapping) else scheme
        url = flow.get("tokenUrl") if isinstance(flow, Mapping) else None
        if not isinstance(url, str) or not url:
            return ""
        path = "/" + urlsplit(url).path.lstrip("./")
        return path if path.startswith(self._prefix) else self._prefix + path


def _guards_of_parameter(entry: Mapping[str, Any]) -> Iterator[Guard]:
    """An ``authorization`` header or a token, as apps without declared security take it.

    A header may be called optional: its absence is then what the app itself refuses.
    """
    name, place = str(entry.get("name", "")), entry.get("in")
    if place == "header" and name.lower() == "authorization":
        yield Guard("header", AUTHORIZATION, "Bearer")
    elif (place == "header" or entry.get("required") is True) and _CARRIES_A_TOKEN.match(name):
        yield from (Guard(known, name) for known in get_args(CredentialPlace) if known == place)
