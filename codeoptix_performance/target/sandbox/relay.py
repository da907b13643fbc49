"""For load generators that can only dial: a port of this machine that leads through the doorway.

``relay_to`` runs this file as a program of its own, so that it never takes turns with the load
generator's process: ``python -m …relay CHANNEL HOST PORT``. It listens on 127.0.0.1, prints the
port, and joins every connection it gets with one that the broker makes. It ends when its
standard input does, which the kernel closes with the process that started it.
"""

from __future__ import annotations

import errno
import os
import select
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from codeoptix_performance.errors import EngineError
from codeoptix_performance.target.sandbox.doorway import (
    ANSWER,
    Doorway,
    RefusedConnectionError,
    received_connection,
)

_CHUNK = 256 * 1024
_BACKLOG = 4096
_END_SECONDS = 5.0
_READ, _WRITE = select.EPOLLIN | select.EPOLLRDHUP, select.EPOLLOUT


@contextmanager
def relay_to(doorway: Doorway) -> Iterator[str]:
    """``http://127.0.0.1:PORT`` that anybody on this machine can dial, while the context lasts.

    Raises ``EngineError`` if the relay does not start.
    """
    channel = doorway.open_channel()
    with channel:
        words = (str(channel.fileno()), doorway.host, str(doorway.port))
        process = subprocess.Popen(
            [sys.executable, "-I", "-m", __name__, *words],
            pass_fds=(channel.fileno(),),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={},
        )
    with process:
        try:
            port = process.stdout.readline().strip() if process.stdout else b""
            if not port:
                raise EngineError("The relay into the app's sandbox did not start.")
            yield f"http://127.0.0.1:{port.decode()}"
        finally:
            if process.stdin:
                process.stdin.close()
            try:
                process.wait(_END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


class Side:
    """One of the two connections of a pair, and what is to be written to it."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.other: Side | None = None
        self.unsent = b""
        self.ended = False
        self.watched = 0


class Relay:
    """The loop: accepts, asks the broker, and copies both ways."""

    def __init__(self, channel: socket.socket, doorway: Doorway, listener: socket.socket) -> None:
        self.channel = channel
        self.doorway = doorway
        self.listener = listener
        self.waiting: deque[socket.socket] = deque()
        self.sides: dict[int, Side] = {}
        self.epoll = select.epoll()
        for source in (0, channel, listener):
            self.epoll.register(source, select.EPOLLIN)

    def serve(self) -> None:
        """Until standard input or the app ends."""
        while True:
            for fd, event in self.epoll.poll():
                if fd == 0:
                    return
                if fd == self.listener.fileno():
                    self.accept()
                elif fd == self.channel.fileno():
                    if not self.join():
                        return
                elif (side := self.sides.get(fd)) is not None:
                    self.copy(side, event)

    def accept(self) -> None:
        """Takes one connection and asks for its partner."""
        try:
            connection, _ = self.listener.accept()
        except OSError as error:
            if error.errno in (errno.EAGAIN, errno.ECONNABORTED, errno.EMFILE):
                return
            raise
        connection.setblocking(False)  # noqa: FBT003 - the standard library's signature
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.waiting.append(connection)
        self.channel.send(self.doorway.ask)

    def join(self) -> bool:
        """Joins the oldest waiting connection with what the broker answers; False at its end."""
        answer, ancillary, flags, _ = self.channel.recvmsg(*ANSWER)
        if not answer and not ancillary:
            return False
        client = self.waiting.popleft()
        try:
            inner = received_connection(self.doorway, answer, ancillary, flags)
        except (RefusedConnectionError, OSError):
            client.close()  # the client sees that the app does not take the connection
            return True
        one, two = Side(client), Side(inner)
        one.other, two.other = two, one
        for side in (one, two):
            self.sides[side.connection.fileno()] = side
            self.watch(side)
        return True

    def copy(self, side: Side, event: int) -> None:
        """Moves what has come to the other side, and what could not be sent before."""
        other = side.other
        if other is None:
            return
        try:
            if event & _WRITE and side.unsent:
                side.unsent = side.unsent[side.connection.send(side.unsent) :]
            if event & (_READ | select.EPOLLHUP | select.EPOLLERR) and not other.unsent:
                self.read(side, other)
        except BlockingIOError:
            pass  # the next event tells when to go on
        except OSError:
            self.close(side, other)
            return
        if side.ended and other.ended and not side.unsent and not other.unsent:
            self.close(side, other)
            return
        for one in (side, other):
            self.watch(one)

    @staticmethod
    def read(side: Side, other: Side) -> None:
        """One chunk from ``side`` to ``other``, or the end of what ``side`` says."""
        chunk = side.connection.recv(_CHUNK)
        if not chunk:
            side.ended = True
            other.connection.shutdown(socket.SHUT_WR)
            return
        try:
            sent = other.connection.send(chunk)
        except BlockingIOError:
            sent = 0
        other.unsent = chunk[sent:]

    def watch(self, side: Side) -> None:
        """Waits for words unless the other side is still busy with the last ones, and for room."""
        other = side.other
        reading = 0 if side.ended or (other is not None and other.unsent) else _READ
        wanted = reading | (_WRITE if side.unsent else 0)
        if wanted != side.watched:
            fd = side.connection.fileno()
            if side.watched:
                self.epoll.modify(fd, wanted) if wanted else self.epoll.unregister(fd)
            else:
                self.epoll.register(fd, wanted)
            side.watched = wanted

    def close(self, *pair: Side) -> None:
        """Lets go of both sides."""
        for side in pair:
            self.sides.pop(side.connection.fileno(), None)
            side.connection.close()
            side.other = None


def main() -> None:
    """The program; its arguments are described above."""
    channel = socket.socket(fileno=int(sys.argv[1]))
    doorway = Doorway(channel, sys.argv[2], int(sys.argv[3]))
    listener = socket.create_server(("127.0.0.1", 0), backlog=_BACKLOG)
    listener.setblocking(False)  # noqa: FBT003 - the standard library's signature
    os.write(1, f"{listener.getsockname()[1]}\n".encode())
    Relay(channel, doorway, listener).serve()


if __name__ == "__main__":
    main()
