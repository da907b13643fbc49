"""Connections to an app in a sandbox: made inside, handed out, awaited as gevent waits.

Imports gevent: to be imported after ``import_locust`` only.
"""

from __future__ import annotations

import socket as native
from typing import Any

from gevent import socket

from codeoptix_performance.target.sandbox.doorway import ANSWER, Doorway, received_connection


class DoorwayDialer:
    """Asks over as many channels as there are users who wait for a connection at once."""

    def __init__(self, doorway: Doorway) -> None:
        self._doorway = doorway
        self._idle: list[native.socket] = []

    def __call__(self) -> Any:
        """A connected plain non-blocking socket; ``OSError`` as a connect inside would raise."""
        channel = self._idle.pop() if self._idle else self._open_channel()
        try:
            channel.send(self._doorway.ask)
            socket.wait_read(channel.fileno())
            message, ancillary, flags, _ = channel.recvmsg(*ANSWER)
        except BaseException:
            channel.close()  # an answer still on its way must not be taken for the next one's
            raise
        self._idle.append(channel)
        return received_connection(self._doorway, message, ancillary, flags)

    def close(self) -> None:
        """Closes the channels; connections that were made stay open."""
        while self._idle:
            self._idle.pop().close()

    def _open_channel(self) -> native.socket:
        channel = self._doorway.open_channel()
        channel.settimeout(0)
        return channel
