"""The command as a shell starts it, on a real app, under a real load."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

COMMAND = Path(sys.executable).with_name("codeoptix-performance")
LOAD = ["-u", "5", "-r", "5", "-t", "1s", "--min-requests", "5"]
NO_LIMIT_ON_TIMES = ["--max-avg-response-time", "off", "--max-p95-response-time", "off"]
"""So that a verdict is the same however busy the machine is."""
SOUND = [*LOAD, *NO_LIMIT_ON_TIMES]
DEADLINE = 60.0

APP = """\
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response({status})
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

ThreadingHTTPServer(("127.0.0.1", 8000), Page).serve_forever()
"""

pytestmark = pytest.mark.slow


class Page(BaseHTTPRequestHandler):
    """One page that answers, and counts how often it was asked."""

    asked = 0

    def do_GET(self):
        type(self).asked += 1
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *args):
        """Keeps quiet."""


class Server(ThreadingHTTPServer):
    """Keeps quiet about clients that hang up."""

    def handle_error(self, request, client_address):
        """A load that ends cuts requests off."""


@pytest.fixture
def url():
    """An app that was running before."""
    Page.asked = 0
    server = Server(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def run(*arguments, text=None):
    """What the command said and how it ended."""
    return subprocess.run(
        [COMMAND, *arguments],
        capture_output=True,
        text=True,
        input=text,
        timeout=DEADLINE,
        check=False,
    )


def test_an_app_that_runs_passes(url, tmp_path):
    """JSON, page and CSV tell the same run."""
    done = run("check", url, *SOUND, "--json", "--csv", str(tmp_path / "x"))
    result = json.loads(done.stdout)

    assert 0 == done.returncode, done.stderr
    assert "pass" == result["outcome"]
    assert done.stderr.startswith("PASS")
    assert ["GET /"] == [endpoint["name"] for endpoint in result["endpoints"]]
    total = (tmp_path / "x_stats.csv").read_text().splitlines()[-1].split(",")
    assert ["", "Aggregated", str(result["total"]["requests"])] == total[:3]
    history = (tmp_path / "x_stats_history.csv").read_text().splitlines()[1:]
    assert len(result["timeline"]) == len(history)
    assert abs(time.time() - int(history[0].split(",")[0])) < DEADLINE


@pytest.mark.alone
def test_a_broken_limit_fails(url):
    """The evidence names endpoint, figure and limit."""
    done = run("check", url, *LOAD, "--max-avg-response-time", "0.0001")

    assert 1 == done.returncode, done.stderr
    assert "GET /: Avg" in done.stdout


@pytest.mark.parametrize(
    ("status", "code", "line"), [(200, 0, "PASS"), (500, 1, "FAIL")], ids=["sound", "failing"]
)
def test_an_app_in_a_file_is_started_and_ended(tmp_path, status, code, line):
    """Its process is gone when the verdict is there."""
    app = tmp_path / "app.py"
    app.write_text(APP.format(status=status))
    done = run("check", str(app), *SOUND, "--endpoint", "GET /")

    assert code == done.returncode, done.stdout + done.stderr
    assert done.stdout.startswith(line)


def test_an_answer_on_standard_input_is_read_like_an_agents():
    """Code in a fence, prose around it."""
    answer = f"Here is the app:\n\n```python\n{APP.format(status=200)}```\nEnjoy.\n"
    done = run("check", "-", *SOUND, "--endpoint", "GET /", text=answer)

    assert 0 == done.returncode, done.stdout + done.stderr


def test_code_that_does_not_run_fails_with_its_last_words(tmp_path):
    """That is the agent's fault, so the code is 1 and not 3."""
    app = tmp_path / "app.py"
    app.write_text("from fastapi import FastAPI\napp = FastAPI(title=no_such_name)\n")
    done = run("check", str(app), *LOAD)

    assert 1 == done.returncode, done.stdout + done.stderr
    assert "name 'no_such_name' is not defined" in done.stdout
    assert "Traceback" not in done.stderr


def test_nothing_at_the_url_fails():
    """One sentence says what was tried."""
    server = Server(("127.0.0.1", 0), Page)
    server.server_close()
    done = run("check", f"http://127.0.0.1:{server.server_port}", *LOAD)

    assert 1 == done.returncode, done.stderr
    assert "Nothing answers at" in done.stdout
    assert "" == done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_a_signal_ends_the_run_and_shows_what_was_measured(url, number):
    """The page is there, and the code is 130."""
    command = [COMMAND, "check", url, "-u", "20", "-r", "20", "-t", "50s"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        deadline = time.monotonic() + DEADLINE
        while Page.asked < 20 and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(number)
        out, err = process.communicate(timeout=DEADLINE)

    assert 130 == process.returncode, err
    assert b"interrupted" in out.splitlines()[0]
    assert b"GET /" in out
    assert b"" == err


def test_a_reader_that_went_away_does_not_change_the_code(url):
    """``check … | head -0`` with pipefail still tells the verdict."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [COMMAND, "check", url, *SOUND],
        stdout=writer,
        stderr=subprocess.PIPE,
        timeout=DEADLINE,
        check=False,
    )
    os.close(writer)

    assert 0 == done.returncode
    assert b"" == done.stderr


def test_a_full_disk_is_one_sentence(url):
    """A verdict nobody could read is none."""
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [COMMAND, "check", url, *LOAD],
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=DEADLINE,
            check=False,
        )

    assert 3 == done.returncode
    assert b"Error: The result cannot be written: No space left on device.\n" == done.stderr
