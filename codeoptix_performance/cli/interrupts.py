"""Ctrl-C, SIGTERM and SIGHUP all end a run in the same way: cleanly."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from types import FrameType

CLEANUP_SECONDS = 5.0
"""For so long after the first signal others are ignored: the app's processes are being ended."""

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def clean_interrupts() -> Iterator[None]:
    """While inside, each of the three signals raises ``KeyboardInterrupt`` in the main thread.

    A signal that was ignored before (``nohup``) stays ignored.
    """
    last_raised: float | None = None

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        nonlocal last_raised
        now = monotonic()
        if last_raised is None or now - last_raised > CLEANUP_SECONDS:
            last_raised = now
            raise KeyboardInterrupt

    handlers = {number: signal.getsignal(number) for number in _SIGNALS}
    ours = {n: old for n, old in handlers.items() if old not in (signal.SIG_IGN, None)}
    for number in ours:
        signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number, handler in ours.items():
            signal.signal(number, handler)
