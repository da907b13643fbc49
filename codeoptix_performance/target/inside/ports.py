"""Puts the first server an app starts on the port that was chosen for it, on loopback."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from typing import Any

_ANYWHERE = ("", "0.0.0.0", "localhost")  # noqa: S104 - what is replaced, not what is bound
_SIDE_SERVERS = frozenset({"prometheus_client", "debugpy"})
_FRAMES_LOOKED_AT = 30


class Port:
    """The chosen port, and which of the app's own ports it stands for.

    Only the first port an app asks for is moved: a script may listen on a second one and talk
    to it. A port of 0 is left to the app, which then knows what it got.
    """

    def __init__(self, number: int, before_first_use: Callable[[], None]) -> None:
        self.number = number
        self.claimed: int | None = None
        self._before_first_use = before_first_use

    def number_for(self, asked: int) -> int:
        """The port to use where the app asked for ``asked``."""
        if asked and self.claimed is None and not _called_by_side_server():
            self.claimed = asked
            self._before_first_use()
        return self.number if asked == self.claimed else asked

    def move_binds_of(self, sockets: Any) -> None:
        """Lets every ``bind`` of a TCP socket of this class go to the chosen port."""
        bind = sockets.bind

        def moved_bind(self: Any, address: Any, /) -> Any:
            return bind(self, moved(self, address))

        def moved(sock: Any, address: Any) -> Any:
            if sock.family not in (socket.AF_INET, socket.AF_INET6):
                return address
            if not sock.type & socket.SOCK_STREAM or not isinstance(address, tuple):
                return address
            host, asked, *rest = address
            if not asked or not isinstance(asked, int):
                return address
            return (_loopback(sock, host), self.number_for(asked), *rest)

        sockets.bind = moved_bind

    def move_servers_of(self, loops: Any) -> None:
        """The same for an event loop that binds without Python's sockets (uvloop)."""
        create_server = loops.create_server

        def moved_create_server(
            loop: Any, factory: Any, host: Any = None, port: Any = None, **options: Any
        ) -> Any:
            if port and options.get("sock") is None:
                host, port = "127.0.0.1", self.number_for(port)
            return create_server(loop, factory, host, port, **options)

        loops.create_server = moved_create_server


def _loopback(sock: Any, host: Any) -> Any:
    """The loopback address that answers at 127.0.0.1 wherever the socket's family allows it."""
    if sock.family == socket.AF_INET:
        return "127.0.0.1" if host in _ANYWHERE else host
    if host not in ("", "::", "::1", "localhost"):
        return host
    only_six = sock.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY)
    return "::1" if only_six else "::ffff:127.0.0.1"


def _called_by_side_server() -> bool:
    """Whether a library that serves figures or a debugger, not the app, is binding."""
    frame = sys._getframe(1)  # noqa: SLF001 - the only way to know who calls
    for _ in range(_FRAMES_LOOKED_AT):
        if frame.f_globals.get("__name__", "").split(".")[0] in _SIDE_SERVERS:
            return True
        if frame.f_back is None:
            return False
        frame = frame.f_back
    return False
