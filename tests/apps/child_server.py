import random
import subprocess
import sys

port = random.randint(32001, 32700)
code = """
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"id": 3}')
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
subprocess.run([sys.executable, "-c", code, str(port)], check=True)
