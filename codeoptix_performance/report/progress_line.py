"""One line about a run that is still going on."""

from __future__ import annotations

from codeoptix_performance.measurement.progress import Progress
from codeoptix_performance.report.cells import NO_FIGURE
from codeoptix_performance.units import format_milliseconds, format_rate


def progress_line(progress: Progress, run_time: float) -> str:
    """``0:05 of 0:30 | 20 users | 16.2 req/s | P95 120 ms | 0 failed | 3 in flight``."""
    users = "1 user" if progress.users == 1 else f"{progress.users} users"
    p95 = NO_FIGURE if progress.p95 is None else format_milliseconds(progress.p95)
    rate = format_rate(progress.requests_per_second).removesuffix("/s")
    parts = (
        f"{_clock(progress.elapsed)} of {_clock(run_time)}",
        users,
        f"{rate} req/s",
        f"P95 {p95}",
        f"{progress.failures} failed",
        f"{progress.in_flight} in flight",
    )
    return " | ".join(parts)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
