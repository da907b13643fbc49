"""One connected socket with its parser and its clock: one request out, one answer in.

Imports gevent: to be imported after ``import_locust`` only.
"""

from __future__ import annotations

import select
import socket as native
from time import perf_counter
from typing import Any

import gevent
from gevent import getcurrent, socket

from codeoptix_performance.load.answer import Answer, AnswerParser
from codeoptix_performance.load.known_heads import LONGEST, KnownHeads

_BLOCK = 65536
_READ = 1


class TooLateError(OSError):
    """The exchange was not over at its deadline."""


class ClosedWithoutAnswerError(OSError):
    """The app closed before the first byte of an answer."""


class EndedEarlyError(OSError):
    """The app closed after the first and before the last byte of an answer."""


class Line:
    """``connected`` is a plain non-blocking socket, or gevent's own where it is ``encrypted``.

    The first exchange is over at the moment ``deadline``, which may be nearer than ``timeout``: a
    part of the time may have been spent on the way to this line.
    One watcher stays on the socket, and one timer serves every exchange: when it fires it looks at
    the present deadline and starts again for what is left. So an exchange starts and stops nothing.
    """

    __slots__ = (
        "_deadline",
        "_encrypted",
        "_expired",
        "_heads",
        "_parser",
        "_readable",
        "_reader",
        "_receive",
        "_send",
        "_socket",
        "_switch_to_hub",
        "_timeout",
        "_timer",
        "_watching",
        "begun",
        "begun_at",
        "kept",
    )

    def __init__(
        self,
        connected: Any,
        timeout: float,
        heads: KnownHeads,
        *,
        deadline: float,
        encrypted: bool,
    ) -> None:
        hub = gevent.get_hub()
        self._parser = AnswerParser()
        self._heads = heads
        self._socket = connected
        self._encrypted = encrypted
        self._readable = hub.loop.io(connected.fileno(), _READ)
        self._watching = False
        self._reader: Any = None
        self._receive, self._send = connected.recv, connected.send
        self._switch_to_hub = hub.switch
        self._deadline = deadline
        self._expired = False
        self._timeout = timeout
        self.begun_at = 0.0
        """When the last exchange began."""
        self.begun = False
        """A byte of its answer has come."""
        self.kept = True
        """Another exchange may follow."""
        self._start_clock(max(0.0, deadline - perf_counter()))

    def exchange(self, method: str, wire: bytes, now: float, *, keep_body: bool) -> Answer:
        """The whole answer; raises ``OSError`` or what the parser raises."""
        self.begun = False
        self.begun_at = now
        self._deadline = now + self._timeout
        try:
            refusal = self._write(wire)
            block, answer = self._read(), None
            if not keep_body and method != "HEAD" and refusal is None:
                answer = self._heads.answer(block)
                if answer is None and self._heads.is_head(block):
                    self.begun = True  # many servers send the body by itself, a moment later
                    block += self._read()
                    answer = self._heads.answer(block)
            if answer is None:
                self._parser.expect(method, keep_body=keep_body)
                answer = self._parse(block, refusal)
        except OSError:
            if self._expired:
                raise TooLateError from None
            raise
        self._deadline = float("inf")
        return answer

    def is_stale(self) -> bool:
        """True where the app has closed the idle connection, or sent what nobody asked for."""
        poll = select.poll()
        poll.register(self._socket.fileno(), select.POLLIN)
        return bool(poll.poll(0))

    def close(self) -> None:
        """Gives up socket, watcher and timer."""
        self._timer.close()
        self._readable.close()
        self._socket.close()

    def _parse(self, first: bytes, refusal: OSError | None) -> Answer:
        """The answer that begins with the block ``first``."""
        parser, block, seen = self._parser, first, first
        while True:
            if block:
                self.begun = True
                parser.feed(block)
            elif refusal is not None and not self.begun:
                raise refusal
            elif self._expired or not parser.end():
                raise EndedEarlyError if self.begun else ClosedWithoutAnswerError
            if parser.complete or not block:
                break
            block = self._read()
            seen = seen + block if 0 < len(seen) <= LONGEST else b""
        self._heads.learn(seen, parser)
        self.kept = parser.kept and refusal is None
        return parser.answer()

    def _write(self, wire: bytes) -> OSError | None:
        """The app's refusal to take all of it, if so: its answer may be there all the same."""
        unsent: bytes | memoryview = wire
        try:
            while True:
                try:
                    sent = self._send(unsent)
                except BlockingIOError:
                    socket.wait_write(self._socket.fileno())
                    continue
                if sent == len(unsent):
                    return None
                unsent = memoryview(unsent)[sent:]
        except (BrokenPipeError, ConnectionResetError) as refusal:
            return refusal

    def _read(self) -> bytes:
        if self._encrypted:
            return bytes(self._receive(_BLOCK))
        while True:
            # An answer is hardly ever there at once: waiting first saves a system call.
            if not self._watching:
                self._readable.start(self._wake_reader)
                self._watching = True
            self._reader = getcurrent()
            self._switch_to_hub()
            try:
                return self._receive(_BLOCK)  # type: ignore[no-any-return] # sockets give bytes
            except BlockingIOError:
                continue

    def _wake_reader(self) -> None:
        """Runs in the hub when there is something to read, or the end of it."""
        reader = self._reader
        if reader is None:
            # Nobody reads now: the end of an idle connection must not wake whoever else waits.
            self._readable.stop()
            self._watching = False
        else:
            self._reader = None
            reader.switch()

    def _start_clock(self, seconds: float) -> None:
        self._timer = gevent.get_hub().loop.timer(seconds, ref=False)
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
