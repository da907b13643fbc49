"""The cheapest honest HTTP/1.1 server asyncio allows; prints its port and serves until ended."""

from __future__ import annotations

import asyncio
from typing import cast

BODY = b"hello, world; about as long as a small JSON answer usually is....\n"
HEAD = (
    b"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n"
    b"Content-Type: text/plain\r\nContent-Length: %d\r\n\r\n"
)
ANSWER = HEAD % len(BODY) + BODY


class Plain(asyncio.Protocol):
    """Answers each complete request head with the same bytes; requests here have no body."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps the way back."""
        self.transport = cast("asyncio.Transport", transport)
        self.begun = b""

    def data_received(self, data: bytes) -> None:
        """Answers as many requests as have arrived whole."""
        *whole, self.begun = (self.begun + data).split(b"\r\n\r\n")
        self.transport.write(ANSWER * len(whole))


async def main() -> None:
    """Serves on a free port."""
    server = await asyncio.get_running_loop().create_server(Plain, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
