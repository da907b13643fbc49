"""Paths that are not the app's own work, or that would end it: left out of the load."""

from __future__ import annotations

import re

_DOCUMENTATION = re.compile(
    r"/(docs|redoc|apidocs|swagger|swagger-ui|swaggerui|schema|rapidoc|scalar|elements)(/.*)?"
    r"|(/.*)?/(openapi|swagger|apispec(_\d+)?)\.(json|ya?ml)"
    r"|/favicon\.(ico|png|svg)|/robots\.txt",
)
_STATIC = re.compile(r"(/.*)?/(static|assets|flasgger_static|swaggerui)(/.*)?")
_ENDS_SOMETHING = re.compile(
    r"(^|[/_-])(log-?out|sign-?out|shut-?down|quit|exit|kill|terminate|restart|reset|wipe|purge"
    r"|revoke|deactivate|(change|update)[_-]?password)"
    r"([/_-]|$)",
    re.IGNORECASE,
)


def is_documentation(path: str) -> bool:
    """True for schema and documentation pages, static files and icons."""
    return _DOCUMENTATION.fullmatch(path) is not None or _STATIC.fullmatch(path) is not None


def ends_something(path: str) -> bool:
    """True for paths that log out, stop the app or empty it."""
    return _ENDS_SOMETHING.search(path) is not None


def is_left_out(path: str) -> bool:
    """True for either."""
    return is_documentation(path) or ends_something(path)
