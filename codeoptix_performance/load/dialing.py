"""Where a connection's socket comes from: dialled here, or handed in from elsewhere.

Imports gevent: to be imported after ``import_locust`` only.
"""

from __future__ import annotations

import errno
import socket as native
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from time import perf_counter
from typing import Any

from gevent import Timeout, socket, ssl
from gevent.ssl import SSLContext

from codeoptix_performance.load.doorway_dialer import DoorwayDialer
from codeoptix_performance.load.line import TooLateError
from codeoptix_performance.load.plan import LoadPlan
from codeoptix_performance.load.server_address import ServerAddress
from codeoptix_performance.target.trust import told_whom_to_trust

Connect = Callable[[], Any]
"""Gives a connected socket that never blocks the thread, or raises ``OSError`` with the reason.

May wait as gevent waits; whoever calls it sets the time limit.
"""


class _SwallowedError(OSError):
    """An address that neither takes nor refuses a connection."""


class Dialer:
    """Connects to the address that answered last time, at first to each in turn.

    The ``patience`` of seconds is shared by those that are left, so that one that swallows what it
    is sent does not use it up. Without TLS the sockets are plain non-blocking ones, with it
    gevent's own.
    """

    def __init__(
        self, address: ServerAddress, tls_context: SSLContext | None, patience: float
    ) -> None:
        self._host = address.host
        self._patience = patience
        self._candidates = address.candidates
        self._tls_context = tls_context

    def __call__(self) -> Any:
        """A connected socket."""
        refusal: OSError | None = None
        ends_at = perf_counter() + self._patience
        for number, candidate in enumerate(self._candidates):
            others = len(self._candidates) - number - 1
            # The caller's own limit is that of the last one.
            share = (ends_at - perf_counter()) / (others + 1) if others else None
            try:
                with Timeout(share, _SwallowedError(errno.ETIMEDOUT, "it says nothing")):
                    connected = self._connect(*candidate)
            except (ssl.SSLError, TooLateError):
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
        context = tls_context(verify=plan.verify_tls) if address.tls else None
        yield Dialer(address, context, plan.request_timeout)
        return
    with closing(DoorwayDialer(plan.doorway)) as dialer:
        yield dialer


def tls_context(*, verify: bool) -> Any:
    """Verifies certificates against those the system trusts, or takes any.

    Not ``gevent.ssl.create_default_context``: unpatched, that makes a context of the standard
    library, whose sockets would hold up every user at once.
    """
    return told_whom_to_trust(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), verify=verify)
