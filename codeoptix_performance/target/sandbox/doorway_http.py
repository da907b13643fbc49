"""HTTP questions to an app in a sandbox: httpcore's connections, out of the doorway."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from typing import Any

import httpcore

from codeoptix_performance.target.sandbox.doorway import Doorway


class DoorwayBackend(httpcore.NetworkBackend):
    """Every connection leads to the doorway's address, whatever the URL says."""

    def __init__(self, doorway: Doorway) -> None:
        self._doorway = doorway

    def connect_tcp(
        self,
        host: str,  # noqa: ARG002 - the doorway knows where it leads
        port: int,  # noqa: ARG002 - as above
        timeout: float | None = None,
        local_address: str | None = None,  # noqa: ARG002 - as above
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002 - as above
    ) -> httpcore.NetworkStream:
        """A connection, wherever it was meant to go."""
        try:
            return _Stream(self._doorway, timeout)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error


class _Stream(httpcore.NetworkStream):
    def __init__(self, doorway: Doorway, seconds: float | None) -> None:
        self._connection = doorway.connect(seconds)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """At most ``max_bytes`` of what the app has sent."""
        try:
            self._connection.settimeout(timeout)
            return self._connection.recv(max_bytes)
        except TimeoutError as error:
            raise httpcore.ReadTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.ReadError(str(error)) from error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Sends all of ``buffer``."""
        try:
            self._connection.settimeout(timeout)
            self._connection.sendall(buffer)
        except TimeoutError as error:
            raise httpcore.WriteTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.WriteError(str(error)) from error

    def close(self) -> None:
        """Ends the connection."""
        self._connection.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,  # noqa: ARG002 - refused whatever it is
        server_hostname: str | None = None,  # noqa: ARG002 - as above
        timeout: float | None = None,  # noqa: ARG002 - as above
    ) -> httpcore.NetworkStream:
        """Refused: what an app in a sandbox serves is plain HTTP."""
        raise httpcore.ConnectError("an app in a sandbox is asked in plain HTTP only")

    def get_extra_info(self, info: str) -> Any:
        """The socket itself, for those who look after idle connections; nothing else."""
        return self._connection if info == "socket" else None
