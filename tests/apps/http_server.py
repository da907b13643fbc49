import json
from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({"id": 3}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def run(port=8000):
    httpd = HTTPServer(("", port), Handler)
    print(f"Serving on {port}")
    httpd.serve_forever()


if __name__ == "__main__":
    run()
