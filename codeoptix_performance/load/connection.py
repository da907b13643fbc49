"""One user's keep-alive connection: a request out, an answer or a cause back.

Imports gevent: to be imported after ``import_locust`` only.
"""

from __future__ import annotations

import errno
import os
import socket as native
import ssl
from time import perf_counter
from typing import Any

import gevent
from gevent import Timeout, socket
from gevent.ssl import SSLContext
from httptools import HttpParserError

from codeoptix_performance.load.answer import Answer, AnswerParser
from codeoptix_performance.load.engine import GENERATOR_FAULT
from codeoptix_performance.load.server_address import ServerAddress
from codeoptix_performance.units import format_duration

_BLOCK = 65536
_READ = 1
_IDLE = 0.01
"""Seconds after which a reused connection is looked at before it is trusted with a request."""
_IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"})

CLOSED_WITHOUT_ANSWER = "closed the connection without an answer"
CLOSED_WITHIN_ANSWER = "closed the connection in the middle of an answer"
NOT_HTTP = "answered something that is not HTTP"
_SYSTEM_CAUSES: dict[int | None, str] = {
    errno.ECONNREFUSED: "connection refused",
    errno.ECONNRESET: "connection reset by the app",
    errno.EPIPE: "connection reset by the app",
    errno.EMFILE: f"{GENERATOR_FAULT}ran out of open files",
    errno.ENFILE: f"{GENERATOR_FAULT}ran out of open files",
    errno.EADDRNOTAVAIL: f"{GENERATOR_FAULT}ran out of ports",
}


class Connection:
    """Opened by the first exchange, reused as long as the app allows it, closed by ``close``.

    ``timeout`` bounds a whole exchange: connecting, sending, and the last byte of the answer.
    Redirects are not followed. A request is sent twice in one case only: the app had closed the
    reused connection before a single byte of an answer, and the method is idempotent.
    """

    def __init__(
        self, address: ServerAddress, *, timeout: float, tls_context: SSLContext | None
    ) -> None:
        self._address = address
        self._timeout = timeout
        self._tls_context = tls_context
        self._candidates = address.candidates
        self._line: _Line | None = None

    def exchange(self, method: str, wire: bytes, *, keep_body: bool = False) -> Answer:
        """The answer to ``wire``, or why there is none; raises nothing but being killed."""
        deadline = perf_counter() + self._timeout
        usable = False
        try:
            parser = self._exchange(method, wire, deadline, keep_body=keep_body)
            answer = parser.answer()
            # Servers often close after an unhandled error without having said so: a 5xx ends the
            # connection, or the next request would fail for the same error once more.
            usable = answer.status < 500 and parser.can_be_followed()
        except _TooLateError:
            return Answer(0, 0, f"no answer within {format_duration(self._timeout)}")
        except (OSError, HttpParserError) as error:
            return Answer(0, 0, _cause(error))
        else:
            return answer
        finally:
            if not usable:
                self.close()

    def close(self) -> None:
        """Closes the connection, if there is one; a later exchange opens a new one."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def _exchange(
        self, method: str, wire: bytes, deadline: float, *, keep_body: bool
    ) -> AnswerParser:
        line = self._line
        if line is not None and line.is_stale():
            self.close()
            line = None
        if line is not None:
            try:
                return line.exchange(method, wire, deadline, keep_body=keep_body)
            except (_ClosedWithoutAnswerError, ConnectionResetError, BrokenPipeError):
                if method not in _IDEMPOTENT or line.parser.begun:
                    raise
            self.close()
        line = self._line = self._open(deadline)
        return line.exchange(method, wire, deadline, keep_body=keep_body)

    def _open(self, deadline: float) -> _Line:
        refusal: OSError | None = None
        with Timeout(max(0.0, deadline - perf_counter()), _TooLateError):
            for candidate in self._candidates:
                try:
                    connected = _connect(candidate, self._tls_context, self._address.host)
                except ssl.SSLError:
                    raise
                except OSError as error:
                    refusal = refusal or error
                else:
                    self._candidates = (candidate,)
                    return _Line(connected, self._timeout, encrypted=self._address.tls)
        raise refusal or OSError(errno.EADDRNOTAVAIL, "the host has no address")


class _Line:
    """A connected socket with its parser and its clock.

    One timer serves every exchange: when it fires it looks at the present deadline and starts
    again for what is left, so that an exchange costs no timer of its own.
    """

    def __init__(self, connected: Any, timeout: float, *, encrypted: bool) -> None:
        self.parser = AnswerParser()
        self._socket = connected
        self._hub = gevent.get_hub()
        self._encrypted = encrypted
        self._readable = self._hub.loop.io(connected.fileno(), _READ)
        self._deadline = float("inf")
        self._expired = False
        self._used_at = perf_counter()
        self._timeout = timeout
        self._start_clock(timeout)

    def exchange(
        self, method: str, wire: bytes, deadline: float, *, keep_body: bool
    ) -> AnswerParser:
        """The parser, holding a whole answer."""
        parser = self.parser
        parser.expect(method, keep_body=keep_body)
        self._deadline = deadline
        try:
            self._send(wire)
            while not parser.complete:
                block = self._receive()
                if block:
                    parser.feed(block)
                elif parser.end():
                    break
                else:
                    raise _EndedEarlyError if parser.begun else _ClosedWithoutAnswerError
        except OSError:
            if self._expired:
                raise _TooLateError from None
            raise
        self._deadline = float("inf")
        self._used_at = perf_counter()
        return parser

    def is_stale(self) -> bool:
        """True where the app has closed the idle connection, or sent what nobody asked for.

        Nobody can peek through TLS; there the exchange itself finds out.
        """
        if self._encrypted or perf_counter() - self._used_at < _IDLE:
            return False
        try:
            self._socket.recv(1, native.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True

    def close(self) -> None:
        """Gives up socket, watchers and timer."""
        self._timer.close()
        self._readable.close()
        self._socket.close()

    def _send(self, wire: bytes) -> None:
        if self._encrypted:
            self._socket.sendall(wire)
            return
        sent = 0
        while sent < len(wire):
            try:
                sent += self._socket.send(wire[sent:] if sent else wire)
            except BlockingIOError:
                socket.wait_write(self._socket.fileno())

    def _receive(self) -> bytes:
        if self._encrypted:
            return bytes(self._socket.recv(_BLOCK))
        while True:
            # An answer is hardly ever there at once: waiting first saves a system call.
            self._hub.wait(self._readable)
            try:
                return bytes(self._socket.recv(_BLOCK))
            except BlockingIOError:
                continue

    def _start_clock(self, seconds: float) -> None:
        self._timer = self._hub.loop.timer(seconds, ref=False)
        self._timer.start(self._look_at_clock)

    def _look_at_clock(self) -> None:
        self._timer.close()
        left = self._deadline - perf_counter()
        if left > 0:
            self._start_clock(min(left, self._timeout))
        else:
            self._expire()

    def _expire(self) -> None:
        """Ends the exchange: whoever waits on the socket wakes up."""
        self._expired = True
        try:
            self._socket.shutdown(native.SHUT_RDWR)
        except OSError:
            return  # the app was faster, and the reader has woken by itself


def _connect(candidate: tuple[int, Any], tls_context: SSLContext | None, host: str) -> Any:
    """A plain non-blocking socket, or gevent's own where the bytes are encrypted."""
    family, address = candidate
    connecting = socket.socket(family, native.SOCK_STREAM)
    try:
        connecting.connect(address)
        connecting.setsockopt(native.IPPROTO_TCP, native.TCP_NODELAY, 1)
        if tls_context is not None:
            # Shaking hands within wrap_socket would leave nobody to close the socket when time
            # runs out or the user is killed in the middle of it.
            connecting = tls_context.wrap_socket(
                connecting, server_hostname=host, do_handshake_on_connect=False
            )
            connecting.do_handshake()
            return connecting
        plain = native.socket(family, native.SOCK_STREAM, fileno=connecting.detach())
        plain.settimeout(0)
    except BaseException:
        connecting.close()
        raise
    return plain


class _TooLateError(OSError):
    """The exchange was not over at its deadline."""


class _ClosedWithoutAnswerError(OSError):
    """The app closed before the first byte of an answer."""


class _EndedEarlyError(OSError):
    """The app closed after the first and before the last byte of an answer."""


def _cause(error: Exception) -> str:
    match error:
        case _ClosedWithoutAnswerError():
            return CLOSED_WITHOUT_ANSWER
        case _EndedEarlyError():
            return CLOSED_WITHIN_ANSWER
        case HttpParserError():
            return NOT_HTTP
        case ssl.SSLCertVerificationError():
            return f"its TLS certificate is not accepted: {error.verify_message}"
        case ssl.SSLError():
            return f"TLS failed: {error.reason or error}"
        case _:
            number = getattr(error, "errno", None)
            return _SYSTEM_CAUSES.get(number) or (os.strerror(number) if number else str(error))
