"""Wakes the event loop at a moment, exactly: gevent's own timers are up to a millisecond late.

Imports gevent: to be imported after ``import_locust`` only.
"""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Callable

import gevent

_libc = ctypes.CDLL(None, use_errno=True)
_READ = 1
_ABSOLUTE = 1
_FLAGS = os.O_NONBLOCK | os.O_CLOEXEC  # TFD_NONBLOCK and TFD_CLOEXEC are these


class _Moment(ctypes.Structure):
    _fields_ = (("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long))


class _Setting(ctypes.Structure):
    """``struct itimerspec``: no repetition, and a moment of 0 for never."""

    _fields_ = (("repeated", _Moment), ("at", _Moment))


class Alarm:
    """Calls ``ring`` in the hub at the moment it is set to, by a timer of the kernel's.

    Rings again and again until it is set anew.
    """

    def __init__(self, ring: Callable[[], None]) -> None:
        # perf_counter is this clock on Linux.
        self._file = _libc.timerfd_create(time.CLOCK_MONOTONIC, _FLAGS)
        if self._file < 0:
            raise OSError(ctypes.get_errno(), "no timer could be had")
        self._setting = _Setting()
        self._watcher = gevent.get_hub().loop.io(self._file, _READ, ref=False)
        self._watcher.start(ring)

    def set(self, moment: float | None) -> None:
        """``perf_counter`` seconds; at once where they are over, never for None."""
        seconds, at = moment or 0.0, self._setting.at
        at.seconds = int(seconds)
        at.nanoseconds = int((seconds - at.seconds) * 1e9)
        _libc.timerfd_settime(self._file, _ABSOLUTE, ctypes.byref(self._setting), None)

    def close(self) -> None:
        """Gives up watcher and file."""
        self._watcher.close()
        os.close(self._file)
