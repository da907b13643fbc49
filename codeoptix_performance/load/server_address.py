"""Where a base URL leads: addresses to connect to, and what every request says about it."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from codeoptix_performance.errors import EngineError

Resolve = Callable[..., list[Any]]


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """``candidates`` are (family, address) pairs as ``socket`` takes them, in order of preference.

    ``path_prefix`` is the base URL's own path, without a slash at its end.
    """

    host: str
    tls: bool
    host_header: str
    path_prefix: str
    candidates: tuple[tuple[int, Any], ...]


def resolve_address(base_url: str, resolve: Resolve = socket.getaddrinfo) -> ServerAddress:
    """The address behind ``base_url``; looked up once, so no request waits for a name server."""
    url = urlsplit(base_url)
    tls = url.scheme == "https"
    host = url.hostname or ""
    try:
        port = url.port or (443 if tls else 80)
        found = resolve(host, port, 0, socket.SOCK_STREAM)
    except (OSError, ValueError) as error:
        raise EngineError(
            f"The host name of {base_url} has no address ({error}): correct the url."
        ) from error
    candidates = dict.fromkeys((family, address) for family, _, _, _, address in found)
    return ServerAddress(
        host=host,
        tls=tls,
        host_header=url.netloc,
        path_prefix=url.path.rstrip("/"),
        candidates=tuple(candidates),
    )
