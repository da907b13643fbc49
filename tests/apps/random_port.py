import json
from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"id": 3}).encode())


server = HTTPServer(("127.0.0.1", 0), Handler)
print("listening on", server.server_port)
server.serve_forever()
