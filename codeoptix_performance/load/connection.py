"""One user's keep-alive connection: a request out, an answer or a cause back.

Imports gevent: to be imported after ``import_locust`` only.
"""

from __future__ import annotations

import errno
import os
import ssl
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from gevent import Timeout, socket
from gevent.ssl import SSLContext, SSLSocket
from geventhttpclient.response import HTTPParseError, HTTPResponse

from codeoptix_performance.load.engine import GENERATOR_FAULT
from codeoptix_performance.load.server_address import ServerAddress
from codeoptix_performance.units import format_duration

_BLOCK = 65536
_IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"})

CLOSED_WITHOUT_ANSWER = "closed the connection without an answer"
CLOSED_WITHIN_ANSWER = "closed the connection in the middle of an answer"
NOT_HTTP = "answered something that is not HTTP"
_SYSTEM_CAUSES: dict[int | None, str] = {
    errno.ECONNREFUSED: "connection refused",
    errno.ECONNRESET: "connection reset by the app",
    errno.EPIPE: "connection reset by the app",
    errno.EMFILE: GENERATOR_FAULT + "ran out of open files",
    errno.ENFILE: GENERATOR_FAULT + "ran out of open files",
    errno.EADDRNOTAVAIL: GENERATOR_FAULT + "ran out of ports",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. ``status`` is 0 without an answer; ``cause`` is None for a success only.

    ``size`` counts the body's bytes as they travelled; ``body`` is empty unless it was asked for.
    """

    status: int
    size: int
    cause: str | None
    body: bytes = b""
    location: str | None = None
    set_cookie: tuple[str, ...] = ()


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
        self._socket: Any = None

    def exchange(self, method: str, wire: bytes, *, keep_body: bool = False) -> Answer:
        """The answer to ``wire``, or why there is none; raises nothing but being killed."""
        answered = False
        timer = Timeout.start_new(self._timeout)
        try:
            parsed = self._exchange(method, wire, keep_body=keep_body)
            answered = not parsed.should_close() and parsed.get_code() < 500
            return _answer(parsed)
        except Timeout as expired:
            if expired is not timer:
                raise
            return Answer(0, 0, f"no answer within {format_duration(self._timeout)}")
        except (OSError, HTTPParseError) as error:
            return Answer(0, 0, _cause(error))
        finally:
            timer.close()
            # Servers often close after an unhandled error without having said so: a 5xx ends the
            # connection, or the next request would fail for the same error once more.
            if not answered:
                self.close()

    def close(self) -> None:
        """Closes the connection, if there is one; a later exchange opens a new one."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _exchange(self, method: str, wire: bytes, *, keep_body: bool) -> _ParsedAnswer:
        reused = self._socket is not None
        try:
            return self._send_and_receive(method, wire, keep_body=keep_body)
        except (_ClosedWithoutAnswerError, ConnectionResetError, BrokenPipeError):
            if not reused or method not in _IDEMPOTENT:
                raise
        self.close()
        return self._send_and_receive(method, wire, keep_body=keep_body)

    def _send_and_receive(self, method: str, wire: bytes, *, keep_body: bool) -> _ParsedAnswer:
        if self._socket is not None and _is_stale(self._socket):
            self.close()
        if self._socket is None:
            self._socket = self._open()
        self._socket.sendall(wire)
        parsed = _ParsedAnswer(method, keep_body=keep_body)
        receive, feed = self._socket.recv, parsed.feed
        # An interim answer (1xx) is complete by itself, and the real one follows it.
        while not parsed.message_complete or parsed.get_code() < 200:
            block = receive(_BLOCK)
            if block:
                feed(block)
            elif parsed.message_begun:
                parsed.end()
            else:
                raise _ClosedWithoutAnswerError
        return parsed

    def _open(self) -> Any:
        refusal: OSError | None = None
        for candidate in self._candidates:
            family, address = candidate
            connecting = socket.socket(family, socket.SOCK_STREAM)
            try:
                connecting.connect(address)
                connecting.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                if self._tls_context is not None:
                    # Shaking hands within wrap_socket would leave nobody to close the socket
                    # when time runs out or the user is killed in the middle of it.
                    connecting = self._tls_context.wrap_socket(
                        connecting,
                        server_hostname=self._address.host,
                        do_handshake_on_connect=False,
                    )
                    connecting.do_handshake()
            except ssl.SSLError:
                connecting.close()
                raise
            except OSError as error:
                connecting.close()
                refusal = refusal or error
            except BaseException:
                connecting.close()
                raise
            else:
                self._candidates = (candidate,)
                return connecting
        raise refusal or OSError(errno.EADDRNOTAVAIL, "the host has no address")


class _ClosedWithoutAnswerError(OSError):
    """The app closed before the first byte of an answer."""


class _EndedEarlyError(OSError):
    """The app closed after the first and before the last byte of an answer."""


class _ParsedAnswer(HTTPResponse):  # type: ignore[misc] # geventhttpclient is untyped here
    """Counts the body instead of keeping it, unless it is wanted."""

    def __init__(self, method: str, *, keep_body: bool) -> None:
        super().__init__(method)
        self.size = 0
        self._keep_body = keep_body

    def _on_body(self, block: bytearray) -> None:
        self.size += len(block)
        if self._keep_body:
            super()._on_body(block)

    def end(self) -> None:
        """Takes the end of the connection, which some answers may have as their own end."""
        try:
            self.feed(b"")
        except HTTPParseError as error:
            raise _EndedEarlyError from error
        if not self.message_complete:
            raise _EndedEarlyError


def _is_stale(idle: Any) -> bool:
    """True where the app has closed the idle connection, or sent what nobody asked for.

    Nobody can peek through TLS; there the exchange itself finds out.
    """
    if isinstance(idle, SSLSocket):
        return False
    try:
        idle.settimeout(0)
        idle.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return False
    except OSError:
        return True
    finally:
        idle.settimeout(None)
    return True


def _answer(parsed: _ParsedAnswer) -> Answer:
    status = parsed.get_code()
    headers = parsed.info()
    return Answer(
        status,
        parsed.size,
        _phrase(status, parsed.status_message) if status >= 400 else None,
        bytes(parsed._body_buffer),  # noqa: SLF001 # our own base class
        next(iter(headers.getlist("location")), None),
        tuple(headers.getlist("set-cookie")),
    )


def _phrase(status: int, from_server: str | None) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"{status} {from_server or ''}".strip()


def _cause(error: Exception) -> str:
    match error:
        case _ClosedWithoutAnswerError():
            return CLOSED_WITHOUT_ANSWER
        case _EndedEarlyError():
            return CLOSED_WITHIN_ANSWER
        case HTTPParseError():
            return NOT_HTTP
        case ssl.SSLCertVerificationError():
            return f"its TLS certificate is not accepted: {error.verify_message}"
        case ssl.SSLError():
            return f"TLS failed: {error.reason or error}"
        case _:
            number = getattr(error, "errno", None)
            return _SYSTEM_CAUSES.get(number) or (os.strerror(number) if number else str(error))
