"""Route tables of the frameworks, as methods and OpenAPI-style paths (``/items/{item_id}``).

A route whose path is a real regular expression, a wildcard for static files, or a socket is
left out. HEAD and OPTIONS are left out; a route for every method counts as GET.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from . import django_routes
from .find import Found
from .patterns import plain_path

Table = list[tuple[str, str]]
_ASKED = ("GET", "POST", "PUT", "PATCH", "DELETE")
_ABOUT_ITSELF = ("openapi_url", "docs_url", "redoc_url", "swagger_ui_oauth2_redirect_url")
_TYPED_BRACES = re.compile(r"\{(\w+)(?::[^{}]*)?\}")
_ANGLES = re.compile(r"<(?:[^<>]*:)?(\w+)>")
_BOTTLE_ANGLES = re.compile(r"<(\w+)(?::[^<>]*)?>")
_SANIC_ANGLES = re.compile(r"<(\w+)(?::[^<>]*)?>")


def table_of(found: Found) -> Table:
    """Method and path of each route, in the app's order, each once."""
    read = _READERS.get(found.label)
    rows = dict.fromkeys(read(found.app)) if read else {}
    return [(method, path) for method, path in rows if method in _ASKED and path.startswith("/")]


def _rows(methods: Iterable[str] | None, path: str) -> Iterator[tuple[str, str]]:
    named = {method.upper() for method in methods or ("GET",)}
    named = {"GET"} if named & {"*", "ANY"} else named
    yield from ((method, path) for method in _ASKED if method in named)


def _starlette(app: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    about_itself = {getattr(app, name, None) for name in _ABOUT_ITSELF}
    fastapi = sys.modules.get("fastapi.routing")
    flatten = getattr(fastapi, "iter_route_contexts", list)  # newer FastAPI nests its routers
    for route in flatten(app.routes):
        own_path = getattr(route, "path", None) or ""
        path = prefix + _TYPED_BRACES.sub(r"{\1}", own_path)
        inner = getattr(route, "app", None)
        if route.__class__.__name__ == "Mount" or hasattr(inner, "routes"):
            yield from _starlette(inner, path) if hasattr(inner, "routes") else ()
        elif own_path not in about_itself:
            methods = getattr(route, "methods", None)
            endpoint = getattr(route, "endpoint", None)
            is_class = isinstance(endpoint, type)
            yield from _rows(
                methods or (_class_methods(endpoint) if is_class else [""]), path or "/"
            )


def _class_methods(endpoint: Any) -> list[str]:
    """The verbs a class-based endpoint answers by having a method of that name."""
    return [method for method in _ASKED if hasattr(endpoint, method.lower())]


def _werkzeug(app: Any) -> Iterator[tuple[str, str]]:
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.endswith("static") and not getattr(rule, "websocket", False):
            yield from _rows(rule.methods, _ANGLES.sub(r"{\1}", rule.rule))


def _aiohttp(app: Any) -> Iterator[tuple[str, str]]:
    static = sys.modules["aiohttp.web"].StaticResource
    for route in app.router.routes():
        if route.resource is not None and not isinstance(route.resource, static):
            yield from _rows([route.method], route.resource.canonical)


def _litestar(app: Any) -> Iterator[tuple[str, str]]:
    for route in app.routes:
        path = _TYPED_BRACES.sub(r"{\1}", route.path)
        if hasattr(route, "methods") and not path.startswith("/schema"):
            yield from _rows(route.methods, path)


def _falcon(app: Any) -> Iterator[tuple[str, str]]:
    waiting = list(app._router._roots)  # noqa: SLF001 - Falcon has no public way to its routes
    for node in waiting:
        waiting += node.children
        if node.uri_template is not None:
            responders = {m: getattr(r, "__name__", "") for m, r in (node.method_map or {}).items()}
            methods = [m for m, name in responders.items() if name.startswith("on_")]
            yield from _rows(methods or [""], _TYPED_BRACES.sub(r"{\1}", node.uri_template))


def _bottle(app: Any) -> Iterator[tuple[str, str]]:
    for route in app.routes:
        if ":re:" not in route.rule and "mountpoint" not in route.config:
            path = _BOTTLE_ANGLES.sub(r"{\1}", route.rule)
            yield from _rows([route.method], re.sub(r"/:(\w+)", r"/{\1}", path))


def _tornado(app: Any) -> Iterator[tuple[str, str]]:
    web = sys.modules["tornado.web"]
    waiting = list(app.default_router.rules)
    for rule in waiting:
        waiting += getattr(rule.target, "rules", ())
        pattern = getattr(rule.matcher, "regex", None)
        path = plain_path(pattern.pattern) if pattern is not None else None
        handler = rule.target
        if path is None or not isinstance(handler, type) or issubclass(handler, _shipped(web)):
            continue
        own = [m for m in _ASKED if not _is_inherited(handler, web.RequestHandler, m.lower())]
        yield from _rows(own or [""], path)


def _shipped(web: Any) -> tuple[type, ...]:
    return (web.StaticFileHandler, web.RedirectHandler, web.ErrorHandler)


def _is_inherited(handler: type, base: type, name: str) -> bool:
    return getattr(handler, name) is getattr(base, name)


def _sanic(app: Any) -> Iterator[tuple[str, str]]:
    for route in app.router.routes:
        path = "/" + _SANIC_ANGLES.sub(r"{\1}", route.path).lstrip("/")
        if not route.regex and "__file_uri__" not in path:
            yield from _rows(route.methods, path)


def _django(_app: Any) -> Iterator[tuple[str, str]]:
    for methods, path in django_routes.rows():
        yield from _rows(methods, path)


_READERS: dict[str, Callable[[Any], Iterator[tuple[str, str]]]] = {
    "FastAPI": _starlette,
    "Starlette": _starlette,
    "Flask": _werkzeug,
    "Quart": _werkzeug,
    "aiohttp": _aiohttp,
    "Litestar": _litestar,
    "Falcon": _falcon,
    "Falcon (ASGI)": _falcon,
    "Bottle": _bottle,
    "Tornado": _tornado,
    "Sanic": _sanic,
    "Django": _django,
    "Django (ASGI)": _django,
}
