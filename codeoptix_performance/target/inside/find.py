"""The app object a module defines: an app of a known framework, a factory, a bare callable."""

from __future__ import annotations

import asyncio
import gc
import inspect
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from types import CoroutineType, ModuleType
from typing import Any

_CLASSES = (
    ("fastapi", "FastAPI", "FastAPI"),
    ("litestar", "Litestar", "Litestar"),
    ("quart", "Quart", "Quart"),
    ("starlette.applications", "Starlette", "Starlette"),
    ("flask", "Flask", "Flask"),
    ("sanic", "Sanic", "Sanic"),
    ("aiohttp.web", "Application", "aiohttp"),
    ("falcon.asgi", "App", "Falcon (ASGI)"),
    ("falcon", "App", "Falcon"),
    ("bottle", "Bottle", "Bottle"),
    ("tornado.web", "Application", "Tornado"),
    ("django.core.handlers.wsgi", "WSGIHandler", "Django"),
    ("django.core.handlers.asgi", "ASGIHandler", "Django (ASGI)"),
)
"""Module, class and label; a class stands before the one it derives from."""

_APP_NAMES = ("app", "application", "asgi_app", "wsgi_app", "asgi", "wsgi", "api", "server")
FACTORIES = (
    "create_app",
    "make_app",
    "get_app",
    "build_app",
    "app_factory",
    "create_application",
    "make_application",
    "get_application",
    "build_application",
    "application_factory",
    "init_app",
    "setup_app",
    "application",
    "app",
)
"""Names of functions that make an app, the most usual first."""

_WSGI, _ASGI = ["environ", "start_response"], ["scope", "receive", "send"]


@dataclass(frozen=True, slots=True)
class Found:
    """An app object; ``label`` is one of ``_CLASSES``, or ``WSGI`` or ``ASGI``."""

    app: Any
    label: str


def app_of(module: ModuleType, root: str) -> Found | None:
    """The app a module defines, makes or, failing that, one that its own imports define.

    ``root`` is the folder whose modules count as the app's own.
    """
    own = [loaded for loaded in list(sys.modules.values()) if _lies_below(loaded, root)]
    return (
        _defined_in(module)
        or _made_by_factory(module)
        or next(filter(None, map(_defined_in, own)), None)
        or next(filter(None, map(_made_by_factory, own)), None)
        or _implied()
    )


def named(module: ModuleType, attribute: str) -> Found:
    """The app that ``attribute`` of a module is, or makes: dotted, ``()`` behind it calls it."""
    thing: Any = module
    for name in attribute.removesuffix("()").split("."):
        thing = getattr(thing, name)
    if attribute.endswith("()"):
        thing = _called(thing)
    label = _label_of(thing) or _bare_label(thing)
    if label is None and inspect.isfunction(thing) and not _required_parameters(thing):
        thing = _called(thing)
        label = _label_of(thing) or _bare_label(thing)
    if label is None:
        raise TypeError(f"{module.__name__}:{attribute} is no web app but {type(thing).__name__}")
    return Found(thing, label)


def living_apps() -> list[Found]:
    """Every app object of a known framework in this process, wherever it is kept."""
    classes = {cls for cls, _ in _loaded_classes()}
    labels = dict(_loaded_classes())
    found: list[Found] = []
    for thing in gc.get_objects() if classes else ():
        for base in type(thing).__mro__:
            if base in classes:
                found.append(Found(thing, labels[base]))
                break
    implied = _implied()
    return found or ([implied] if implied else [])


def _loaded_classes() -> Iterator[tuple[type, str]]:
    for module, name, label in _CLASSES:
        cls = getattr(sys.modules.get(module), name, None)
        if isinstance(cls, type):
            yield cls, label


def _lies_below(module: Any, root: str) -> bool:
    return str(getattr(module, "__file__", None) or "").startswith(f"{root}/")


def _defined_in(module: ModuleType) -> Found | None:
    names = vars(module)
    usual = [names[name] for name in _APP_NAMES if name in names]
    labelled = [(thing, _label_of(thing)) for thing in [*usual, *names.values()]]
    known = (Found(thing, label) for thing, label in labelled if label)
    bare = (Found(thing, label) for thing in usual if (label := _bare_label(thing)))
    any_bare = (
        Found(thing, label) for thing in list(names.values()) if (label := _bare_label(thing))
    )
    outermost = next(bare, None)
    return outermost or next(known, None) or next(any_bare, None)


def _label_of(thing: Any) -> str | None:
    """The framework's label, by class and never by asking the object (proxies answer lies)."""
    if issubclass(type(thing), CoroutineType):
        return "aiohttp"
    return next((label for cls, label in _loaded_classes() if issubclass(type(thing), cls)), None)


def _bare_label(thing: Any) -> str | None:
    """``WSGI`` or ``ASGI`` for a callable with exactly the parameters these ask for."""
    if isinstance(thing, type) or not callable(thing) or _label_of(thing):
        return None
    try:
        parameters = list(inspect.signature(thing).parameters.values())
    except (TypeError, ValueError):
        return None
    names = [p.name.lstrip("_") for p in parameters if p.default is p.empty]
    return "WSGI" if names == _WSGI else "ASGI" if names == _ASGI else None


def _made_by_factory(module: ModuleType) -> Found | None:
    for name in FACTORIES:
        factory = vars(module).get(name)
        if not inspect.isfunction(factory) or _required_parameters(factory):
            continue
        app = _called(factory)
        label = _label_of(app) or _bare_label(app)
        if label:
            return Found(app, label)
    return None


def _called(factory: Any) -> Any:
    """What a factory makes; aiohttp itself awaits what an asynchronous one would."""
    made = factory()
    if inspect.iscoroutine(made) and "aiohttp.web" not in sys.modules:
        return asyncio.run(made)
    return made


def _required_parameters(function: Any) -> list[str]:
    positional = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [
        parameter.name
        for parameter in inspect.signature(function).parameters.values()
        if parameter.default is parameter.empty and parameter.kind not in positional
    ]


def _implied() -> Found | None:
    """The app a framework keeps for itself: Bottle's default app, Django's configured one."""
    bottle = sys.modules.get("bottle")
    if bottle is not None and bottle.default_app().routes:
        return Found(bottle.default_app(), "Bottle")
    conf = sys.modules.get("django.conf")
    if conf is not None and conf.settings.configured and hasattr(conf.settings, "ROOT_URLCONF"):
        from django.core.wsgi import (  # type: ignore[import-untyped,unused-ignore]  # noqa: PLC0415
            get_wsgi_application,
        )

        return Found(get_wsgi_application(), "Django")
    return None
