"""Small real servers for the tests of this room."""

import gc
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
import uvicorn

Reply = tuple[int, str, str]
"""Status, content type (or the address of a redirect), body."""


@contextmanager
def _asgi(app: Any) -> Iterator[str]:
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical", ws="none")
    server = uvicorn.Server(config)
    socket = config.bind_socket()
    socket.listen()  # a test that asks before the server runs waits instead of being refused
    thread = threading.Thread(target=server.run, args=([socket],))
    thread.start()
    try:
        yield f"http://127.0.0.1:{socket.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        socket.close()


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_args: Any) -> None:
        """Says nothing."""


@contextmanager
def _wsgi(app: Any) -> Iterator[str]:
    with make_server("127.0.0.1", 0, app, handler_class=_Quiet) as server:
        yield from _running(server)


@contextmanager
def _pages(replies: dict[str, Reply], asked: list[str]) -> Iterator[str]:
    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self._answer()

        do_DELETE = do_PUT = do_PATCH = do_POST  # noqa: N815 - http.server's names

        def _answer(self) -> None:
            asked.append(f"{self.command} {self.path}")
            key = f"{self.command} {self.path}" if self.command != "GET" else self.path
            status, kind, body = replies.get(key, (404, "text/plain", "nothing here"))
            self.send_response(status)
            self.send_header("Location" if 300 <= status < 400 else "Content-Type", kind)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_args: Any) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        yield from _running(server)


def _running(server: Any) -> Iterator[str]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join(timeout=10)


@pytest.fixture(autouse=True, scope="module")
def nothing_of_other_modules():
    """What their tests let go of has ended: processes that tried patterns, for one."""
    gc.collect()


@pytest.fixture
def serve_asgi() -> Iterator[Callable[[Any], str]]:
    """Serves an ASGI app until the test ends; the answer is its base URL."""
    with ExitStack() as stack:
        yield lambda app: stack.enter_context(_asgi(app))


@pytest.fixture
def serve_wsgi() -> Iterator[Callable[[Any], str]]:
    """Serves a WSGI app until the test ends; the answer is its base URL."""
    with ExitStack() as stack:
        yield lambda app: stack.enter_context(_wsgi(app))


@pytest.fixture
def asked() -> list[str]:
    """The requests that ``serve_pages`` got, as ``GET /path``."""
    return []


@pytest.fixture
def serve_pages(asked: list[str]) -> Iterator[Callable[[dict[str, Reply]], str]]:
    """Serves fixed replies by path (``POST /path`` for other methods); all else is 404."""
    with ExitStack() as stack:
        yield lambda replies: stack.enter_context(_pages(replies, asked))
