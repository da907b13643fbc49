"""How hard the load generator itself has to work."""

from __future__ import annotations

from time import thread_time


class Strain:
    """Looked at again and again by the generator's own thread, from the moment ``since`` on."""

    def __init__(self, since: float) -> None:
        self.worst_lag = 0.0
        """Seconds that the event loop was late at worst."""
        self.busiest_second = 0.0
        """The greatest share of a processor core that it used in a whole second."""
        self._second_began = since
        self._cpu_before = thread_time()

    def look(self, now: float, *, late: float) -> None:
        """It is ``now`` (``perf_counter`` seconds), and the event loop was so late to say so."""
        self.worst_lag = max(self.worst_lag, late)
        seconds = now - self._second_began
        if seconds < 1.0:
            return
        cpu = thread_time()
        self.busiest_second = max(self.busiest_second, (cpu - self._cpu_before) / seconds)
        self._second_began, self._cpu_before = now, cpu
