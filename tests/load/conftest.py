"""A small app whose paths misbehave in every way a load generator has to name."""

import gzip
import socket
import struct
import threading
import time

import pytest

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
NO_CONTENT = b"HTTP/1.1 204 No Content\r\n\r\n"
MISSING = b"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone"
ERROR = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 5\r\n\r\nerror"
PACKED = gzip.compress(b'{"id": 7}')
HEAD_END = b"\r\nContent-Length: 2\r\n\r\nok"
FIXED = {
    "/ok": OK,
    "/late-body": b"late",
    "/long-head": HEAD_END,
    "/its-end": HEAD_END,
    "/missing": MISSING,
    "/round": b"HTTP/1.1 302 Found\r\nLocation: /round\r\nContent-Length: 0\r\n\r\n",
    "/redirect": b"HTTP/1.1 302 Found\r\nLocation: /ok\r\nContent-Length: 0\r\n\r\n",
    "/packed": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%b"
    % (len(PACKED), PACKED),
    "/unpackable": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
    "/chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "/interim": b"HTTP/1.1 100 Continue\r\n\r\n" + OK,
    "/odd-status": b"HTTP/1.1 799 Tired\r\nContent-Length: 0\r\n\r\n",
    "/endless-words": b"HTTP/1.1 799 %b\r\nContent-Length: 0\r\n\r\n" % (b"z" * 200_000),
    "/set-cookie": b"HTTP/1.1 204 No Content\r\nSet-Cookie: id=7; Path=/; Secure\r\n\r\n",
}
BY_ITSELF = b"HTTP/1.1 200 OK\r\nX-Body: late\r\nContent-Length: 4\r\n\r\n"
"""A head that is sent apart from its body, ``late``."""
BEFORE = {
    "/late-body": (BY_ITSELF,),
    "/long-head": (b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 5000, b"\r\nX: y"),
}
"""Pieces that come a moment before the rest."""
THEN_CLOSED = {
    "/no-body": BY_ITSELF,
    "/until-close": b"HTTP/1.0 200 OK\r\n\r\nabcdef",
    "/cut": b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
    "/endless-head": b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * (2**21 + 2**16),
    "/garbage": b"this is no HTTP\r\n\r\n",
    "/close": b"",
}


class App:
    """Serves on loopback, one thread per connection; keeps what it was asked."""

    def __init__(self):
        self.requests = []
        self.connections = 0
        self.items = 0
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.open = set()
        self.threads = [threading.Thread(target=self._accept)]
        self.threads[0].start()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for connection in list(self.open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        for thread in self.threads:
            thread.join(5)

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            self.open.add(connection)
            thread = threading.Thread(target=self._serve, args=(connection,))
            self.threads.append(thread)
            thread.start()

    def _serve(self, connection):
        with connection:
            try:
                while request := self._read(connection):
                    self.requests.append(request)
                    if not self._answer(connection, *request):
                        return
            except OSError:
                return
            finally:
                self.open.discard(connection)

    def _read(self, connection):
        data = b""
        while b"\r\n\r\n" not in data:
            block = connection.recv(65536)
            if not block:
                return None
            data += block
        head, _, body = data.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (x.partition(": ") for x in lines)}
        while len(body) < int(headers.get("content-length", 0)):
            body += connection.recv(65536)
        method, path, _ = first.split(" ")
        return method, path, headers, body

    def _answer(self, connection, method, path, headers, body):  # noqa: ARG002
        if path in THEN_CLOSED:
            connection.sendall(THEN_CLOSED[path])
            return False
        if path == "/reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return False
        if path == "/error":
            connection.sendall(ERROR)
            time.sleep(0.002)
            return False
        if path == "/once":
            connection.sendall(OK)
            return False
        for piece in BEFORE.get(path, ()):
            connection.sendall(piece)
            time.sleep(0.02)
        if path == "/slow":
            time.sleep(0.02)
        if path == "/hang":
            return bool(connection.recv(1))
        if path == "/drip":
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            while True:
                connection.sendall(b".")
                time.sleep(0.02)
        connection.sendall(self._fixed_or_item(method, path))
        return True

    def _fixed_or_item(self, method, path):
        if method == "HEAD":
            return OK[:-2]
        if method == "POST" and path == "/items":
            self.items += 1
            document = b'{"id": %d}' % self.items
            head = b"HTTP/1.1 201 Created\r\nContent-Length: %d\r\n\r\n"
            return head % len(document) + document
        if method == "DELETE":
            return NO_CONTENT
        return FIXED.get(path, OK)


@pytest.fixture
def app():
    """A misbehaving app on a loopback port of its own."""
    app = App()
    yield app
    app.close()


@pytest.fixture
def closed_port():
    """A loopback port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]
