"""What the app's process tree uses while it is loaded, and how busy the machine is meanwhile."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from time import perf_counter

import psutil

from codeoptix_performance.measurement.machine_watch import Clocks, machine_use, read_clocks
from codeoptix_performance.measurement.measurement import MachineUse, Resources
from codeoptix_performance.target.target import RunningApp

SAMPLE_INTERVAL = 0.5
SAMPLES_PER_SEARCH = 4
"""The tree is searched anew every so many samples: a search reads every process of the machine."""


class ResourceWatch:
    """What was seen so far; ``result`` and ``machine`` may be asked at any time."""

    def __init__(self, began: Clocks) -> None:
        self._began = self._ended = began
        self._memory = array("Q")
        self._cpu_first: dict[int, float] = {}
        self._cpu_last: dict[int, float] = {}
        self._first_at = 0.0
        self._last_at = 0.0

    def result(self) -> Resources | None:
        """Memory as the sum of resident sizes, pages shared by processes counted in each.

        None without an app to watch, or if it was gone before it could be looked at.
        """
        if not self._memory:
            return None
        cpu, wall = self._cpu(), self._last_at - self._first_at
        return Resources(
            samples=len(self._memory),
            memory_at_start=self._memory[0],
            memory_peak=max(self._memory),
            memory_at_end=self._memory[-1],
            cpu_share=cpu / wall if wall > 0 else 0.0,
        )

    def machine(self) -> MachineUse | None:
        """How busy the machine was until the watch ended; None before that."""
        return machine_use(self._began, self._ended, self._cpu() if self._memory else None)

    def end(self, ended: Clocks) -> None:
        """The load is over."""
        self._ended = ended

    def add(self, processes: list[psutil.Process], at: float) -> None:
        """Takes one sample; a tree that is gone gives none.

        CPU time counts from the first look at a process on, and for one that began since then,
        from its own beginning.
        """
        began_watching = not self._memory
        memory = 0
        for process in processes:
            try:
                with process.oneshot():
                    times = process.cpu_times()
                    memory += process.memory_info().rss
            except psutil.Error:
                continue
            used = times.user + times.system
            self._cpu_first.setdefault(process.pid, used if began_watching else 0.0)
            self._cpu_last[process.pid] = used
        if memory:
            self._memory.append(memory)
            self._first_at = at if began_watching else self._first_at
            self._last_at = at

    def _cpu(self) -> float:
        return sum(last - self._cpu_first[pid] for pid, last in self._cpu_last.items())


@contextmanager
def watch_resources(app: RunningApp | None) -> Iterator[ResourceWatch]:
    """A watch on the app's process tree, sampled twice a second by a thread of its own.

    Without an app of ours, it is one on the machine only.
    """
    watch = ResourceWatch(read_clocks(app.pid if app else None))
    if app is None:
        try:
            yield watch
        finally:
            watch.end(read_clocks(None))
        return
    tree = _ProcessTree(app.pid)
    watch.add(tree.processes(), perf_counter())
    over = Event()
    thread = Thread(target=_sample, args=(tree, watch, over), name="resources", daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        watch.end(read_clocks(app.pid))
        over.set()
        thread.join()


def _sample(tree: _ProcessTree, watch: ResourceWatch, over: Event) -> None:
    while not over.wait(SAMPLE_INTERVAL):
        watch.add(tree.processes(), perf_counter())
    watch.add(tree.processes(), perf_counter())


class _ProcessTree:
    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._known: list[psutil.Process] = []
        self._until_search = 0

    def processes(self) -> list[psutil.Process]:
        """The root and everything below it; none once the root is gone."""
        if self._until_search == 0:
            self._until_search = SAMPLES_PER_SEARCH
            try:
                root = psutil.Process(self._pid)
                self._known = [root, *root.children(recursive=True)]
            except psutil.Error:
                self._known = []
        self._until_search -= 1
        return self._known
