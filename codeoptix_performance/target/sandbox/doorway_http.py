"""HTTP questions to an app in a sandbox: httpx over connections that come out of the doorway."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx

from codeoptix_performance.target.sandbox.doorway import Doorway

_SAME_NAMED = (
    *("ConnectTimeout", "ReadTimeout", "WriteTimeout", "PoolTimeout", "ConnectError"),
    *("ReadError", "WriteError", "LocalProtocolError", "RemoteProtocolError"),
)


class DoorwayTransport(httpx.BaseTransport):
    """A transport whose every connection leads to the doorway's address, whatever the URL says."""

    def __init__(self, doorway: Doorway) -> None:
        self._pool = httpcore.ConnectionPool(network_backend=_Backend(doorway))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The app's answer; errors are httpx's."""
        try:
            answer = self._pool.handle_request(
                httpcore.Request(
                    request.method,
                    httpcore.URL(
                        scheme=request.url.raw_scheme,
                        host=request.url.raw_host,
                        port=request.url.port,
                        target=request.url.raw_path,
                    ),
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
        except Exception as error:
            raise _as_httpx(error) from error
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=_Body(answer),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        """Closes the connections that are kept."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Any:
        try:
            yield from self._answer.iter_stream()
        except Exception as error:
            raise _as_httpx(error) from error

    def close(self) -> None:
        """Gives the connection back to the pool."""
        self._answer.close()


class _Backend(httpcore.NetworkBackend):
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


def _as_httpx(error: Exception) -> Exception:
    """Httpx's error of the same name as httpcore's."""
    name = type(error).__name__
    if isinstance(
        error, httpcore.NetworkError | httpcore.ProtocolError | httpcore.TimeoutException
    ):
        same: type[httpx.HTTPError] = getattr(httpx, name if name in _SAME_NAMED else "ReadError")
        return same(str(error))
    return error
