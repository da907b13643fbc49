"""Runs where an app would run, tries what an app must not, and prints what came of it.

A program of its own: ``python -I -S self_check.py JOB`` with the standard library only. JOB is a
JSON object; its keys are read below. Prints ``{"kept": {promise: bool}, "works": bool}`` as the
last line, then serves connections on ``port`` with one byte each until it is ended.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import sys
from typing import Any


def main() -> None:
    """Denials first, then the positive controls that an app needs to live."""
    job = json.loads(sys.argv[1])
    kept = {
        "network": not _connects(("127.0.0.1", job["outside_port"])),
        "files-read": not any(map(_reads, job["outside_files"])),
        "files-written": not any(map(_writes_in, job["outside_folders"])),
        "processes": _is_unseen(job["outside_process"]),
        "environment": set(os.environ) <= set(job["environment"]),
        "descriptors": set(_descriptors()) <= {0, 1, 2},
        "privileges": _is_unprivileged(),
        "messages": not _connects("\0" + job["outside_name"])
        and os.readlink("/proc/self/ns/ipc") != job["outside_messages"],  # noqa: PTH115 - fast
        "limits": all(
            resource.getrlimit(getattr(resource, name)) == (value, value)
            for name, value in job["limits"].items()
        ),
    }
    server = socket.create_server(("127.0.0.1", job["port"]))
    works = _connects(("127.0.0.1", job["port"])) and _writes_in(os.getcwd())  # noqa: PTH109
    _leave_a_daemon()
    print(json.dumps({"kept": kept, "works": works}), flush=True)  # noqa: T201 - its only voice
    while True:
        connection, _ = server.accept()
        with connection:
            connection.sendall(b"!")


def _connects(address: Any) -> bool:
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as attempt:
        attempt.settimeout(1.0)
        return attempt.connect_ex(address) == 0


def _reads(path: str) -> bool:
    try:
        with open(path, "rb"):  # noqa: PTH123 - pathlib is slow to import
            return True
    except OSError:
        return False


def _writes_in(folder: str) -> bool:
    path = f"{folder}/.codeoptix-performance-{os.getpid()}"
    try:
        with open(path, "wb"):  # noqa: PTH123 - as above
            pass
        os.unlink(path)  # noqa: PTH108 - as above
    except OSError:
        return False
    return True


def _is_unseen(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _descriptors() -> list[int]:
    found = [int(name) for name in os.listdir("/proc/self/fd")]  # noqa: PTH208 - as above
    return [fd for fd in found if os.path.exists(f"/proc/self/fd/{fd}")]  # noqa: PTH110 - as above


def _is_unprivileged() -> bool:
    with open("/proc/self/status", encoding="ascii") as file:  # noqa: PTH123 - as above
        facts = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
    powers = int(facts["CapPrm"], 16) | int(facts["CapEff"], 16) | int(facts["CapAmb"], 16)
    return os.getuid() != 0 and powers == 0 and facts["NoNewPrivs"] == "1"


def _leave_a_daemon() -> None:
    """A process that forked away twice and has a session of its own."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            signal.pause()
        os._exit(0)
    os.wait()


if __name__ == "__main__":
    main()
