"""Locust, imported without touching the process it is imported into."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from types import FrameType
from typing import Any

_SWITCH = "LOCUST_SKIP_MONKEY_PATCH"
_LOGGERS = ("locust.runners", "locust.user.users", "locust.user.task")
_lock = threading.Lock()
_load_threads: set[int] = set()

SignalHandler = Callable[[int, FrameType | None], Any] | int | None


def import_locust() -> None:
    """Makes ``locust`` and ``gevent`` importable as they are, from any thread, any number of times.

    Left to itself, the first ``import locust`` patches sockets, ssl, threads, time and subprocess
    of the whole process, breaks if ``ssl`` is in use already, and installs a SIGWINCH handler,
    which raises in any thread but the main one. Here none of that happens.
    """
    with _lock, _environment_switch(), _without_window_handler():
        import_module("locust")
    quiet = _QuietInLoadThreads()
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(known, _QuietInLoadThreads) for known in logger.filters):
            logger.addFilter(quiet)


@contextmanager
def quiet_locust() -> Iterator[None]:
    """Keeps what Locust logs in this thread away from the host's handlers and from stderr."""
    thread = threading.get_native_id()
    _load_threads.add(thread)
    try:
        yield
    finally:
        _load_threads.discard(thread)


class _QuietInLoadThreads(logging.Filter):
    """Drops records made by our own runs only; a host's own use of Locust logs as ever."""

    def filter(self, record: logging.LogRecord) -> bool:  # noqa: ARG002 # the thread decides
        return threading.get_native_id() not in _load_threads


@contextmanager
def _environment_switch() -> Iterator[None]:
    before = os.environ.get(_SWITCH)
    os.environ[_SWITCH] = "1"
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(_SWITCH, None)
        else:
            os.environ[_SWITCH] = before


@contextmanager
def _without_window_handler() -> Iterator[None]:
    """Ignores this thread's wish to handle SIGWINCH; every other call works as before."""
    importer = threading.get_ident()
    set_handler = signal.signal

    def set_handler_unless_window(number: int, handler: SignalHandler) -> SignalHandler:
        if number == signal.SIGWINCH and threading.get_ident() == importer and waiting:
            return signal.getsignal(number)
        return set_handler(number, handler)

    waiting = True
    signal.signal = set_handler_unless_window  # type: ignore[assignment] # same, less strictly typed
    try:
        yield
    finally:
        waiting = False
        if signal.signal is set_handler_unless_window:
            signal.signal = set_handler
