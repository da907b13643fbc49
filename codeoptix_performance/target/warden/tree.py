"""The app's processes as the warden sees them: found, heard of, counted and ended."""

from __future__ import annotations

import os
import signal
import socket
import struct
import time
from contextlib import suppress
from typing import Any

from codeoptix_performance.target.warden.becoming import become
from codeoptix_performance.target.warden.output import Output

_CREDENTIALS = struct.Struct("iII")
_FREEZING_PASSES = 50
_LISTENING = "0A"


class Tree:
    """The app and everything that descends from it.

    ``root`` is the app's first process. In a sandbox it lives behind two others that are not the
    app: ``wrapper``, our child, and ``broker``, which tells over ``status`` what becomes of it.
    """

    def __init__(self) -> None:
        self.root = 0
        self.root_code: int | None = None
        self.stands_in = 0
        self.wrapper = 0
        self.broker = 0
        self.identity: int | None = None
        self.status, self._broker_status = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.status.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)

    def start(self, job: dict[str, Any], output: Output, channels: socket.socket) -> None:
        """Starts the app in a session of its own; in a sandbox ``hear`` learns its process id."""
        self.identity = job["identity"]
        child = os.fork()
        if child == 0:
            become(job, output.writer, self._broker_status.fileno(), channels.fileno())
        os.close(output.writer)
        self._broker_status.close()
        channels.close()
        if job["wrapper"]:
            self.wrapper = child
        else:
            self.root = child

    @property
    def started(self) -> bool:
        """Whether there is anything to watch."""
        return bool(self.root or self.wrapper)

    def hear(self) -> bool:
        """Takes what the broker tells; whether it can tell more."""
        while True:
            try:
                message, extra, _, _ = self.status.recvmsg(
                    64, socket.CMSG_SPACE(_CREDENTIALS.size), socket.MSG_DONTWAIT
                )
            except BlockingIOError:
                return True
            if not message:
                return False
            sender = _CREDENTIALS.unpack(extra[0][2])[0] if extra else 0
            if message == b"broker":
                self.broker = sender
            elif message == b"app":
                self.root = sender
            elif message.startswith(b"ended "):
                self.root_code = int(message[6:])

    def reap(self) -> bool:
        """Collects what has ended; whether any process of the tree is left."""
        if self.wrapper:
            self.hear()
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if pid == 0:
                return True
            code = os.waitstatus_to_exitcode(status)
            if pid == self.root:
                self.root_code = code
            elif pid == self.wrapper and self.root_code is None:
                self.hear()
                self.root_code = _as_signal(code) if self.root_code is None else self.root_code

    def processes(self) -> list[tuple[int, int]]:
        """Id and number of threads of every living process of the app, parents before children."""
        table: dict[int, list[tuple[int, int]]] = {}
        for name in os.listdir("/proc"):  # noqa: PTH208 - as in read
            if name.isdigit():
                fields = read(f"/proc/{name}/stat").rpartition(b")")[2].split()
                if fields:
                    table.setdefault(int(fields[1]), []).append((int(name), int(fields[17])))
        found = [(os.getpid(), 0)]
        for pid, _ in found:
            found += table.get(pid, ())
        return [row for row in found[1:] if row[0] not in (self.wrapper, self.broker)]

    def descendants(self) -> list[int]:
        """Every living process of the app, parents before their children."""
        return [pid for pid, _ in self.processes()]

    def listening(self) -> list[tuple[str, int]]:
        """Address (as the kernel writes it, in hex) and port of each listener.

        Parents' before children's, lower descriptors first: nearly the order they were opened in.
        """
        pids = self.descendants()
        order: dict[str, int] = {}
        for pid in pids:
            for inode in _socket_inodes(pid):
                order.setdefault(inode, len(order))
        rows = {row for pid in pids[:1] for row in _listeners(pid) if row[0] in order}
        return [(host, port) for _, host, port in sorted(rows, key=lambda row: order[row[0]])]

    def kill(self) -> None:
        """Kills every process of the tree, also while they multiply."""
        if self.broker and _send(self.broker, signal.SIGKILL):
            return  # the kernel ends a namespace with its first process
        if self.identity is not None:
            _kill_all_of(self.identity)
        frozen: set[int] = set()
        for _ in range(_FREEZING_PASSES):
            moving = set(self.descendants()) - frozen
            if not moving:
                break
            for pid in moving:
                _send(pid, signal.SIGSTOP)
            frozen |= moving
        for pid in (*frozen, *self.descendants(), self.wrapper):
            if pid:
                _send(pid, signal.SIGKILL)

    def end(self, output: Output, grace_seconds: float) -> None:
        """Asks the app to end, waits for ``grace_seconds``, and kills whatever is left."""
        if self.reap() and self.root_code is None and self.root:
            with suppress(ProcessLookupError):
                os.killpg(self.root, signal.SIGTERM)
        deadline = time.monotonic() + (grace_seconds if self.root else 0.0)
        while self.reap():
            if self.root_code is not None or time.monotonic() >= deadline:
                self.kill()
            output.drain()
            time.sleep(0.005)


def read(path: str) -> bytes:
    """What a file of ``/proc`` says; nothing when its process is gone."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - pathlib would double the start-up time
            return file.read()
    except OSError:
        return b""


def _send(pid: int, number: int) -> bool:
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _kill_all_of(identity: int) -> None:
    """The kernel's own loop over all processes of a user, which nobody outruns by forking."""
    child = os.fork()
    if child == 0:
        try:
            os.setresuid(identity, identity, identity)
            os.kill(-1, signal.SIGKILL)
        finally:
            os._exit(0)
    os.waitpid(child, 0)


def _as_signal(code: int) -> int:
    """Bwrap tells the signal that ended its child as a shell does, above 128."""
    return 128 - code if code > 128 else code


def _socket_inodes(pid: int) -> list[str]:
    """The process's sockets by ascending descriptor, as far as it still had them."""
    inodes = []
    try:
        for fd in sorted(map(int, os.listdir(f"/proc/{pid}/fd"))):  # noqa: PTH208 - as in read
            link = os.readlink(f"/proc/{pid}/fd/{fd}")  # noqa: PTH115 - as in read
            if link.startswith("socket:["):
                inodes.append(link[8:-1])
    except OSError:
        return inodes
    return inodes


def _listeners(pid: int) -> set[tuple[str, str, int]]:
    """Inode, hex address and port of every TCP listener in the network that ``pid`` sees."""
    rows = set()
    for table in ("tcp", "tcp6"):
        for line in read(f"/proc/{pid}/net/{table}").decode().splitlines()[1:]:
            fields = line.split()
            if fields[3] == _LISTENING:
                address, port = fields[1].split(":")
                rows.add((fields[9], address, int(port, 16)))
    return rows
