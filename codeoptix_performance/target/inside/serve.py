"""Serves an app object the way its framework does during development, threads included."""

from __future__ import annotations

import asyncio
import importlib.util
import sys
from collections.abc import Callable
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIServer, make_server

from .find import Found

_HOST = "127.0.0.1"


class ThreadedWSGIServer(ThreadingMixIn, WSGIServer):
    """The standard library's WSGI server with a thread a connection."""

    daemon_threads = True
    request_queue_size = 128


def serve(found: Found, port: int) -> None:
    """Serves until the process is ended."""
    _SERVERS[found.label](found.app, port)


def _asgi(app: Any, port: int) -> None:
    if importlib.util.find_spec("uvicorn"):
        import uvicorn  # noqa: PLC0415 - the app's own environment decides which one there is

        uvicorn.run(app, host=_HOST, port=port)
    elif importlib.util.find_spec("hypercorn"):
        _hypercorn(app, port)
    else:
        raise ModuleNotFoundError("no ASGI server is installed: uvicorn or hypercorn")


def _hypercorn(app: Any, port: int) -> None:
    from hypercorn.asyncio import serve as serve_asgi  # noqa: PLC0415 - as above
    from hypercorn.config import Config  # noqa: PLC0415 - as above

    config = Config()
    config.bind = [f"{_HOST}:{port}"]
    asyncio.run(serve_asgi(app, config))


def _wsgi(app: Any, port: int) -> None:
    make_server(_HOST, port, app, ThreadedWSGIServer).serve_forever()


def _flask(app: Any, port: int) -> None:
    app.run(host=_HOST, port=port, threaded=True)


def _quart(app: Any, port: int) -> None:
    app.run(host=_HOST, port=port, use_reloader=False)


def _bottle(app: Any, port: int) -> None:
    sys.modules["bottle"].run(app, host=_HOST, port=port, server_class=ThreadedWSGIServer)


def _aiohttp(app: Any, port: int) -> None:
    sys.modules["aiohttp.web"].run_app(app, host=_HOST, port=port)


def _tornado(app: Any, port: int) -> None:
    async def forever() -> None:
        app.listen(port, _HOST)
        await asyncio.Event().wait()

    asyncio.run(forever())


def _sanic(app: Any, port: int) -> None:
    app.run(host=_HOST, port=port, single_process=True)


def _django(app: Any, port: int) -> None:
    from django.core.servers import (  # type: ignore[import-untyped,unused-ignore]  # noqa: PLC0415
        basehttp,
    )

    basehttp.run(_HOST, port, app, threading=True)


_SERVERS: dict[str, Callable[[Any, int], None]] = {
    "FastAPI": _asgi,
    "Starlette": _asgi,
    "Litestar": _asgi,
    "Quart": _quart,
    "Flask": _flask,
    "Sanic": _sanic,
    "aiohttp": _aiohttp,
    "Falcon": _wsgi,
    "Falcon (ASGI)": _asgi,
    "Bottle": _bottle,
    "Tornado": _tornado,
    "Django": _django,
    "Django (ASGI)": _asgi,
    "WSGI": _wsgi,
    "ASGI": _asgi,
}
