"""When a held app ends, all of it ends, whatever it does against it."""

import contextlib
import gc
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
from held_apps import Held, command_of, inhabited, marks, own_namespaces, wait_for

from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.target.start import start_app

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[3]
NAP = f"600.{os.getpid()}"
"""Seconds that nobody else sleeps: these tests run as other users and in other workers as well."""
STUBBORN = """
    import os, signal, time
    for number in set(signal.valid_signals()) - {signal.SIGKILL, signal.SIGSTOP}:
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.execve("/bin/sleep", ["sleep", "NAP"], {})
        os._exit(0)
    time.sleep(0.2)
    print("ready", flush=True)
    time.sleep(600)
""".replace("NAP", NAP)


def sleepers():
    """The daemons of ``STUBBORN``, which carry no mark."""
    command = f"sleep\0{NAP}\0".encode()
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and (entry / "cmdline").read_bytes() == command:
                found.append(entry.name)
        except OSError:
            continue
    return found


def test_signals_it_ignores_and_daemons_it_left_do_not_keep_it(rung):
    """A daemon in a session of its own and with an environment of its own is ended as well."""
    before = set(sleepers())
    with rung.running(STUBBORN) as app:
        assert wait_for(lambda: "ready" in app.log_tail())
        assert wait_for(lambda: set(sleepers()) - before)
        folder, token = app.folder, app.token

    assert set(sleepers()) <= before
    assert [] == marks(token)
    assert not folder.exists()


def test_its_own_end_has_its_own_code(rung):
    """As if nothing stood between: codes, signals, and a program that cannot be executed."""
    assert 3 == rung.ending("import sys; sys.exit(3)").code
    assert -signal.SIGSEGV == rung.ending("import os; os.kill(os.getpid(), 11)").code
    assert -signal.SIGKILL == rung.ending("import os; os.kill(os.getpid(), 9)").code


def test_an_app_that_leaves_a_server_behind_goes_on(rung):
    """A first process that ends well is no end while others live."""
    code = """
        import os, socket, time
        server = socket.create_server(("127.0.0.1", 0))
        if os.fork():
            os._exit(0)
        time.sleep(600)
    """
    with rung.running(code) as app:
        assert wait_for(lambda: app.listeners() and app.exit() is None)
        # Asking how it stands brings the news of who took the place of the first process.
        assert wait_for(lambda: app.exit() is None and b"time.sleep" in command_of(app.pid))
        pid = app.pid

    assert not Path(f"/proc/{pid}").exists()


@contextlib.contextmanager
def killing(process):
    """However the test ends, it does not wait for a process that has not ended."""
    try:
        yield
    finally:
        process.kill()


EVALUATION = """
import sys, time
sys.path.insert(0, sys.argv[2])
from held_apps import Held, wait_for
with Held(sys.argv[1]).running(sys.argv[3]) as app:
    assert wait_for(lambda: "ready" in app.log_tail())
    print(app.folder, app.token, app.pid, flush=True)
    time.sleep(600)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_outlives_a_killed_evaluation(rung, number):
    """No process, no namespace, no folder."""
    before = set(sleepers())
    command = [sys.executable, "-c", EVALUATION, rung.rung, str(Path(__file__).parent), STUBBORN]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as evaluation,
        killing(evaluation),
    ):
        folder, token, pid = evaluation.stdout.readline().decode().split()
        with own_namespaces(pid) as spaces:
            assert wait_for(lambda: set(sleepers()) - before)
            assert ("bwrap" == rung.rung) == bool(spaces)
            evaluation.send_signal(number)
            evaluation.wait(10)

            assert wait_for(lambda: not Path(folder).exists())
            assert wait_for(lambda: set(sleepers()) <= before)
            assert [] == marks(token)
            assert wait_for(lambda: not inhabited(spaces))


def test_an_app_outlives_the_thread_that_started_it():
    """Signals of a parent's death are bound to threads, so the app's parent must have but one."""
    started = []

    def start():
        context = Held("bwrap").running("import time; time.sleep(600)")
        started.append((context, context.__enter__()))

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    context, app = started[0]
    try:
        assert app.wait_exit(0.5) is None
    finally:
        context.__exit__(None, None, None)


HOSTILE = """
    import os, signal, socket, threading, time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    open("/tmp/left", "w").write("x" * 100_000)
    open("left", "w").write("x" * 100_000)
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            while True:
                time.sleep(1)
        os._exit(0)
    for _ in range(5):
        if os.fork() == 0:
            time.sleep(600)
    servers = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
    for number in range(200):
        open(f"/tmp/{number}", "w").close()
    os.makedirs("closed/inner")
    open("closed/inner/file", "w").close()
    os.chmod("closed/inner", 0)
    os.chmod("closed", 0o300)
    here = os.open(".", os.O_RDONLY)
    for _ in range(150):
        os.mkdir("d" * 200)
        os.chdir("d" * 200)
    os.fchdir(here)
    os.chmod(".", 0o300)
    os.chmod("/tmp", 0o300)
    print("y" * 10_000)
    print("ready", flush=True)
    time.sleep(600)
"""


def test_fifty_hostile_apps_in_a_row_leave_the_machine_as_it_was(bwrap, tmp_path, monkeypatch):
    """No process, namespace, mount, folder, descriptor or child is left.

    Their folders lie deeper than a path is long, and forbid what they can.
    """
    gc.collect()  # what other tests have left is not ours
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # other workers use the usual one
    before = len(os.listdir("/proc/self/fd")), Path("/proc/self/mountinfo").read_text()  # noqa: PTH208 - no file
    for _ in range(50):
        with contextlib.ExitStack() as stack:
            with bwrap.running(HOSTILE) as app:
                assert wait_for(lambda app=app: app.log_tail().endswith("ready"))
                assert [app.folder] == list(tmp_path.iterdir())
                spaces = stack.enter_context(own_namespaces(app.pid))
                assert spaces
            assert [] == marks(app.token)
            assert not inhabited(spaces)
            assert [] == list(tmp_path.iterdir())

    assert before == (
        len(os.listdir("/proc/self/fd")),  # noqa: PTH208 - no file
        Path("/proc/self/mountinfo").read_text(),
    )
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_a_report_that_never_ends_keeps_nobody_waiting():
    """The app owns the file its routes are told in, and may make anything of it."""
    code = """
import os, threading
from http.server import BaseHTTPRequestHandler, HTTPServer
path = os.path.expanduser("~/.codeoptix-performance.json")
def spoil():
    try:
        os.unlink(path)
    except OSError:
        pass
    os.mkfifo(path)
class Hello(BaseHTTPRequestHandler):
    def do_GET(self):
        if not os.path.exists(path) or os.path.isfile(path):
            spoil()
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()
HTTPServer(("", 8000), Hello).serve_forever()
"""
    started = time.monotonic()
    with start_app(Settings(code=code)) as app:
        assert () == app.routes

    assert time.monotonic() - started < 30
