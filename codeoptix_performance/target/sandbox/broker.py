"""The first process inside a sandbox: starts the app, and hands connections to it out.

A program of its own, run as ``python -I -S broker.py`` with the standard library only. It reads
``{"argv", "env", "cwd", "identity"}`` as JSON from standard input and has two sockets
(``AF_UNIX``, ``SOCK_SEQPACKET``) that the app never gets:

    3   tells the warden ``broker`` and ``app`` (the kernel adds each sender's process id as the
        warden sees it), and ``ended CODE``
    4   takes channels: each message carries one end of a socket pair. Over a channel, every
        message of one byte (4 or 6, the family) and two bytes (the port) asks for a connection;
        every answer is four bytes, 0 with a connected socket or else an error number, in the
        order asked

A connection that was made in here ends in here, so holding one gives no way out; and what the
app might gain by taking this process over is the same. It is closed to the app all the same:
not dumpable, and, as process 1, deaf to every signal from inside that it has no handler for.
When it ends, the kernel ends every process of the namespace; it ends when the last of them has,
or when socket 4 closes.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import select
import signal
import socket
import struct
import sys
import time
from collections import deque
from typing import Any

_STATUS_FD, _CHANNELS_FD = 3, 4
_ASK = struct.Struct("!BH")
_ANSWER = struct.Struct("!i")
_CONNECT_SECONDS = 10.0
_MOST_ASKED = 1024
_LAST_CAPABILITY = 63
_CAPABILITIES_VERSION_3 = struct.pack("Ii", 0x20080522, 0)
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 1, 4, 24, 38


class Dial:
    """One connection that was asked for; ``error`` is None while it is being made."""

    def __init__(self, channel: Channel, family: int, port: int) -> None:
        self.channel = channel
        self.deadline = time.monotonic() + _CONNECT_SECONDS
        self.socket: socket.socket | None = None
        self.error: int | None = None
        kind = socket.SOCK_STREAM | socket.SOCK_NONBLOCK
        try:
            if family == 6:
                self.socket = socket.socket(socket.AF_INET6, kind)
                code = self.socket.connect_ex(("::1", port))
            else:
                self.socket = socket.socket(socket.AF_INET, kind)
                code = self.socket.connect_ex(("127.0.0.1", port))
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            code = error.errno or errno.EIO
        if code != errno.EINPROGRESS:
            self.error = code

    def close(self) -> None:
        """Lets go of the connection; who received it has its own hold of it."""
        if self.socket is not None:
            self.socket.close()


class Channel:
    """One client's socket and what it has asked for, oldest first."""

    def __init__(self, end: socket.socket) -> None:
        self.end = end
        self.asked: deque[Dial] = deque()
        self.full = False

    def answer(self) -> None:
        """Sends what is ready, in the order asked, as far as the client takes it."""
        self.full = False
        while self.asked and self.asked[0].error is not None:
            dial = self.asked[0]
            words = _ANSWER.pack(dial.error)
            try:
                if dial.error == 0 and dial.socket is not None:
                    socket.send_fds(self.end, [words], [dial.socket.fileno()])
                else:
                    self.end.send(words)
            except BlockingIOError:
                self.full = True
                return
            dial.close()
            self.asked.popleft()

    def interest(self) -> int:
        """What to wait for: further asks unless too many are open, room unless there is some."""
        reading = select.EPOLLIN if len(self.asked) < _MOST_ASKED else 0
        return reading | (select.EPOLLOUT if self.full else 0)


class Broker:
    """The loop over channels, connections that are being made, and children."""

    def __init__(self, app: int, wakeup: int) -> None:
        self.app = app
        self.wakeup = wakeup
        self.status = socket.socket(fileno=_STATUS_FD)
        self.source = socket.socket(fileno=_CHANNELS_FD)
        self.channels: dict[int, Channel] = {}
        self.dials: dict[int, Dial] = {}
        self.epoll = select.epoll()
        self.epoll.register(self.source, select.EPOLLIN)
        self.epoll.register(wakeup, select.EPOLLIN)

    def serve(self) -> None:
        """Until no process of the app is left or nobody holds the other end of socket 4."""
        while True:
            for fd, event in self.epoll.poll(1.0 if self.dials else None):
                if fd == self.source.fileno():
                    if not self.take_channel():
                        return
                elif fd == self.wakeup:
                    os.read(fd, 4096)
                    if not self.reap():
                        return
                elif fd in self.dials:
                    self.finish(self.dials.pop(fd))
                elif fd in self.channels:
                    self.hear(self.channels[fd], event)
            self.give_up_late_dials()

    def take_channel(self) -> bool:
        """Adds the channel that a message carries; False at the end of the work."""
        message, fds, _, _ = socket.recv_fds(
            self.source, 16, 1, socket.MSG_CMSG_CLOEXEC | socket.MSG_DONTWAIT
        )
        for fd in fds:
            end = socket.socket(fileno=fd)
            end.setblocking(False)  # noqa: FBT003 - the standard library's signature
            self.channels[fd] = Channel(end)
            self.epoll.register(fd, select.EPOLLIN)
        return bool(message)

    def hear(self, channel: Channel, event: int) -> None:
        """Starts what a client asks for; drops the client at its end."""
        if event & select.EPOLLHUP:
            self.drop(channel)
            return
        try:
            if event & select.EPOLLOUT:
                channel.answer()
            while channel.interest() & select.EPOLLIN:
                message = channel.end.recv(16)
                if len(message) != _ASK.size:
                    self.drop(channel)
                    return
                self.dial(channel, *_ASK.unpack(message))
        except BlockingIOError:
            pass  # all asks are heard
        except OSError:
            self.drop(channel)
            return
        self.epoll.modify(channel.end, channel.interest())

    def dial(self, channel: Channel, family: int, port: int) -> None:
        """Begins a connection; on loopback it is nearly always made at once."""
        dial = Dial(channel, family, port)
        channel.asked.append(dial)
        if dial.error is None and dial.socket is not None:
            self.dials[dial.socket.fileno()] = dial
            self.epoll.register(dial.socket, select.EPOLLOUT)
        else:
            channel.answer()

    def finish(self, dial: Dial, error: int | None = None) -> None:
        """Notes what became of a connection and tells whom it concerns."""
        if dial.socket is None:
            return
        self.epoll.unregister(dial.socket)
        made = dial.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        dial.error = made if error is None else error
        try:
            dial.channel.answer()
            self.epoll.modify(dial.channel.end, dial.channel.interest())
        except OSError:
            self.drop(dial.channel)

    def give_up_late_dials(self) -> None:
        """An app whose backlog is full must not keep its clients waiting for ever."""
        now = time.monotonic()
        for fd, dial in list(self.dials.items()):
            if now > dial.deadline:
                del self.dials[fd]
                self.finish(dial, errno.ETIMEDOUT)

    def drop(self, channel: Channel) -> None:
        """Forgets a client and everything it still waits for."""
        self.channels.pop(channel.end.fileno(), None)
        for dial in channel.asked:
            if dial.socket is not None:
                self.dials.pop(dial.socket.fileno(), None)
            dial.close()
        channel.asked.clear()
        channel.end.close()

    def reap(self) -> bool:
        """Collects ended processes and tells of the app's end; whether any process is left."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if pid == 0:
                return True
            if pid == self.app:
                self.status.send(f"ended {os.waitstatus_to_exitcode(status)}".encode())


def close_to_the_app(identity: int | None) -> None:
    """No privilege from here on, and nothing for the app to read or trace."""
    libc = ctypes.CDLL(None, use_errno=True)
    prctl = libc.prctl
    prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if identity is not None:
        for capability in range(_LAST_CAPABILITY + 1):
            prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
        os.setgroups([])
        os.setresgid(identity, identity, identity)
        os.setresuid(identity, identity, identity)
    libc.capset(_CAPABILITIES_VERSION_3, bytes(24))
    prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def start(job: dict[str, Any]) -> int:
    """Starts the app in a session of its own; its process id."""
    pid = os.fork()
    if pid:
        return pid
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(number, signal.SIG_DFL)
        os.chdir(job["cwd"])
        os.write(_STATUS_FD, b"app")
        os.closerange(3, 64)
        os.execvpe(job["argv"][0], job["argv"], job["env"])  # noqa: S606 - no shell is the point
    except OSError as error:
        os.write(2, f"{job['argv'][0]}: {error.strerror}\n".encode())
    finally:
        os._exit(127)


def main() -> None:
    """Ends when the sandbox has nothing left to hold."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Python's handler would end us at the app's word
    job = json.load(sys.stdin)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for fd in (_STATUS_FD, _CHANNELS_FD):
        os.set_inheritable(fd, False)  # noqa: FBT003 - the standard library's signature
    close_to_the_app(job["identity"])
    wakeup, wakeup_writer = os.pipe()
    os.set_blocking(wakeup_writer, False)
    signal.set_wakeup_fd(wakeup_writer, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    os.write(_STATUS_FD, b"broker")
    Broker(start(job), wakeup).serve()


if __name__ == "__main__":
    main()
