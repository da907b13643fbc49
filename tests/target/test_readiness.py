"""Ready by answer: as soon as it answers, not before, and never later than allowed."""

import sys
import textwrap
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from codeoptix_performance.target.launch import free_port
from codeoptix_performance.target.process import Launch, WardenedApp
from codeoptix_performance.target.readiness import _status_of, wait_until_ready

HANDLER = """
import sys, time
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
PORT = int(sys.argv[1])

class Handler(BaseHTTPRequestHandler):
    wait, status = 0.0, 200
    def do_GET(self):
        time.sleep(self.wait)
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(b"x" * 100000)
"""


def readiness_of(code, *, told=True, timeout=10.0):
    """What waiting for ``code`` comes to, its log, and the port it was given."""
    with free_port() as port, WardenedApp() as app:
        code = f"{HANDLER}\n{textwrap.dedent(code)}"
        argv = (sys.executable, "-u", "-c", code, str(port))
        app.run(Launch(argv, {}, Path("/")), 2**30)
        readiness = wait_until_ready(app, port if told else None, timeout)
        return readiness, app.log_tail(), port


@pytest.mark.parametrize("status", [200, 302, 401, 404, 500, 503])
def test_any_status_is_an_answer(status):
    """Whether it is a good one is for the verdict to say."""
    readiness, _, port = readiness_of(
        f"Handler.status = {status}; HTTPServer(('', PORT), Handler).serve_forever()"
    )

    assert ("ready", port) == (readiness.state, readiness.listener.port)


@pytest.mark.parametrize(
    ("start", "status"),
    [
        (b"HTTP/1.1 404 Not Found\r\n", 404),
        (b"HTTP/1.1 " + b"9" * 5000, 999),
        (b"HTTP/1.1 \xb2\r\n", 0),
        (b"HTTP/", 0),
    ],
    ids=["usual", "of many digits", "no digits", "none"],
)
def test_any_status_line_can_be_read(start, status):
    """What is none is 0."""
    assert status == _status_of(start)


def test_the_answer_is_read_so_that_the_app_logs_no_broken_pipe():
    """The first request is an ordinary one to the app."""
    _, log, _ = readiness_of("HTTPServer(('', PORT), Handler).serve_forever()")

    assert '"GET / HTTP/1.1" 200' in log
    assert "Traceback" not in log


def test_an_app_may_take_its_time_over_one_request_at_a_time():
    """A front page of several seconds is waited for, not asked for again and again."""
    readiness, log, _ = readiness_of(
        "Handler.wait = 3.0; HTTPServer(('', PORT), Handler).serve_forever()", timeout=30.0
    )

    assert "ready" == readiness.state
    assert 1 == log.count("HTTP/1.1")


def test_another_port_than_the_told_one_is_found():
    """A script that ignores what it is told still comes up."""
    readiness, log, port = readiness_of(
        "s = HTTPServer(('127.0.0.1', 0), Handler); print(s.server_port); s.serve_forever()"
    )

    assert "ready" == readiness.state
    assert str(readiness.listener.port) == log.splitlines()[0]
    assert port != readiness.listener.port


def test_the_told_port_wins_over_one_that_answers_earlier():
    """A server for figures beside the app is not the app."""
    code = """
        import threading
        side = HTTPServer(("127.0.0.1", 0), Handler)
        server = HTTPServer(("127.0.0.1", PORT), Handler)
        threading.Thread(target=side.serve_forever, daemon=True).start()
        time.sleep(1.0)
        server.serve_forever()
    """
    readiness, _, port = readiness_of(code)

    assert ("ready", port) == (readiness.state, readiness.listener.port)


def test_an_untold_port_is_found_among_several():
    """Of several listeners the one that speaks HTTP is the app."""
    code = """
        import socket
        silent = socket.create_server(("127.0.0.1", 0))
        server = HTTPServer(("127.0.0.1", 0), Handler)
        print(server.server_port)
        server.serve_forever()
    """
    readiness, log, _ = readiness_of(code, told=False)

    assert "ready" == readiness.state
    assert log.startswith(str(readiness.listener.port))


def test_an_app_on_the_newer_protocol_alone_is_reached():
    """The address is written as it stands in a URL."""
    code = """
        import socket
        class Six(HTTPServer):
            address_family = socket.AF_INET6
        Six(("::1", PORT), Handler).serve_forever()
    """
    readiness, _, port = readiness_of(code)

    assert ("ready", "[::1]", port) == (
        readiness.state,
        readiness.listener.host,
        readiness.listener.port,
    )


def test_the_end_is_noticed_while_an_answer_is_awaited():
    """An app that accepts, and then dies, is not waited for."""
    code = """
        import socket, os
        server = socket.create_server(("127.0.0.1", PORT))
        server.accept()
        time.sleep(0.3)
        os._exit(5)
    """
    started = time.monotonic()
    readiness, _, _ = readiness_of(code, timeout=60.0)

    assert ("ended", 5) == (readiness.state, readiness.exit.code)
    assert time.monotonic() - started < 30


def test_an_app_out_of_memory_is_an_end():
    """The exit says so."""
    code = "kept = [bytearray(b'x' * 2**20) for _ in range(10**6)]"
    with WardenedApp() as app:
        app.run(Launch((sys.executable, "-c", code), {}, Path("/")), 100 * 2**20)
        readiness = wait_until_ready(app, None, 30.0)

    assert ("ended", True) == (readiness.state, readiness.exit.out_of_memory)


def test_a_stranger_on_the_told_port_is_not_the_app():
    """Its answer is not taken for the app's, which says that the port is taken."""
    code = "time.sleep(0.5); HTTPServer(('127.0.0.1', PORT), Handler).serve_forever()"

    class Stranger(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Stranger) as stranger, WardenedApp() as app:
        thread = threading.Thread(target=stranger.serve_forever)
        thread.start()
        port = stranger.server_port
        argv = (sys.executable, "-c", f"{HANDLER}\n{code}", str(port))
        app.run(Launch(argv, {}, Path("/")), 2**30)
        readiness = wait_until_ready(app, port, 20.0)
        stranger.shutdown()
        thread.join()

    assert "ended" == readiness.state
    assert "Address already in use" in readiness.exit.log_tail


def test_free_ports_are_not_given_twice():
    """Two evaluations at once never get the same one."""
    with free_port() as first, free_port() as second, free_port() as third:
        assert 3 == len({first, second, third})
