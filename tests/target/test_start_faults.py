"""Whatever is wrong with an app: one clear sentence, and nothing left behind."""

import os
import socket
import tempfile
import textwrap
import threading
import time
from pathlib import Path

import pytest

from codeoptix_performance.errors import SettingsError, TargetError
from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.target.process import TOKEN_VARIABLE
from codeoptix_performance.target.start import start_app

pytestmark = pytest.mark.slow
TRIGGER_WORDS = ("missing", "hardcoded", "no assertions")
SERVER = """
import socket
server = socket.create_server(("127.0.0.1", 8000))
"""


def processes_of(app):
    """Every process that carries the mark of this app."""
    mark = f"{TOKEN_VARIABLE}={app.process.token}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and mark in (entry / "environ").read_bytes():
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def processes_with_words(pid):
    """The command line of a living process; nothing of one that has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def children():
    """The child processes of this one, zombies included."""
    own = str(os.getpid())
    found = []
    for entry in Path("/proc").iterdir():
        try:
            parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
        except (OSError, IndexError):
            continue
        if parent == own:
            found.append(entry.name)
    return found


@pytest.fixture(autouse=True)
def _nothing_left(tmp_path, monkeypatch):
    """After every test here: no child, no folder, no descriptor and no thread more than before."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = (children(), len(os.listdir("/proc/self/fd")), threading.active_count())  # noqa: PTH208
    yield
    after = (children(), len(os.listdir("/proc/self/fd")), threading.active_count())  # noqa: PTH208
    assert before == after
    assert [] == list(tmp_path.glob("codeoptix-performance-*"))


def failure_of(code, **settings):
    """The failure that starting ``code`` raises."""
    usual = {"code": textwrap.dedent(code), "startup_timeout": 10.0, "environment": "current"}
    words = Settings(**{**usual, **settings})
    with pytest.raises(TargetError) as caught, start_app(words):
        pass
    failure = caught.value.failure
    assert failure.sentence == str(caught.value)
    assert not any(word in failure.sentence for word in TRIGGER_WORDS)
    assert failure.sentence.endswith(".")
    return failure


NOT_STARTED = {
    "nothing": ("", "no-code", "There is no code: the agent's answer is empty."),
    "white space": (" \n\t\n", "no-code", "There is no code: the agent's answer is empty."),
    "a file without a word": (
        "# app.py\n\n",
        "no-code",
        "There is no code: app.py is empty.",
    ),
    "prose": (
        "I am sorry, but I can not write that app.",
        "no-code",
        "There is no code: the agent's answer holds only prose.",
    ),
    "no web app": (
        "def add(a, b):\n    return a + b\n",
        "no-app",
        "No web app was found in the agent's code: app.py imports no web framework and no server.",
    ),
    "another language, named": (
        "```javascript server.js\nconst http = require('http')\n```",
        "no-app",
        (
            "No web app was found in the agent's code: it holds neither a Python file nor a server "
            "in JavaScript."
        ),
    ),
    "another language": (
        "Here:\n```js\nconst http = require('http')\n```",
        "no-code",
        "There is no Python code in the agent's answer, and no server in JavaScript.",
    ),
    "syntax error": (
        "from flask import Flask\n\napp = Flask(__name__\n",
        "did-not-start",
        "The app did not start: SyntaxError in app.py line 3: '(' was never closed.",
    ),
    "syntax error in an imported file": (
        (
            "# main.py\nfrom flask import Flask\nimport db\napp = Flask(__name__)\n\n"
            "# db.py\nx = = 1\n"
        ),
        "did-not-start",
        "The app did not start: SyntaxError in db.py line 1: invalid syntax.",
    ),
    "ends without a server": (
        "import socket\nprint('done')\n",
        "no-app",
        (
            "No web app was found in the agent's code: app.py ran to its end, started no server, "
            "and defines no app object or app factory."
        ),
    ),
}


@pytest.mark.parametrize(("code", "kind", "sentence"), NOT_STARTED.values(), ids=NOT_STARTED)
def test_code_without_an_app_is_refused_with_its_reason(code, kind, sentence):
    """What can be seen in the code itself is said exactly."""
    failure = failure_of(code)

    assert (kind, sentence) == (failure.kind, failure.sentence)


ENDED = {
    "import error": (
        "from flask import Flask\nimport not_installed_at_all\n",
        1,
        ": ModuleNotFoundError: No module named 'not_installed_at_all'.",
    ),
    "error at start": (
        "from flask import Flask\nprint('connecting')\nraise RuntimeError('no database')\n",
        1,
        ": RuntimeError: no database.",
    ),
    "error in the factory": (
        "from flask import Flask\n\ndef create_app():\n    raise KeyError('DB_URL')\n",
        1,
        ": KeyError: 'DB_URL'.",
    ),
    "exit at once": ("import flask\nimport sys\nsys.exit(7)\n", 7, "."),
    "exit with a word": ("import flask\nimport sys\nsys.exit('set DB')\n", 1, ": set DB."),
    "killed": (
        "import flask, os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n",
        -11,
        "it was ended by SIGSEGV",
    ),
}


@pytest.mark.parametrize(("code", "exit_code", "words"), ENDED.values(), ids=ENDED)
def test_an_app_that_ends_is_quoted(code, exit_code, words):
    """Exit code, time and the app's own last words, at once and not after the time-out."""
    started = time.monotonic()
    failure = failure_of(code, startup_timeout=60.0)

    assert ("did-not-start", exit_code) == (failure.kind, failure.exit_code)
    assert failure.sentence.startswith("The app did not start: it ")
    assert words in failure.sentence
    assert time.monotonic() - started < 30


def test_a_traceback_shows_the_apps_own_lines_only():
    """Neither our runner's frames nor the temporary folder stand between agent and error."""
    failure = failure_of("import flask\n\ndef connect():\n    return {}['x']\n\nconnect()\n")
    expected = """\
        Traceback (most recent call last):
          File "app.py", line 6, in <module>
            connect()
          File "app.py", line 4, in connect
            return {}['x']
        KeyError: 'x'"""
    # Versions of Python differ in which lines they underline.
    lines = [line for line in failure.log_tail.splitlines() if line.strip(" ~^")]

    assert textwrap.dedent(expected).splitlines() == lines


SILENT = {
    "never listens": (
        "import time, flask\ntime.sleep(600)\n",
        "did-not-start",
        "The app did not start: it did not listen on any port within 1.5 s.",
    ),
    "listens and never accepts": (
        f"{SERVER}import time\ntime.sleep(600)\n",
        "never-answered",
        "The app listens on port {port} but answered nothing within 1.5 s.",
    ),
    "accepts and never answers": (
        f"{SERVER}kept = []\nwhile True:\n    kept.append(server.accept())\n",
        "never-answered",
        "The app listens on port {port} but answered nothing within 1.5 s.",
    ),
    "accepts and hangs up": (
        f"{SERVER}while True:\n    server.accept()[0].close()\n",
        "never-answered",
        "The app listens on port {port} but answered nothing within 1.5 s.",
    ),
    "speaks another protocol": (
        f"{SERVER}while True:\n    c = server.accept()[0]\n    c.send(b'-ERR')\n    c.recv(9)\n",
        "never-answered",
        "The app listens on port {port} but does not answer in HTTP.",
    ),
}


@pytest.mark.parametrize(("code", "kind", "sentence"), SILENT.values(), ids=SILENT)
def test_an_app_that_stays_silent_is_given_up_in_time(code, kind, sentence):
    """The start-up time is a bound, whatever the app does with a connection."""
    failure = failure_of(code, startup_timeout=1.5)
    port = next((word for word in failure.sentence.split() if word.isdigit()), "")

    assert (kind, sentence.format(port=port)) == (failure.kind, failure.sentence)


def test_a_port_in_use_is_named():
    """A command that insists on a port of its own can not have one that is taken.

    In a network of its own it can: there nothing but the app takes ports.
    """
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = f"python -m http.server -b 127.0.0.1 {port}"
        failure = failure_of("", command=command, sandbox="limits")
        with start_app(Settings(command=command, code="")) as app:
            assert app.base_url.endswith(f":{port}")

    assert "did-not-start" == failure.kind
    assert failure.sentence.startswith("The app did not start: ")
    assert "already in use" in failure.sentence
    assert "Address already in use" in failure.log_tail


COMMANDS = {
    "no such program": ("no-such-program --port {port}", "'no-such-program'"),
    "shell syntax": ("cd app && python app.py", "sh -c"),
    "open quotation": ("python 'app.py", "No closing quotation"),
    "nothing": ("", "names no program"),
}


@pytest.mark.parametrize(("command", "words"), COMMANDS.values(), ids=COMMANDS)
def test_a_command_that_cannot_run_says_why(command, words):
    """It is the user's mistake and not the app's; the sentence tells what to write instead."""
    with (
        pytest.raises(SettingsError, match=r"^command is .*\.$") as caught,
        start_app(Settings(command=command)),
    ):
        pass

    assert words in str(caught.value)


def test_a_workspace_that_is_not_there_is_no_code(tmp_path):
    """The path is named."""
    failure = failure_of("", workspace=tmp_path / "nowhere")

    assert "no-code" == failure.kind
    assert str(tmp_path / "nowhere") in failure.sentence


def test_an_app_beyond_its_memory_is_ended():
    """The whole tree counts; the sentence names the limit."""
    code = """
        import flask, os, time
        os.fork()
        kept = []
        while True:
            kept.append(bytearray(os.urandom(1024)) * 1024 * 4)
            time.sleep(0.005)
    """
    failure = failure_of(code, memory_limit=150 * 2**20)

    assert "out-of-memory" == failure.kind
    assert "The app did not start: it used more than its 150 MiB of memory." == failure.sentence


ANSWERING = """
from http.server import BaseHTTPRequestHandler, HTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

def serve():
    HTTPServer(("", 8000), Handler).serve_forever()
"""


def test_a_flood_of_output_neither_blocks_nor_grows():
    """An app that writes without end starts, and only its first and last words are kept."""
    flood = (
        "def flood():\n    print('the first line')\n    while True:\n        print('x' * 1000)\n"
    )
    start = "import threading\nthreading.Thread(target=flood, daemon=True).start()\nserve()\n"

    with start_app(Settings(code=f"{ANSWERING}\n{flood}\n{start}")) as app:
        log = app.process.log()
        tail = app.log_tail()

    assert log.head.startswith("the first line\n")
    assert len(log.head) <= 16 * 1024
    assert len(log.tail) <= 64 * 1024
    assert log.byte_count > 64 * 1024
    assert 20 >= len(tail.splitlines())


STUBBORN = {
    "ignores SIGTERM": "signal.signal(signal.SIGTERM, signal.SIG_IGN)",
    "sleeps in SIGTERM": "signal.signal(signal.SIGTERM, lambda *_: time.sleep(600))",
    "daemon": """
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.environ.clear()
        time.sleep(600)
    os._exit(0)
""",
    "forking children": "[os.fork() for _ in range(3)]; signal.signal(15, signal.SIG_IGN)",
    "another session": "subprocess.Popen(['setsid', 'sleep', '600'])",
}


@pytest.mark.parametrize("habit", STUBBORN.values(), ids=STUBBORN)
def test_no_process_outlives_the_context(habit):
    """Whatever the app does to stay, its tree is gone, and within seconds."""
    code = f"{ANSWERING}\nimport os, signal, subprocess, time\n{habit}\nserve()\n"
    if "range(3)" in habit:
        code = code.replace("serve()\n", "serve() if os.getppid() else 0\n")
    with start_app(Settings(code=code)) as app:
        pids = [app.pid, *processes_of(app)]
        started = time.monotonic()

    assert time.monotonic() - started < 8
    assert [] == [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def test_an_app_that_forks_into_the_background_is_followed():
    """The daemon is the app then: it answers, and it has the process id that is watched."""
    code = f"{ANSWERING}\nimport os\nif os.fork():\n    os._exit(0)\nserve()\n"

    with start_app(Settings(code=code)) as app:
        assert app.exit() is None
        deadline = time.monotonic() + 10.0
        while not processes_with_words(app.pid) and time.monotonic() < deadline:
            assert app.exit() is None  # the first process may still be on its way out
        pid = app.pid
        assert processes_with_words(pid)

    assert not Path(f"/proc/{pid}").exists()


def test_an_app_that_dies_later_says_how():
    """While it answers there is no exit; then its code and last words are there at once."""
    code = f"{ANSWERING}\nimport os, threading\n"
    code += "def die():\n    print('out of luck')\n    os._exit(9)\n"
    code += "threading.Timer(1.0, die).start()\nserve()\n"

    with start_app(Settings(code=code)) as app:
        assert app.exit() is None
        ended = app.process.wait_exit(10.0)

    assert (9, False) == (ended.code, ended.out_of_memory)
    assert ended.log_tail.endswith("out of luck")


def test_an_error_inside_the_context_ends_the_app_too():
    """The caller's own error goes through unchanged."""
    pids = []

    def use():
        with start_app(Settings(code=f"{ANSWERING}\nserve()\n")) as app:
            pids.append(app.pid)
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        use()

    assert not Path(f"/proc/{pids[0]}").exists()


def test_no_secret_of_ours_reaches_the_app(monkeypatch):
    """Its environment is built from nothing; input is empty; no descriptor is inherited."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    code = f"{ANSWERING}\nimport os, sys\nprint('NAMES', *sorted(os.environ))\n"
    code += "print('INPUT', repr(sys.stdin.read()), 'OPEN', *sorted(os.listdir('/proc/self/fd')))\n"

    with start_app(Settings(code=f"{code}serve()\n")) as app:
        names, channels = app.log_tail().splitlines()[:2]

    assert (
        "NAMES CODEOPTIX_PERFORMANCE_APP CODEOPTIX_PERFORMANCE_AUTOLOAD FLASK_RUN_PORT HOME HOST "
        "LANG PATH PORT PYTHONDONTWRITEBYTECODE PYTHONUNBUFFERED TMPDIR UVICORN_PORT"
    ) == names
    assert "INPUT '' OPEN 0 1 2 3" == channels


def test_a_slow_starter_is_waited_for():
    """Three seconds of imports are no fault."""
    code = f"import time\ntime.sleep(3)\n{ANSWERING}\nserve()\n"

    with start_app(Settings(code=code, startup_timeout=30.0)) as app:
        assert app.exit() is None


def test_a_front_page_that_hangs_does_not_hide_an_app_that_answers():
    """Another path is asked as well."""
    code = """
        import time
        from flask import Flask
        app = Flask(__name__)

        @app.get("/")
        def index():
            time.sleep(600)
    """

    with start_app(Settings(code=textwrap.dedent(code), startup_timeout=15.0)) as app:
        assert app.exit() is None
