"""The part of a run whose rates count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codeoptix_performance.load.engine import LoadReport

SHORTEST_WINDOW = 1.0


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of the run, both ends included; moments as the engine's."""

    begins_at: float
    ends_at: float

    @property
    def seconds(self) -> float:
        """Its length."""
        return self.ends_at - self.begins_at


def steady_window(
    users_planned: int, user_changes: Sequence[tuple[float, int]], report: LoadReport
) -> Window:
    """From the moment every planned user was active to the stop.

    The whole run where they never were all active, or for less than ``SHORTEST_WINDOW`` seconds.
    """
    reached = (at for at, count in user_changes if count >= users_planned)
    window = Window(next(reached, report.started_at), report.stopped_at)
    if window.seconds < SHORTEST_WINDOW:
        return Window(report.started_at, report.stopped_at)
    return window
