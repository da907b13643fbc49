"""Tries a rung before it is trusted: what must be denied is tried, and what must work is too."""

from __future__ import annotations

import json
import os
import resource
import secrets
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from sysconfig import get_path
from typing import Any

from codeoptix_performance.target.process import Launch, Listener, WardenedApp
from codeoptix_performance.target.sandbox.filesystem import users_home
from codeoptix_performance.target.sandbox.hold import Hold
from codeoptix_performance.target.sandbox.isolation import PROMISES, PromiseKey
from codeoptix_performance.target.sandbox.limits import Limits

_PROGRAM = Path(__file__).with_name("self_check.py")
_PORT = 8000
_SECONDS = 10.0
_MEMORY_BYTES = 256 * 2**20
_FILES_OF_HOME = 5


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """What trying a rung came to. ``problem`` is why an app cannot run there; empty if it can."""

    kept: tuple[PromiseKey, ...]
    problem: str
    seconds: float

    @property
    def broken(self) -> tuple[PromiseKey, ...]:
        """The promises that were seen not to be kept."""
        return tuple(key for key in PROMISES if key not in self.kept)


def try_hold(hold: Hold) -> SelfCheck:
    """Holds a small program of ours as an app would be held, and asks it what it could do."""
    started = time.perf_counter()
    kept: set[str] = set()
    with WardenedApp(hold) as app, _outside(app.folder / "outside") as outside:
        problem, report = _ask(app, hold, outside)
    if not problem:
        kept = {key for key, is_kept in report["kept"].items() if is_kept}
        if not (app.folder.exists() or Path(f"/proc/{app.pid}").exists()):
            kept.add("end")
    in_order = tuple(key for key in PROMISES if key in kept)
    return SelfCheck(in_order, problem, time.perf_counter() - started)


def _ask(app: WardenedApp, hold: Hold, outside: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Why it does not work (empty if it does), and what was tried."""
    for name in ("app", "home", "tmp"):
        (app.folder / name).mkdir()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = _PORT if hold.own_network else free.getsockname()[1]
    env = {"PATH": os.defpath, "HOME": str(app.folder / "home"), "LANG": "C.UTF-8"}
    job = {**outside, "port": port, "environment": [*env, "LC_CTYPE", "CODEOPTIX_PERFORMANCE_APP"]}
    job["limits"] = _kernel_limits(hold.limits)
    argv = (sys.executable, "-I", "-S", str(_PROGRAM), json.dumps(job))
    app.run(Launch(argv, env, app.folder / "app", (_PROGRAM,)), _MEMORY_BYTES)
    deadline = time.monotonic() + _SECONDS
    while not (report := _report(app)):
        if (ended := app.wait_exit(0.002)) is not None:
            return ended.log_tail.splitlines()[-1] if ended.log_tail else "it ended at once", {}
        if time.monotonic() > deadline:
            return "it did not answer in time", {}
    if not report["works"]:
        return "a program inside cannot write to its folder or listen on loopback", {}
    if not _is_reached(app, port):
        return "a program inside cannot be reached", {}
    return "", report


def _report(app: WardenedApp) -> dict[str, Any]:
    for line in app.log().tail.splitlines():
        if line.startswith('{"kept"'):
            report: dict[str, Any] = json.loads(line)
            return report
    return {}


def _is_reached(app: WardenedApp, port: int) -> bool:
    doorway = app.doorway(Listener("127.0.0.1", port))
    try:
        connection = (
            doorway.connect(_SECONDS)
            if doorway
            else socket.create_connection(("127.0.0.1", port), _SECONDS)
        )
        with connection:
            return connection.recv(1) == b"!"
    except OSError:
        return False


def _kernel_limits(limits: Limits) -> dict[str, int]:
    """What the kernel must have been told for each process."""
    most_files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    open_files = limits.open_files
    if most_files != resource.RLIM_INFINITY:
        open_files = min(open_files, most_files)
    return {"RLIMIT_NOFILE": open_files, "RLIMIT_FSIZE": limits.file_bytes, "RLIMIT_CORE": 0}


@contextmanager
def _outside(folder: Path) -> Iterator[dict[str, Any]]:
    """Things an app must not reach, made for the purpose.

    ``folder`` lies beside the app's own; the warden removes it with them, whatever happens to us.
    """
    name = f"codeoptix-performance-{secrets.token_hex(8)}"
    secret, shared, packages = folder / "secret", folder / "shared", get_path("purelib")
    folder.mkdir()
    secret.write_text("secret", encoding="ascii")
    shared.mkdir()
    shared.chmod(0o1777)
    folder.chmod(0o711)
    secret.chmod(0o600)
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.socket(socket.AF_UNIX) as named,
    ):
        named.bind("\0" + name)
        named.listen()
        yield {
            "outside_port": listener.getsockname()[1],
            "outside_files": [str(secret), *_files_of_home()],
            "outside_folders": ["/usr", "/", str(folder), str(shared), packages],
            "outside_process": os.getpid(),
            "outside_name": name,
            "outside_messages": str(Path("/proc/self/ns/ipc").readlink()),
        }


def _files_of_home() -> list[str]:
    try:
        files = [str(path) for path in users_home().iterdir() if path.is_file()]
    except OSError:
        return []
    return sorted(files)[:_FILES_OF_HOME]
