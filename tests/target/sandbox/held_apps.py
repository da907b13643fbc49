"""Programs held as an app is, and what they say of it."""

import contextlib
import json
import os
import sys
import textwrap
import time
from dataclasses import replace
from pathlib import Path

from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.target.process import Launch, WardenedApp
from codeoptix_performance.target.sandbox.ladder import choose_hold
from codeoptix_performance.target.sandbox.limits import Limits

MIB = 2**20
SECONDS = 30.0


class Held:
    """One rung of the ladder, with limits small enough to be reached in a test."""

    def __init__(self, rung, **settings):
        self.rung = rung
        self.settings = settings

    def hold(self, **limits):
        """A fresh hold for one app."""
        chosen = choose_hold(Settings(code="", sandbox=self.rung, **self.settings))
        return replace(chosen, limits=replace(Limits(), **limits))

    @contextlib.contextmanager
    def running(self, code, *arguments, memory=512 * MIB, env=None, **limits):
        """The program while it runs; ended afterwards."""
        with WardenedApp(self.hold(**limits)) as app:
            argv = (sys.executable, "-u", "-c", textwrap.dedent(code), *map(str, arguments))
            app.run(Launch(argv, env or {}, app.folder / "app"), memory)
            yield app

    def ending(self, code, *arguments, **how):
        """How the program ended by itself or was ended."""
        with self.running(code, *arguments, **how) as app:
            return ending_of(app)

    def said(self, code, *arguments, **how):
        """The JSON value that a program printed as its last line before it ended well."""
        with self.running(code, *arguments, **how) as app:
            ended = ending_of(app)
            assert 0 == ended.code, ended.log_tail
            return last_words(app)


def ending_of(app):
    """How a program ended, when it has."""
    ended = app.wait_exit(SECONDS)
    assert ended is not None, app.log_tail()
    return ended


def last_words(app):
    """The JSON value that a program has printed as its last line."""
    return json.loads(app.log().tail.splitlines()[-1])


def nobody_came(listener):
    """Whether no connection was made to a listener."""
    try:
        connection, _ = listener.accept()
    except BlockingIOError:
        return True
    connection.close()
    return False


def wait_for(condition, seconds=SECONDS):
    """Whether ``condition`` comes true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def marks(token):
    """The processes that carry an app's mark."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and token.encode() in (entry / "environ").read_bytes():
                found.append(int(entry.name))
        except OSError:
            continue
    return found


@contextlib.contextmanager
def own_namespaces(pid):
    """The namespaces a process lives in and we do not, kept from being used again by others."""
    with contextlib.ExitStack() as stack:
        spaces = _namespaces_of(pid) - _namespaces_of("self")
        for space in Path(f"/proc/{pid}/ns").iterdir():
            descriptor = os.open(space, os.O_RDONLY)
            stack.callback(os.close, descriptor)
        yield spaces


def _namespaces_of(pid):
    return {entry.readlink() for entry in Path(f"/proc/{pid}/ns").iterdir()}


def inhabited(spaces):
    """Those of the namespaces in which some process lives."""
    found = set()
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit():
                found |= _namespaces_of(entry.name) & spaces
        except OSError:
            continue
    return found


def command_of(pid):
    """The command line of a living process; nothing of one that has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
