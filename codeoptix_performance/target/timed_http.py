"""HTTP whose every question ends at a moment, however slowly its answer comes."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable, Iterator
from typing import Any

import httpcore
import httpx

_PIECE = 4096
_SAME_NAMED = (
    *("ConnectTimeout", "ReadTimeout", "WriteTimeout", "PoolTimeout", "ConnectError"),
    *("ReadError", "WriteError", "LocalProtocolError", "RemoteProtocolError"),
)


class TimedTransport(httpx.BaseTransport):
    """A transport over the connections of ``backend``; after ``deadline`` nothing is waited for.

    The time-outs of httpx hold for each read and each write alone: an answer that comes in small
    parts, or behind informational ones, would never end. ``deadline`` is of ``time.monotonic``.
    """

    def __init__(
        self, backend: httpcore.NetworkBackend, ssl_context: ssl.SSLContext | None = None
    ) -> None:
        self.deadline = 0.0
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl_context, network_backend=_TimedBackend(backend, self)
        )

    def left(self) -> float:
        """Seconds until the deadline; none is left where it is not above zero."""
        return self.deadline - time.monotonic()

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

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._answer.iter_stream()
        except Exception as error:
            raise _as_httpx(error) from error

    def close(self) -> None:
        """Gives the connection back to the pool."""
        self._answer.close()


class _TimedBackend(httpcore.NetworkBackend):
    def __init__(self, backend: httpcore.NetworkBackend, transport: TimedTransport) -> None:
        self._backend = backend
        self._transport = transport

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the deadline is nearer or the same
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection of the backend's."""
        left = self._transport.left()
        if left <= 0:
            raise httpcore.ConnectTimeout("the time for the question is over")
        stream = self._backend.connect_tcp(host, port, left, local_address, socket_options)
        return _TimedStream(stream, self._transport)


class _TimedStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, transport: TimedTransport) -> None:
        self._stream = stream
        self._transport = transport

    def read(
        self,
        max_bytes: int,
        timeout: float | None = None,  # noqa: ARG002 - the deadline is nearer or the same
    ) -> bytes:
        """At most ``max_bytes`` of what the app has sent."""
        left = self._transport.left()
        if left <= 0:
            raise httpcore.ReadTimeout("the time for the question is over")
        return self._stream.read(max_bytes, left)

    def write(
        self,
        buffer: bytes,
        timeout: float | None = None,  # noqa: ARG002 - as above
    ) -> None:
        """Sends all of ``buffer``, in pieces: each write of a stream has the whole time-out."""
        for start in range(0, len(buffer), _PIECE):
            left = self._transport.left()
            if left <= 0:
                raise httpcore.WriteTimeout("the time for the question is over")
            self._stream.write(buffer[start : start + _PIECE], left)

    def close(self) -> None:
        """Ends the connection."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - as above
    ) -> httpcore.NetworkStream:
        """The same connection, encrypted."""
        left = max(self._transport.left(), 0.001)
        stream = self._stream.start_tls(ssl_context, server_hostname, left)
        return _TimedStream(stream, self._transport)

    def get_extra_info(self, info: str) -> Any:
        """What the backend's stream tells of itself."""
        return self._stream.get_extra_info(info)


def _as_httpx(error: Exception) -> Exception:
    """Httpx's error of the same name as httpcore's."""
    name = type(error).__name__
    if isinstance(
        error, httpcore.NetworkError | httpcore.ProtocolError | httpcore.TimeoutException
    ):
        same: type[httpx.HTTPError] = getattr(httpx, name if name in _SAME_NAMED else "ReadError")
        return same(str(error))
    return error
