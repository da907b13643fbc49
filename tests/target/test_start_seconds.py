"""How long an app took to its first answer, and what is not counted."""

import sys
import time

import pytest

from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.target.start import start_app

APP = """
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
time.sleep({seconds})
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
HTTPServer(("127.0.0.1", {port}), Handler).serve_forever()
"""


@pytest.mark.slow
def test_what_the_app_waits_for_counts_and_its_set_up_does_not(tmp_path):
    """A second of sleep in the app, two in the step before it."""
    code = APP.format(seconds=1.0, port="int(__import__('os').environ['PORT'])")
    (tmp_path / "server.py").write_text(code)
    settings = Settings(
        workspace=tmp_path,
        command=f"{sys.executable} server.py",
        setup=(f"{sys.executable} -c 'import time; time.sleep(2)'",),
    )

    called_at = time.monotonic()
    with start_app(settings) as app:
        took = time.monotonic() - called_at

        assert 1.0 <= app.start_seconds <= took - 2.0


@pytest.mark.slow
def test_what_an_app_says_of_its_beginning_is_believed_where_it_can_be_true(tmp_path):
    """The file lies where the app may write: a moment to come makes no start shorter."""
    code = (
        "import json, os, time\n"
        "with open(os.environ['HOME'] + '/.codeoptix-performance-begun.json', 'w') as file:\n"
        "    json.dump({'begun_at': time.monotonic() + 1000}, file)\n"
    )
    code += APP.format(seconds=1.0, port="int(os.environ['PORT'])")
    (tmp_path / "server.py").write_text(code)

    with start_app(Settings(workspace=tmp_path, command=f"{sys.executable} server.py")) as app:
        assert 1.0 <= app.start_seconds
