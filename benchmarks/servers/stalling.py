"""A server that answers at once, except while it is frozen; prints its port, serves until ended.

    python -m benchmarks.servers.stalling PERIOD FREEZE

The clock starts with the first request. In each PERIOD of seconds, the middle FREEZE seconds are
frozen: requests are taken, and their answers wait for the end of the freeze. A run of a whole
number of periods therefore begins and ends well outside of a freeze.
"""

from __future__ import annotations

import asyncio
import sys
from typing import cast

import uvloop

BODY = b"ok\n"
ANSWER = (
    b"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Type: text/plain\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
)
BACKLOG = 4096


class Freezing:
    """Says when answers may leave, and keeps those that may not yet."""

    def __init__(self, period: float, freeze: float) -> None:
        self._period = period
        self._begins = (period - freeze) / 2
        self._freeze = freeze
        self._waiting: list[asyncio.Transport] = []
        self._first_at: float | None = None
        self._loop = asyncio.get_running_loop()

    def answer(self, transport: asyncio.Transport) -> None:
        """Answers one request, now or when the freeze ends."""
        now = self._loop.time()
        if self._first_at is None:
            self._first_at = now
        into_freeze = (now - self._first_at) % self._period - self._begins
        if not 0 <= into_freeze < self._freeze:
            transport.write(ANSWER)
            return
        if not self._waiting:
            self._loop.call_later(self._freeze - into_freeze, self._thaw)
        self._waiting.append(transport)

    def _thaw(self) -> None:
        waiting, self._waiting = self._waiting, []
        for transport in waiting:
            transport.write(ANSWER)


class Connection(asyncio.Protocol):
    """Hands each complete request head on; requests here have no body."""

    def __init__(self, freezing: Freezing) -> None:
        self._freezing = freezing

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps the way back."""
        self._transport = cast("asyncio.Transport", transport)
        self._begun = b""

    def data_received(self, data: bytes) -> None:
        """Takes as many requests as have arrived whole."""
        *whole, self._begun = (self._begun + data).split(b"\r\n\r\n")
        for _ in whole:
            self._freezing.answer(self._transport)


async def serve(period: float, freeze: float) -> None:
    """Serves on a free port of loopback."""
    freezing = Freezing(period, freeze)
    listening = await asyncio.get_running_loop().create_server(
        lambda: Connection(freezing), "127.0.0.1", 0, backlog=BACKLOG
    )
    print(listening.sockets[0].getsockname()[1], flush=True)
    await listening.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(float(sys.argv[1]), float(sys.argv[2])))
