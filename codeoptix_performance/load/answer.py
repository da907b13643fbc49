"""One answer as its bytes arrive, parsed by httptools (llhttp, the parser of Node.js)."""

from __future__ import annotations

from http import HTTPStatus
from typing import NamedTuple

import httptools

from codeoptix_performance.target.decoding import decoded

_SET_COOKIE, _LOCATION, _ENCODING = b"set-cookie", b"location", b"content-encoding"
_LENGTH, _CODING = b"content-length", b"transfer-encoding"
_RARITIES = frozenset({_SET_COOKIE, _LOCATION, _ENCODING, _CODING})
_LENGTHS_LOOKED_AT = frozenset(map(len, (_LENGTH, *_RARITIES)))
LONGEST_HEAD = 2**21
"""Bytes; httptools copies a header anew with each block, so one without end would hold up all."""
LONGEST_BODY = 2**20
"""Bytes of a body that are kept, before and after decoding; what follows is let go."""
_SWITCHING_PROTOCOLS = 101
_MOST_COOKIES = 50
"""Per answer; an app may send headers without end."""
_LONGEST_COOKIE = 4096
"""Bytes of a ``Set-Cookie`` line: browsers let go of longer cookies too."""
LONGEST_REASON = 80
"""Bytes of the server's words for a status that are kept: they may name a cause."""


class Answer(NamedTuple):
    """What came back. ``status`` is 0 without an answer; ``cause`` is None for a success only.

    ``size`` counts the body's bytes as they travelled; ``body`` is empty unless asked
    for, and decoded.
    """

    status: int
    size: int
    cause: str | None
    body: bytes = b""
    location: str | None = None
    set_cookie: tuple[str, ...] = ()


class EndlessHeadError(OSError):
    """The headers of an answer go on for more than ``LONGEST_HEAD`` bytes."""


class AnswerParser:
    """Takes a connection's bytes, answer after answer; ``expect`` begins each one.

    ``complete`` is true once the final answer (not an interim 1xx one) is whole, ``kept`` while
    another answer may come over the connection. Raises ``httptools.HttpParserError`` for what is
    not HTTP, and ``EndlessHeadError``. What follows a complete answer in the same block is left
    alone, and ends the connection's use.
    """

    __slots__ = (
        "_answer",
        "_bodiless",
        "_chunks",
        "_cookies",
        "_encoding",
        "_framed",
        "_head_bytes",
        "_keep_body",
        "_location",
        "_parser",
        "_plain",
        "_reason",
        "_size",
        "_status",
        "complete",
        "kept",
    )

    def __init__(self) -> None:
        self._bodiless = True
        self._forget_rarities()
        self.expect("GET", keep_body=False)

    def expect(self, method: str, *, keep_body: bool) -> None:
        """The next bytes answer a request of this method."""
        if self._bodiless:
            # After a HEAD the parser would wait for the body that never comes.
            self._parser = httptools.HttpResponseParser(self)
        self._bodiless = method == "HEAD"
        self._keep_body = keep_body
        self._status = self._size = self._head_bytes = 0
        self._reason = b""
        self._answer: Answer | None = None
        self._framed = self.kept = self.complete = False
        if not self._plain:
            self._forget_rarities()

    def feed(self, block: bytes) -> None:
        """Takes the next bytes."""
        if not self._status:
            self._head_bytes += len(block)
            if self._head_bytes > LONGEST_HEAD:
                raise EndlessHeadError
        try:
            self._parser.feed_data(block)
        except httptools.HttpParserError:
            if not self.complete:
                raise
            self.kept = False
        except httptools.HttpParserUpgrade:
            self._finish()  # a 101 that nobody asked for: what follows is no HTTP
            self.kept = False

    def end(self) -> bool:
        """Whether the answer is whole now that the connection has ended."""
        return self.complete or (self._status >= 200 and not self._framed)

    def answer(self) -> Answer:
        """What came back, once it is whole."""
        return self._answer or self._read()

    def is_ordinary(self) -> bool:
        """Whether it is whole, had its body if any, and tells nothing but status and size."""
        return self.kept and self._plain and not self._bodiless

    def _forget_rarities(self) -> None:
        """What few answers bring: most need not clear it away."""
        self._plain = True
        self._encoding = b""
        self._chunks: list[bytes] = []
        self._cookies: tuple[str, ...] = ()
        self._location: str | None = None

    # httptools calls these.

    def on_message_begin(self) -> None:
        """The first byte of an answer."""
        if self.complete:
            self.kept = False

    def on_status(self, reason: bytes) -> None:
        """The server's own words for the status."""
        self._reason = (self._reason + reason)[:LONGEST_REASON]

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header, in the server's spelling."""
        if len(name) not in _LENGTHS_LOOKED_AT:
            return
        name = name.lower()
        if name == _LENGTH:
            self._framed = True
            return
        if name not in _RARITIES:
            return
        self._plain = False
        if name == _CODING:
            self._framed |= value.lower().rstrip().endswith(b"chunked")
        elif name == _LOCATION:
            self._location = _text(value)
        elif name == _ENCODING:
            self._encoding = value
        elif len(self._cookies) < _MOST_COOKIES and len(value) <= _LONGEST_COOKIE:
            self._cookies += (value.decode("latin-1"),)

    def on_headers_complete(self) -> None:
        """Everything but the body is known."""
        self._status = self._parser.get_status_code()
        if self._bodiless and self._status >= 200:
            self._finish()

    def on_body(self, block: bytes) -> None:
        """A piece of the body."""
        if self.complete:
            self.kept = False
            return
        self._size += len(block)
        if self._keep_body and self._size <= LONGEST_BODY:
            self._chunks.append(block)
            self._plain = False

    def on_message_complete(self) -> None:
        """An answer is whole; an interim one is followed by the one that counts."""
        if self._status >= 200:
            self._finish()
        elif self._status != _SWITCHING_PROTOCOLS:
            self._reason, self._framed, self._status = b"", False, 0

    def _finish(self) -> None:
        if self.complete:
            return
        self.complete = True
        self._answer = self._read()
        # Servers often close after an unhandled error without having said so: a 5xx ends the
        # connection, or the next request would fail for the same error once more.
        # The parser knows its headers only here: afterwards it has forgotten them.
        self.kept = self._status < 500 and self._parser.should_keep_alive()

    def _read(self) -> Answer:
        status = self._status
        cause = None if 200 <= status < 400 else _phrase(status, self._reason)
        if self._plain:
            return Answer(status, self._size, cause)
        body = b"".join(self._chunks)
        if body and self._encoding:
            try:
                whole = len(body) == self._size
                body = decoded(body, self._encoding.decode("latin-1"), LONGEST_BODY, whole=whole)
            except ValueError as error:
                body, cause = b"", cause or str(error)
        return Answer(status, self._size, cause, body, self._location, self._cookies)


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _phrase(status: int, reason: bytes) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"{status} {reason.decode('latin-1')}".strip()
