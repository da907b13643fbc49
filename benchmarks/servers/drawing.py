"""A server that draws how long each answer takes, and records how long each really took.

    python -m benchmarks.servers.drawing SHAPE SEED

``GET /drawn`` is answered after a drawn time. ``GET /record`` answers what was recorded so far:
one float64 of seconds per drawn answer, from the request fully read to its answer handed to the
kernel, in the order they left. A connection that ever asked for another path is not load: what it
is answered is not recorded.
"""

from __future__ import annotations

import asyncio
import math
import selectors
import sys
from array import array
from collections.abc import Callable
from random import Random
from time import perf_counter
from typing import cast

LEAST, GREATEST = 0.0002, 2.0
HEAD = b"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: %d\r\n\r\n"
ANSWER = HEAD % 3 + b"ok\n"
BACKLOG = 1024

Draw = Callable[[Random], float]


def log_uniform(random: Random) -> float:
    """Seconds between ``LEAST`` and ``GREATEST``, each factor of ten as likely as any other."""
    return math.exp(random.uniform(math.log(LEAST), math.log(GREATEST)))


def slow_tail(random: Random) -> float:
    """Nine in ten lognormal around 0.8 ms (sigma 0.5), one in ten log-uniform up to 2 s."""
    if random.random() < 0.1:
        return log_uniform(random)
    return min(GREATEST, max(LEAST, random.lognormvariate(math.log(0.0008), 0.5)))


SHAPES: dict[str, Draw] = {"log-uniform": log_uniform, "slow-tail": slow_tail}


class Record:
    """Draws, and keeps what came of it."""

    def __init__(self, draw: Draw, random: Random) -> None:
        self._draw = draw
        self._random = random
        self.seconds = array("d")

    def draw(self) -> float:
        """Seconds the next answer shall take."""
        return self._draw(self._random)

    def answer(self) -> bytes:
        """The record so far, on the wire."""
        kept = self.seconds.tobytes()
        return HEAD % len(kept) + kept


class Connection(asyncio.Protocol):
    """Answers one request at a time; requests here have no body and are not pipelined."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._begun = b""
        self._is_load = True
        self._due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps the way back."""
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 # asyncio's name
        """An answer nobody waits for is not given and not recorded."""
        if self._due is not None:
            self._due.cancel()

    def data_received(self, data: bytes) -> None:
        """Takes a request once it has arrived whole."""
        read_at = perf_counter()
        head, whole, self._begun = (self._begun + data).partition(b"\r\n\r\n")
        if not whole:
            self._begun = head
        elif head.startswith(b"GET /drawn "):
            loop = asyncio.get_running_loop()
            self._due = loop.call_later(self._record.draw(), self._answer, read_at)
        else:
            self._is_load = False
            asked_for_record = head.startswith(b"GET /record ")
            self._transport.write(self._record.answer() if asked_for_record else ANSWER)

    def _answer(self, read_at: float) -> None:
        self._transport.write(ANSWER)
        if self._is_load:
            self._record.seconds.append(perf_counter() - read_at)


async def serve(record: Record) -> None:
    """Serves on a free port of loopback."""
    listening = await asyncio.get_running_loop().create_server(
        lambda: Connection(record), "127.0.0.1", 0, backlog=BACKLOG
    )
    print(listening.sockets[0].getsockname()[1], flush=True)
    await listening.serve_forever()


def precise_loop() -> asyncio.AbstractEventLoop:
    """A loop that sleeps to the microsecond: epoll, asyncio's usual one, counts in milliseconds."""
    return asyncio.SelectorEventLoop(selectors.SelectSelector())


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=precise_loop) as runner:
        runner.run(serve(Record(SHAPES[sys.argv[1]], Random(int(sys.argv[2])))))
