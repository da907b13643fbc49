"""The way into a sandbox: connections made inside and passed out, each checked on arrival.

The protocol, for any client. A channel (``Doorway.open_channel``) is a Unix socket that keeps
message boundaries and belongs to one client. ``Doorway.ask`` sent over it asks for one connection;
one message answers, in the order asked; ``received_connection`` makes a checked socket of what
``recvmsg(*ANSWER)`` gave. Closing the channel forgets what was asked. A client with a loop of its
own (gevent, asyncio) does the sending and receiving its own way and uses the rest as it is.
"""

from __future__ import annotations

import errno
import os
import socket
import struct
from dataclasses import dataclass
from typing import Any

_ASK = struct.Struct("!BH")
_CODE = struct.Struct("!i")
_MOST_DESCRIPTORS = 8

ANSWER = (_CODE.size, socket.CMSG_SPACE(_MOST_DESCRIPTORS * 4), socket.MSG_CMSG_CLOEXEC)
"""What to give ``recvmsg`` for one answer: its size, room for descriptors, flags."""

Ancillary = list[tuple[int, int, Any]]


class RefusedConnectionError(ConnectionError):
    """What came out of a sandbox is not the connection that was asked for."""


@dataclass(frozen=True, slots=True)
class Doorway:
    """The way to one address inside: ``host`` (``127.0.0.1`` or ``::1``) and ``port``.

    ``source`` belongs to the app's supervision, which closes it at the end of the app. All
    methods may be used from several threads.
    """

    source: socket.socket
    host: str
    port: int

    @property
    def ask(self) -> bytes:
        """The message that asks for one connection."""
        return _ASK.pack(6 if ":" in self.host else 4, self.port)

    def open_channel(self) -> socket.socket:
        """A new channel, blocking, to be closed by the caller.

        Raises ``ConnectionError`` when the sandbox has ended.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            try:
                socket.send_fds(self.source, [b"+"], [theirs.fileno()])
            except OSError as error:
                ours.close()
                raise ConnectionRefusedError(errno.ECONNREFUSED, "the app has ended") from error
        return ours

    def connect(self, seconds: float | None) -> socket.socket:
        """A blocking connection to the app, with ``seconds`` as its time-out.

        Raises ``OSError`` as a connect would: refused, timed out; or ``RefusedConnectionError``.
        """
        with self.open_channel() as channel:
            channel.settimeout(seconds)
            try:
                channel.send(self.ask)
            except BrokenPipeError as error:
                raise ConnectionRefusedError(errno.ECONNREFUSED, "the app has ended") from error
            connection = self.receive(channel)
        connection.settimeout(seconds)
        return connection

    def receive(self, channel: socket.socket) -> socket.socket:
        """The connection that the next answer of ``channel`` brings; ``OSError`` if it does not."""
        message, ancillary, flags, _ = channel.recvmsg(*ANSWER)
        return received_connection(self, message, ancillary, flags)


def received_connection(
    doorway: Doorway, message: bytes, ancillary: Ancillary, flags: int
) -> socket.socket:
    """The non-blocking connected socket in an answer, after it was checked to be what was asked.

    Raises ``OSError`` with the error number that was answered, ``ConnectionError`` when the
    sandbox has ended, and ``RefusedConnectionError`` for anything but one TCP connection to the
    doorway's address. No descriptor stays open then.
    """
    descriptors = _descriptors(ancillary)
    try:
        _check_answer(message, flags, len(descriptors))
        return _checked(descriptors[0], doorway)
    except OSError:
        for descriptor in descriptors:
            os.close(descriptor)
        raise


def _check_answer(message: bytes, flags: int, descriptors: int) -> None:
    if not message and not descriptors:
        raise ConnectionRefusedError(errno.ECONNREFUSED, "the app has ended")
    if len(message) != _CODE.size or flags & (socket.MSG_CTRUNC | socket.MSG_TRUNC):
        raise RefusedConnectionError("an answer of another form than agreed")
    (code,) = _CODE.unpack(message)
    if code:
        raise OSError(code, os.strerror(code))
    if descriptors != 1:
        raise RefusedConnectionError(f"{descriptors} descriptors instead of one")


def _descriptors(ancillary: Ancillary) -> list[int]:
    found: list[int] = []
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            whole = len(data) - len(data) % 4
            found += struct.unpack(f"{whole // 4}i", data[:whole])
    return found


def _checked(descriptor: int, doorway: Doorway) -> socket.socket:
    """The descriptor as a socket; where it is refused it stays the caller's to close."""
    try:
        connection = socket.socket(fileno=descriptor)
    except OSError as error:
        raise RefusedConnectionError("a descriptor that is no socket") from error
    try:
        _check_kind(connection, socket.AF_INET6 if ":" in doorway.host else socket.AF_INET)
        _check_peer(connection, doorway)
    except RefusedConnectionError:
        connection.detach()
        raise
    connection.setblocking(False)  # noqa: FBT003 - the standard library's signature
    return connection


def _check_kind(connection: socket.socket, family: int) -> None:
    if connection.family != family or connection.type != socket.SOCK_STREAM:
        raise RefusedConnectionError("a socket of another kind than TCP")
    if connection.proto != socket.IPPROTO_TCP:
        raise RefusedConnectionError("a stream of another protocol than TCP")


def _check_peer(connection: socket.socket, doorway: Doorway) -> None:
    try:
        host, port = connection.getpeername()[:2]
    except OSError as error:
        raise RefusedConnectionError("a socket that is not connected") from error
    if (host, port) != (doorway.host, doorway.port):
        raise RefusedConnectionError(f"a connection to {host} port {port}")
