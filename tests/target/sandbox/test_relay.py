"""A port of this machine that leads into a sandbox."""

import contextlib
import socket
import threading
from urllib.parse import urlsplit

import httpx
import pytest
from held_apps import MIB, wait_for

from codeoptix_performance.errors import EngineError
from codeoptix_performance.target.process import Listener
from codeoptix_performance.target.sandbox.doorway import Doorway
from codeoptix_performance.target.sandbox.relay import relay_to

SERVER = """
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
    class App(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        def do_GET(self):
            self.answer(b"x" * int(self.path[1:] or 0))
        def do_POST(self):
            self.answer(self.rfile.read(int(self.headers["Content-Length"])))
        def answer(self, body):
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        def log_message(self, *_):
            pass
    ThreadingHTTPServer.request_queue_size = 128
    ThreadingHTTPServer(("127.0.0.1", 8000), App).serve_forever()
"""


@pytest.fixture
def doorway(bwrap):
    """The way to a small HTTP server."""
    with bwrap.running(SERVER) as app:
        assert wait_for(app.listeners), app.log_tail()
        yield app.doorway(Listener("127.0.0.1", 8000))


def test_whoever_dials_the_relay_talks_to_the_app(doorway):
    """Small and large, both ways, over kept connections; nothing listens there afterwards."""
    large = bytes(range(256)) * (8 * MIB // 256)
    with relay_to(doorway) as address, httpx.Client(trust_env=False, base_url=address) as client:
        assert [b"x" * n for n in (0, 1, 1000)] == [
            client.get(f"/{n}").content for n in (0, 1, 1000)
        ]
        assert large == client.post("/", content=large).content

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((urlsplit(address).hostname, urlsplit(address).port), 5)


def test_many_clients_at_once(doorway):
    """None is mistaken for another."""
    failures = []

    def client(number):
        try:
            with httpx.Client(trust_env=False, base_url=address, timeout=20) as one:
                for turn in range(20):
                    words = f"{number} {turn}".encode() * 100
                    assert words == one.post("/", content=words).content
        except Exception as error:  # noqa: BLE001 - told below, in the test's own thread
            failures.append(error)

    with relay_to(doorway) as address:
        threads = [threading.Thread(target=client, args=(number,)) for number in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert [] == failures


def test_a_client_that_stops_reading_does_not_stop_the_others(doorway):
    """What it does not take stays with the app."""
    with relay_to(doorway) as address, contextlib.ExitStack() as stack:
        host, port = urlsplit(address).hostname, urlsplit(address).port
        for _ in range(4):
            idle = stack.enter_context(socket.create_connection((host, port)))
            idle.sendall(b"GET /50000000 HTTP/1.1\r\nHost: a\r\n\r\n")

        assert b"x" == httpx.get(f"{address}/1", trust_env=False, timeout=20).content


def test_a_connection_the_app_does_not_take_is_closed(doorway):
    """The dialer sees an end, not silence."""
    with relay_to(Doorway(doorway.source, "127.0.0.1", 9)) as address:
        parts = urlsplit(address)
        with socket.create_connection((parts.hostname, parts.port), 10) as connection:
            assert b"" == connection.recv(1)


def test_a_relay_into_an_ended_app_is_an_error_of_ours(bwrap):
    """One sentence."""
    with bwrap.running("import time; time.sleep(60)") as app:
        doorway = app.doorway(Listener("127.0.0.1", 8000))
    with pytest.raises((EngineError, ConnectionRefusedError)), relay_to(doorway):
        pass
