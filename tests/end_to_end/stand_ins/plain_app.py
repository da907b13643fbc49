"""A blog API on the standard library alone."""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

POSTS = [{"id": 1, "title": "first", "content": "…"}]


class Blog(BaseHTTPRequestHandler):
    """Four pages and one form."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        known = {
            "/": {"posts": "/api/posts", "users": "/api/users", "data": "/api/data"},
            "/api/posts": POSTS,
            "/api/users": [{"id": 1, "name": "Ada"}],
            "/api/data": {"answer": 42},
        }
        found = known.get(self.path.partition("?")[0])
        self.answer(404 if found is None else 200, found)

    def do_POST(self):
        post = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        self.answer(201, {**post, "id": 2})

    def answer(self, status, content):
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    port = int(os.environ.get("PORT", "8000"))
    ThreadingHTTPServer(("127.0.0.1", port), Blog).serve_forever()
