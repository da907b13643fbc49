"""One app's process tree, started, watched and ended through its warden."""

from __future__ import annotations

import json
import re
import secrets
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from codeoptix_performance.errors import EngineError
from codeoptix_performance.target.last_words import telling_lines
from codeoptix_performance.target.sandbox.doorway import Doorway
from codeoptix_performance.target.sandbox.hold import NOT_HELD, Hold
from codeoptix_performance.target.sandbox.orders import orders_for
from codeoptix_performance.target.sweep import kill_carriers
from codeoptix_performance.target.target import AppExit
from codeoptix_performance.target.warden.removal import remove

TOKEN_VARIABLE = "CODEOPTIX_PERFORMANCE_APP"  # noqa: S105 - a mark on processes, no secret
_PACKAGES = Path(__file__).parents[2]
_START_WARDEN = (
    "import sys; sys.path.append(sys.argv.pop(1)); "
    "from codeoptix_performance.target.warden.main import main; main()"
)
_GRACE_SECONDS = 1.0
_ANSWER_SECONDS = 5.0
_END_SECONDS = 10.0
_TAIL_LINES = 20
_LINE_CHARACTERS = 400
_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Launch:
    """What is executed, where, and with which environment: a sandbox is wrapped around it.

    ``readable`` are files and folders it needs besides the system, this interpreter and the
    installation of its own program.
    """

    argv: tuple[str, ...]
    env: Mapping[str, str]
    cwd: Path
    readable: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Log:
    """The first 16 KiB and the last 64 KiB that an app wrote; ``byte_count`` of all of it."""

    head: str = ""
    tail: str = ""
    byte_count: int = 0


@dataclass(frozen=True, slots=True)
class Listener:
    """A TCP port the app listens on; ``host`` as it stands in a URL."""

    host: str
    port: int


class WardenedApp:
    """An app's own folder and its processes, from before the first to after the last.

    Safe to use from several threads. Leaving the context ends the tree, removes the folder and
    waits until both are gone, whatever was raised inside.
    """

    def __init__(self, hold: Hold = NOT_HELD) -> None:
        self.hold = hold
        self.folder = Path(tempfile.mkdtemp(prefix="codeoptix-performance-"))
        self.token = secrets.token_hex(16)
        self.pid = 0
        self.begun_at = 0.0
        self._lock = threading.Lock()
        self._received = b""
        self._exited: dict[str, Any] | None = None
        self._answers: list[dict[str, Any]] = []
        self._last_log = Log()
        self._control, control = socket.socketpair()
        self._channels, channels = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._warden = _start_warden(control, channels, self.folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def run(self, launch: Launch, memory_limit_bytes: int) -> None:
        """Starts the app; returns when its process exists."""
        mark = {TOKEN_VARIABLE: self.token}
        orders = orders_for(self.hold, self.folder, launch)
        with self._lock:
            self.begun_at = time.monotonic()
            self._send(
                do="run",
                argv=launch.argv,
                env={**launch.env, **mark},
                cwd=str(launch.cwd),
                memory_limit=memory_limit_bytes,
                grace=_GRACE_SECONDS,
                mark=mark,
                **orders,
            )
            deadline = time.monotonic() + _ANSWER_SECONDS
            while not self.pid and self._exited is None:
                self._receive(deadline - time.monotonic())

    def wait_exit(self, seconds: float) -> AppExit | None:
        """How the app ended, as soon as it does; None when it still runs after ``seconds``."""
        deadline = time.monotonic() + seconds
        while True:
            with self._lock:
                if self._exited is None:
                    self._receive_what_is_there()
                if self._exited is not None:
                    break
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            select_readable(self._control, min(left, 0.05))
        return AppExit(
            code=self._exited["code"],
            out_of_memory=self._exited["out_of_memory"],
            log_tail=self.log_tail(),
        )

    def exit(self) -> AppExit | None:
        """How it ended, or None while it runs."""
        return self.wait_exit(0.0)

    def log(self) -> Log:
        """What the app has written so far; after the end, what it had written by then."""
        answer = self._ask("log")
        if answer is not None:
            self._last_log = Log(answer["head"], answer["tail"], answer["bytes"])
        return self._last_log

    def log_tail(self) -> str:
        """At most the last 20 lines of standard output and error so far, without its access log."""
        words = _COLOURS.sub("", self.log().tail).replace(f"{self.folder}/app/", "")
        lines = telling_lines(words, _TAIL_LINES)
        return "\n".join(line.rstrip()[:_LINE_CHARACTERS] for line in lines)

    def listeners(self) -> tuple[Listener, ...]:
        """The TCP ports that the app's processes listen on, its first process's first."""
        answer = self._ask("ports")
        return tuple(_listener(*row) for row in answer["ports"]) if answer else ()

    def doorway(self, listener: Listener) -> Doorway | None:
        """The way to a port of an app with a network of its own; None where it can be dialed."""
        if not self.hold.own_network:
            return None
        return Doorway(self._channels, listener.host.strip("[]"), listener.port)

    def stop(self) -> None:
        """Ends the tree and removes the folder; does nothing the second time.

        Raises ``EngineError`` where something of the folder is left.
        """
        with self._lock:
            if self._control.fileno() < 0:
                return
        self.log()
        self.exit()
        with self._lock:
            self._send(do="stop")
            self._control.close()
            self._channels.close()
        try:
            self._warden.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._warden.kill()
            self._warden.wait()
        kill_carriers(f"{TOKEN_VARIABLE}={self.token}")
        left = remove(str(self.folder))
        if left:
            raise EngineError(f"The app's folder {self.folder} could not be removed: {left}.")

    def _ask(self, question: str) -> dict[str, Any] | None:
        """The warden's answer, or None when there is none any more."""
        with self._lock:
            self._answers.clear()
            deadline = time.monotonic() + _ANSWER_SECONDS
            if not self._send(do=question):
                return None
            while self._receive(deadline - time.monotonic()):
                for answer in self._answers:
                    if answer["event"] == question:
                        return answer
            return None

    def _send(self, **message: Any) -> bool:
        try:
            self._control.sendall(json.dumps(message).encode() + b"\n")
        except OSError:
            return False
        return True

    def _receive_what_is_there(self) -> None:
        while self._control.fileno() >= 0 and select_readable(self._control, 0):
            if not self._receive(0):
                return

    def _receive(self, seconds: float) -> bool:
        """Takes one chunk from the warden; False when it is gone or says nothing in time."""
        if not select_readable(self._control, max(0.0, seconds)):
            return False
        try:
            chunk = self._control.recv(262144)
        except OSError:
            chunk = b""
        if not chunk:
            self._exited = self._exited or {"code": -signal.SIGKILL, "out_of_memory": False}
            return False
        *lines, self._received = (self._received + chunk).split(b"\n")
        for line in lines:
            self._note(json.loads(line))
        return True

    def _note(self, message: dict[str, Any]) -> None:
        if message["event"] == "started":
            self.pid = message["pid"]
        elif message["event"] == "exited":
            self._exited = message
        else:
            self._answers.append(message)


def select_readable(channel: socket.socket, seconds: float) -> bool:
    """Whether ``channel`` has something to read (or has ended) within ``seconds``."""
    if channel.fileno() < 0:
        return False
    poll = select.poll()
    poll.register(channel.fileno(), select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def _start_warden(
    control: socket.socket, channels: socket.socket, folder: Path
) -> subprocess.Popen[bytes]:
    fds = control.fileno(), channels.fileno()
    program = (sys.executable, "-I", "-S", "-c", _START_WARDEN, str(_PACKAGES))
    with control, channels:
        try:
            return subprocess.Popen(
                [*program, *map(str, fds), str(folder)],
                pass_fds=fds,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                env={},
            )
        except OSError as error:
            remove(str(folder))
            raise EngineError(f"The app's supervisor could not be started: {error}.") from error


def _listener(address: str, port: int) -> Listener:
    """``address`` is the kernel's hex: four or sixteen bytes in words of the machine's order."""
    words = [bytes.fromhex(address[n : n + 8])[::-1] for n in range(0, len(address), 8)]
    packed = b"".join(words)
    if len(packed) == 4:
        any_or_loopback = packed[0] in (0, 127)
        return Listener("127.0.0.1" if any_or_loopback else socket.inet_ntoa(packed), port)
    if packed[:12] == b"\0" * 10 + b"\xff\xff":
        return _listener(packed[12:][::-1].hex(), port)
    if not any(packed):
        return Listener("127.0.0.1", port)
    return Listener(f"[{socket.inet_ntop(socket.AF_INET6, packed)}]", port)
