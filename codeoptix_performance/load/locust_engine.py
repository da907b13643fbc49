"""The load generator in this process: Locust in a thread of its own.

Importing this module does not import Locust; the first run does.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from time import perf_counter, sleep
from typing import TYPE_CHECKING

from codeoptix_performance.errors import EngineError, PerformanceError
from codeoptix_performance.load.engine import LoadReport, Sink, Watch
from codeoptix_performance.load.plan import LoadPlan
from codeoptix_performance.units import format_duration

if TYPE_CHECKING:
    from locust import LoadTestShape

    from codeoptix_performance.load.locust_run import LocustRun

WATCH_INTERVAL = 0.2
"""Seconds between two questions to the watch."""
START_GRACE = 60.0
"""Seconds from the call to the first user: a name server may be slow."""
STOP_GRACE = 15.0
"""Seconds the load's thread may take beyond the plan before it counts as stuck."""


class LocustEngine:
    """Puts the load on from a thread of its own, with an event loop of its own.

    ``watch`` is called in the thread that calls ``run``; what it raises ends the load and comes
    out of ``run``. Ctrl-C ends the load too, and its report says so.
    """

    def run(self, plan: LoadPlan, sink: Sink, watch: Watch) -> LoadReport:
        """The load of ``plan``; blocks until it is over. Raises ``EngineError`` if it cannot be."""
        shape = None if plan.own_shape is None else _load_shape(plan.own_shape)
        run = _prepare(plan, sink, shape)
        load = _LoadThread(run)
        load.start()
        interrupted = False
        try:
            self._attend(load, run, plan, watch)
        except KeyboardInterrupt:
            interrupted = True
        finally:
            run.stop()
            ended = load.wait(STOP_GRACE)
        if not ended:
            raise EngineError(
                f"The load generator did not end within {format_duration(STOP_GRACE)} of being "
                "told to: run it again in a new process."
            )
        report = load.report()
        return replace(report, interrupted=True) if interrupted else report

    def _attend(self, load: _LoadThread, run: LocustRun, plan: LoadPlan, watch: Watch) -> None:
        """Returns when the load is over, is to be stopped, or is late beyond hope."""
        called_at = perf_counter()
        while not load.wait(WATCH_INTERVAL):
            now = perf_counter()
            if run.started_at is None:
                if now - called_at > START_GRACE:
                    return
                continue
            elapsed = now - run.started_at
            if elapsed > plan.run_time + STOP_GRACE or watch(elapsed):
                return


def check_shape(place: str) -> None:
    """Raises ``SettingsError``, one sentence, where no ``LoadTestShape`` can be had."""
    _load_shape(place)


def _prepare(plan: LoadPlan, sink: Sink, shape: LoadTestShape | None) -> LocustRun:
    with _importing_locust():
        # Imported here so that Locust's second is paid by runs only.
        from codeoptix_performance.load.locust_run import LocustRun  # noqa: PLC0415
    return LocustRun(plan, sink, shape)


def _load_shape(place: str) -> LoadTestShape:
    with _importing_locust():
        from codeoptix_performance.load.locust_import import import_locust  # noqa: PLC0415

        import_locust()
        from codeoptix_performance.load.own_shape import load_shape  # noqa: PLC0415
    return load_shape(place)


@contextmanager
def _importing_locust() -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        raise EngineError(
            f"Locust cannot be imported ({error}): install it again, pip install locust."
        ) from error


class _LoadThread:
    """A native thread, also where gevent has replaced ``threading`` in the whole process."""

    def __init__(self, run: LocustRun) -> None:
        self._run = run
        self._thread = threading.Thread(target=self._work, name="load", daemon=True)
        self._ended = threading.Event()
        self._report: LoadReport | None = None
        self._error: BaseException | None = None
        self._over = False

    def start(self) -> None:
        """Starts it. Where Locust was imported the usual way, a plain thread would be none."""
        if _threads_are_replaced():
            _start_native_thread(self._work)
        else:
            self._thread.start()

    def wait(self, seconds: float) -> bool:
        """True once it is over and gone, at the latest after ``seconds``."""
        if _threads_are_replaced():
            ends_at = perf_counter() + seconds
            while not self._over and perf_counter() < ends_at:
                sleep(WATCH_INTERVAL / 10)  # gevent's sleep: the host's greenlets go on
            return self._over
        # Not join alone: Python 3.12 takes a thread for ended whose join a signal interrupted.
        if not self._ended.wait(seconds):
            return False
        self._thread.join()
        return True

    def report(self) -> LoadReport:
        """What the run reported; raises ``EngineError`` if it failed."""
        if self._report is not None:
            return self._report
        if isinstance(self._error, PerformanceError):
            raise self._error
        raise EngineError(
            f"The load generator failed: {type(self._error).__name__}: {self._error}."
        ) from self._error

    def _work(self) -> None:
        try:
            self._report = self._run.run()
        except BaseException as error:  # noqa: BLE001 # handed to the thread that waits
            self._error = error
        finally:
            self._over = True
            if not _threads_are_replaced():
                self._ended.set()


def _threads_are_replaced() -> bool:
    from gevent import monkey  # noqa: PLC0415 # only after import_locust

    return bool(monkey.is_module_patched("threading"))


def _start_native_thread(work: Callable[[], None]) -> None:
    from gevent import monkey  # noqa: PLC0415 # only after import_locust

    monkey.get_original("_thread", "start_new_thread")(work, ())
