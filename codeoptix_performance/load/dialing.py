"""Where a connection's socket comes from: dialled here, or handed in from elsewhere.

Imports gevent: to be imported after ``import_locust`` only.
"""

from __future__ import annotations

import errno
import socket as native
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

from gevent import socket, ssl
from gevent.ssl import SSLContext

from codeoptix_performance.load.doorway_dialer import DoorwayDialer
from codeoptix_performance.load.plan import LoadPlan
from codeoptix_performance.load.server_address import ServerAddress

Connect = Callable[[], Any]
"""Gives a connected socket that never blocks the thread, or raises ``OSError`` with the reason.

May wait as gevent waits; whoever calls it sets the time limit.
"""


class Dialer:
    """Connects to the address that answered last time, at first to each in turn.

    Without TLS the sockets are plain non-blocking ones, with it gevent's own.
    """

    def __init__(self, address: ServerAddress, tls_context: SSLContext | None) -> None:
        self._host = address.host
        self._candidates = address.candidates
        self._tls_context = tls_context

    def __call__(self) -> Any:
        """A connected socket."""
        refusal: OSError | None = None
        for candidate in self._candidates:
            try:
                connected = self._connect(*candidate)
            except ssl.SSLError:
                raise
            except OSError as error:
                refusal = refusal or error
            else:
                self._candidates = (candidate,)
                return connected
        raise refusal or OSError(errno.EADDRNOTAVAIL, "the host has no address")

    def _connect(self, family: int, address: Any) -> Any:
        connecting = socket.socket(family, native.SOCK_STREAM)
        try:
            connecting.connect(address)
            connecting.setsockopt(native.IPPROTO_TCP, native.TCP_NODELAY, 1)
            if self._tls_context is not None:
                # Shaking hands within wrap_socket would leave nobody to close the socket when
                # time runs out or the user is killed in the middle of it.
                connecting = self._tls_context.wrap_socket(
                    connecting, server_hostname=self._host, do_handshake_on_connect=False
                )
                connecting.do_handshake()
                return connecting
            plain = native.socket(family, native.SOCK_STREAM, fileno=connecting.detach())
            plain.settimeout(0)
        except BaseException:
            connecting.close()
            raise
        return plain


@contextmanager
def connecting(plan: LoadPlan, address: ServerAddress) -> Iterator[Connect]:
    """The way to the plan's app: out of its sandbox's doorway, else by dialling ``address``."""
    if plan.doorway is None:
        yield Dialer(address, tls_context() if address.tls else None)
        return
    with closing(DoorwayDialer(plan.doorway)) as dialer:
        yield dialer


def tls_context() -> Any:
    """Verifies certificates against those the system trusts.

    Not ``gevent.ssl.create_default_context``: unpatched, that makes a context of the standard
    library, whose sockets would hold up every user at once.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_default_certs()
    return context
