"""One user's connection to the app: keep-alive, time limits, and causes for what fails.

Imports gevent: to be imported after ``import_locust`` only.
"""

from __future__ import annotations

import errno
import os
from time import perf_counter

from gevent import Timeout, ssl
from httptools import HttpParserError

from codeoptix_performance.load.answer import LONGEST_HEAD, Answer, EndlessHeadError
from codeoptix_performance.load.dialing import Connect
from codeoptix_performance.load.engine import GENERATOR_FAULT
from codeoptix_performance.load.known_heads import KnownHeads
from codeoptix_performance.load.line import (
    ClosedWithoutAnswerError,
    EndedEarlyError,
    Line,
    TooLateError,
)
from codeoptix_performance.units import format_bytes, format_duration

_IDLE = 0.01
"""Seconds since its last use after which a connection is looked at before it is used again."""
_IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"})

CLOSED_WITHOUT_ANSWER = "closed the connection without an answer"
CLOSED_WITHIN_ANSWER = "closed the connection in the middle of an answer"
ENDLESS_HEAD = f"sent more than {format_bytes(LONGEST_HEAD)} of headers"
NOT_HTTP = "answered something that is not HTTP"
_OWN_CAUSES: dict[type[OSError], str] = {
    ClosedWithoutAnswerError: CLOSED_WITHOUT_ANSWER,
    EndedEarlyError: CLOSED_WITHIN_ANSWER,
    EndlessHeadError: ENDLESS_HEAD,
}
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

    ``connect`` gives its sockets. ``timeout`` bounds a whole exchange: connecting, sending, and the
    last byte of the answer. A request is sent twice in one case only: the app had closed the reused
    connection before a single byte of an answer, and the method is idempotent. ``heads`` may be
    shared with other connections of the same thread.
    """

    __slots__ = ("_connect", "_encrypted", "_heads", "_line", "_timeout")

    def __init__(
        self, connect: Connect, heads: KnownHeads, *, timeout: float, encrypted: bool
    ) -> None:
        self._connect = connect
        self._heads = heads
        self._timeout = timeout
        self._encrypted = encrypted
        self._line: Line | None = None

    def exchange(self, method: str, wire: bytes, now: float, *, keep_body: bool = False) -> Answer:
        """The answer to ``wire``, which leaves ``now`` (``perf_counter`` seconds), or why not.

        Raises nothing but being killed.
        """
        try:
            line = self._line
            reused = line is not None
            if line is None or (now - line.begun_at > _IDLE and line.is_stale()):
                line, reused = self._reopen(now), False
            try:
                answer = line.exchange(method, wire, now, keep_body=keep_body)
            except (ClosedWithoutAnswerError, ConnectionResetError, BrokenPipeError):
                if not reused or method not in _IDEMPOTENT or line.begun:
                    raise
                line = self._reopen(now)
                answer = line.exchange(method, wire, now, keep_body=keep_body)
        except TooLateError:
            return self._failed(f"no answer within {format_duration(self._timeout)}")
        except (OSError, HttpParserError) as error:
            return self._failed(_cause(error))
        except BaseException:
            self.close()
            raise
        if not line.kept:
            self.close()
        return answer

    def close(self) -> None:
        """Closes the connection, if there is one; a later exchange opens a new one."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def _reopen(self, now: float) -> Line:
        self.close()
        deadline = now + self._timeout
        with Timeout(max(0.0, deadline - perf_counter()), TooLateError):
            connected = self._connect()
        self._line = Line(
            connected, self._timeout, self._heads, deadline=deadline, encrypted=self._encrypted
        )
        return self._line

    def _failed(self, cause: str) -> Answer:
        self.close()
        return Answer(0, 0, cause)


def _cause(error: Exception) -> str:
    match error:
        case ClosedWithoutAnswerError() | EndedEarlyError() | EndlessHeadError():
            return _OWN_CAUSES[type(error)]
        case HttpParserError():
            return NOT_HTTP
        case ssl.SSLCertVerificationError():
            return f"its TLS certificate is not accepted: {error.verify_message}"
        case ssl.SSLError():
            return f"TLS failed: {error.reason or error}"
        case _:
            number = getattr(error, "errno", None)
            return _SYSTEM_CAUSES.get(number) or (os.strerror(number) if number else str(error))
