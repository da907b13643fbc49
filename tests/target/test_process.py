"""A warden's app: started, watched, heard and ended, also when the one who started it is killed."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from codeoptix_performance.target.process import TOKEN_VARIABLE, Launch, Listener, WardenedApp
from codeoptix_performance.target.sweep import kill_carriers

GIB = 2**30
ROOT = Path(__file__).parent.parent.parent


def launch(code, cwd="/", **env):
    """Python running ``code``, with nothing in its environment but ``env``."""
    return Launch((sys.executable, "-u", "-c", textwrap.dedent(code)), env, Path(cwd))


def wait_for(condition, seconds=10.0):
    """Whether ``condition`` comes true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.01)
    return False


def lives(pid):
    """Whether a process runs; one that only waits to be collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def carriers(token):
    """The processes that carry an app's mark."""
    mark = f"{TOKEN_VARIABLE}={token}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and mark in (entry / "environ").read_bytes():
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def test_an_end_is_told_with_its_code_and_words():
    """The exit is there within moments; output and errors are kept in their order."""
    code = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"
    with WardenedApp() as app:
        app.run(launch(code), GIB)
        ended = app.wait_exit(10.0)

    assert (3, False, "out\nerr") == (ended.code, ended.out_of_memory, ended.log_tail)


def test_a_signal_is_a_negative_code():
    """As in ``subprocess``."""
    with WardenedApp() as app:
        app.run(launch("import os; os.kill(os.getpid(), 9)"), GIB)
        ended = app.wait_exit(10.0)

    assert -signal.SIGKILL == ended.code


def test_a_program_that_can_not_be_executed_is_an_exit_too():
    """With the shell's code for it."""
    with WardenedApp() as app:
        app.run(Launch(("/no/such/program",), {}, Path("/")), GIB)
        ended = app.wait_exit(10.0)

    assert (127, "/no/such/program: No such file or directory") == (ended.code, ended.log_tail)


def test_waiting_for_an_end_that_does_not_come_takes_the_time_given():
    """None, and not before."""
    with WardenedApp() as app:
        app.run(launch("import time; time.sleep(600)"), GIB)
        started = time.monotonic()
        assert app.wait_exit(0.2) is None
        waited = time.monotonic() - started

    assert waited >= 0.2


def test_the_ports_of_the_whole_tree_are_found_in_order():
    """Parents before children, and each with its address as it stands in a URL."""
    code = """
        import os, socket, time
        first = socket.create_server(("0.0.0.0", 0))
        second = socket.create_server(("::1", 0), family=socket.AF_INET6)
        print(first.getsockname()[1], second.getsockname()[1])
        if os.fork() == 0:
            first.close()
            second.close()
            third = socket.create_server(("127.0.0.1", 0))
            print(third.getsockname()[1])
        time.sleep(600)
    """
    with WardenedApp() as app:
        app.run(launch(code), GIB)
        assert wait_for(lambda: len(app.listeners()) == 3)
        first, second, third = (int(word) for word in app.log_tail().split())
        found = app.listeners()

    assert (
        Listener("127.0.0.1", first),
        Listener("[::1]", second),
        Listener("127.0.0.1", third),
    ) == found


def test_what_others_listen_on_is_not_the_apps():
    """A port of this process is none of the app's."""
    import socket

    with socket.create_server(("127.0.0.1", 0)), WardenedApp() as app:
        app.run(launch("import time; time.sleep(600)"), GIB)
        assert () == app.listeners()


def test_the_log_of_an_ended_context_is_still_there():
    """What was written by then, and the exit if there was one."""
    with WardenedApp() as app:
        app.run(launch("print('hello'); import time; time.sleep(600)"), GIB)
        assert wait_for(lambda: app.log_tail() == "hello")
    app.stop()

    assert "hello" == app.log_tail()
    assert app.exit() is None
    assert () == app.listeners()


def test_a_log_line_is_never_endless():
    """One line of a megabyte is quoted in part."""
    with WardenedApp() as app:
        app.run(launch("print('x' * 1000000)"), GIB)
        ended = app.wait_exit(10.0)

    assert {"x"} == set(ended.log_tail)
    assert 400 == len(ended.log_tail)


def test_the_folder_is_gone_with_the_app():
    """With everything the app has put there."""
    with WardenedApp() as app:
        (app.folder / "app").mkdir()
        app.run(launch("open('f', 'w').close(); print(1)", app.folder / "app"), GIB)
        app.wait_exit(10.0)
        assert (app.folder / "app" / "f").exists()

    assert not app.folder.exists()


def test_memory_beyond_the_limit_is_an_end_of_its_own():
    """The tree together, shared pages counted once."""
    code = """
        import os, time
        kept = bytearray(os.urandom(2**20)) * 60
        for _ in range(3):
            if os.fork() == 0:
                break
        time.sleep(1.2)
        more = bytearray(os.urandom(2**20)) * 60
        print("grown")
        time.sleep(600)
    """
    with WardenedApp() as app:
        app.run(launch(code), 250 * 2**20)
        ended = app.wait_exit(20.0)
    with WardenedApp() as app:
        app.run(launch(code), 4 * GIB)
        assert wait_for(lambda: app.log_tail().count("grown") == 4)
        assert app.exit() is None

    assert (-signal.SIGKILL, True) == (ended.code, ended.out_of_memory)


def test_an_app_that_kills_its_warden_is_ended_all_the_same(tmp_path):
    """The mark in its environment is the second net; the caller sees an end."""
    code = """
        import os, signal, time
        told, tell = os.pipe()
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.write(tell, str(os.getpid()).encode())
                time.sleep(600)
            os._exit(0)
        with open("daemon", "wb") as file:
            file.write(os.read(told, 20))
        while not os.path.exists("go"):
            time.sleep(0.01)
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(600)
    """
    with WardenedApp() as app:
        app.run(launch(code, tmp_path), GIB)
        (tmp_path / "go").touch()
        ended = app.wait_exit(10.0)
        daemon = int((tmp_path / "daemon").read_text())
        assert -signal.SIGKILL == ended.code

    assert not lives(daemon)
    assert not lives(app.pid)
    assert not app.folder.exists()


EVALUATION = """
import sys, time
from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.target.start import start_app

CODE = '''
import os, signal, subprocess, time
from http.server import BaseHTTPRequestHandler, HTTPServer
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(600)
    os._exit(0)
HTTPServer(("", 8000), BaseHTTPRequestHandler).serve_forever()
'''
with start_app(Settings(code=CODE)) as app:
    process = app.process
    print(app.pid, process._warden.pid, process.folder, process.token, flush=True)
    time.sleep(600)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_outlives_an_evaluating_process_that_is_ended(number):
    """Killed with -9, terminated, or interrupted at a terminal (which tells its whole group)."""
    evaluation = subprocess.Popen(
        [sys.executable, "-c", EVALUATION],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        start_new_session=True,
    )
    with evaluation:
        words = evaluation.stdout.readline().split()
        pid, warden, folder = int(words[0]), int(words[1]), Path(words[2].decode())
        assert carriers(words[3].decode())
        os.killpg(evaluation.pid, number)
        evaluation.wait(10)

    assert wait_for(lambda: not lives(warden))
    assert not lives(pid)
    assert not folder.exists()
    assert [] == carriers(words[3].decode())


def test_many_apps_at_once_from_many_threads():
    """They do not hear each other, and leave nothing: no thread, descriptor, child or folder."""

    def run_one(number):
        with WardenedApp() as app:
            app.run(launch(f"print({number}); import time; time.sleep({number % 3 * 0.1})"), GIB)
            ended = app.wait_exit(20.0)
            return ended.code, ended.log_tail, app.folder

    before = len(os.listdir("/proc/self/fd")), threading.active_count()  # noqa: PTH208
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(run_one, range(40)))

    assert [(0, str(number)) for number in range(40)] == [result[:2] for result in results]
    assert before == (len(os.listdir("/proc/self/fd")), threading.active_count())  # noqa: PTH208
    assert not any(folder.exists() for _, _, folder in results)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_several_threads_may_ask_one_app():
    """A thread that watches and one that reports get their own answers."""
    with WardenedApp() as app, ThreadPoolExecutor(4) as pool:
        app.run(launch("print('hello'); import time; time.sleep(600)"), GIB)
        assert wait_for(lambda: app.log_tail() == "hello")
        tails = list(pool.map(lambda _: (app.exit(), app.log_tail(), app.listeners()), range(80)))

    assert [(None, "hello", ())] * 80 == tails


def test_the_sweep_kills_carriers_of_exactly_this_mark():
    """A neighbour with another mark lives on."""
    marked = subprocess.Popen(["/bin/sleep", "600"], env={"MARK_OF_A_TEST": "one"})
    other = subprocess.Popen(["/bin/sleep", "600"], env={"MARK_OF_A_TEST": "one-and-more"})
    with marked, other:
        kill_carriers("MARK_OF_A_TEST=one")
        assert -signal.SIGKILL == marked.wait(10)
        assert other.poll() is None
        other.kill()
