"""What a held app learns of the machine and of whoever runs it, and what power it has."""

import os
import socket
import subprocess
import sys

import pytest
from held_apps import Held

from codeoptix_performance.target.process import TOKEN_VARIABLE


def test_the_environment_is_the_one_it_was_given(rung, monkeypatch):
    """No variable of ours comes through, and above all no key."""
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    code = "import json, os; print(json.dumps(dict(os.environ)))"

    environment = rung.said(code, env={"GREETING": "hello"})

    environment.pop(TOKEN_VARIABLE)
    environment.pop("LC_CTYPE", None)  # Python's own doing
    assert {"GREETING": "hello"} == environment


def test_no_open_file_or_socket_is_inherited(rung):
    """Also none that was made inheritable on purpose."""
    code = "import json, os; print(json.dumps(sorted(os.listdir('/proc/self/fd'))))"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.set_inheritable(True)

        assert ["0", "1", "2", "3"] == rung.said(code)


def test_other_processes_are_neither_seen_nor_signalled(bwrap):
    """There is a broker, the app, and nobody else; our environment cannot be read."""
    code = """
        import json, os, sys
        pids = sorted(int(name) for name in os.listdir("/proc") if name.isdigit())
        def tried(attempt):
            try:
                return attempt()
            except OSError as error:
                return type(error).__name__
        outside = sys.argv[1]
        print(json.dumps([
            pids,
            tried(lambda: os.kill(int(outside), 0)),
            tried(lambda: open(f"/proc/{outside}/environ").read()),
        ]))
    """
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as other:
        try:
            pids, killed, read = bwrap.said(code, other.pid)
        finally:
            other.kill()

    assert [1, 2] == pids
    assert ("ProcessLookupError", "FileNotFoundError") == (killed, read)


def test_it_has_no_power_and_can_not_gain_any(bwrap):
    """No capability in any set, no new privileges, not root; mounts and namespaces are denied."""
    code = """
        import ctypes, json, os
        libc = ctypes.CDLL(None, use_errno=True)
        with open("/proc/self/status") as file:
            status = dict(line.rstrip("\\n").split(":\\t") for line in file)
        powers = {name: int(status[name], 16) for name in status if name.startswith("Cap")}
        mounted = libc.mount(b"none", b"/tmp", b"tmpfs", 0, None)
        try:
            os.setuid(0)
            root = True
        except OSError:
            root = False
        try:
            open("/proc/sys/kernel/core_pattern", "w")
            tuned = True
        except OSError:
            tuned = False
        print(json.dumps([powers, status["NoNewPrivs"], mounted, root, tuned, os.getuid()]))
    """

    powers, no_new_privileges, mounted, root, tuned, user = bwrap.said(code)

    assert {0} == set(powers.values()), powers
    assert ("1", -1, False, False) == (no_new_privileges, mounted, root, tuned)
    assert 0 != user


def test_programs_that_would_make_it_root_do_not(bwrap):
    """The set-user bit means nothing here."""
    code = """
        import json, subprocess
        done = subprocess.run(["su", "-c", "id -u"], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL)
        print(json.dumps(done.stdout.strip()))
    """

    assert "0" != bwrap.said(code, env={"PATH": "/usr/bin:/bin"})


def test_names_and_messages_are_not_shared(bwrap):
    """Host name, shared memory and queues are the sandbox's own."""
    code = """
        import json, os, socket
        kinds = ("ipc", "uts", "net", "pid", "mnt")
        spaces = [os.readlink(f"/proc/self/ns/{kind}") for kind in kinds]
        print(json.dumps([socket.gethostname(), spaces]))
    """
    kinds = ("ipc", "uts", "net", "pid", "mnt")
    ours = {os.readlink(f"/proc/self/ns/{kind}") for kind in kinds}  # noqa: PTH115 - no file

    name, theirs = bwrap.said(code)

    assert "app" == name
    assert not ours & set(theirs)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can make an app another user")
def test_two_apps_of_roots_are_two_users():
    """Neither can signal the other, and each has its own share of processes."""
    assert Held("bwrap").hold().identity != Held("bwrap").hold().identity
