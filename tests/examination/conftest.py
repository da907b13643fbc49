"""An app of a few lines, answered by the standard library's threaded server."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from codeoptix_performance.target.asking import Asker


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


@pytest.fixture
def asking():
    """``asking(app)`` is an Asker of an app, a function of method, path and JSON body.

    The app answers with a status and something that becomes JSON.
    """
    opened = []

    def open_app(app):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def _answer(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length) or b"null")
                status, content = app(self.command, self.path, body)
                words = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(words)))
                self.end_headers()
                self.wfile.write(words)

            do_GET = do_POST = do_PUT = _answer  # noqa: N815 # the server looks for these names

            def log_message(self, *_words):
                """Keeps quiet."""

        server = _Server(("127.0.0.1", 0), Handler)
        thread = threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}"
        asker = Asker(url, seconds_each=10.0, seconds_in_all=60.0)
        opened.append((server, thread, asker))
        return asker

    yield open_app
    for server, thread, asker in opened:
        asker.__exit__(None, None, None)
        server.shutdown()
        thread.join()
        server.server_close()
