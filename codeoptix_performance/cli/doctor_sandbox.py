"""``doctor --sandbox``: each rung tried as before an app, promise by promise."""

from __future__ import annotations

from collections.abc import Iterator

from codeoptix_performance.target.sandbox.isolation import PROMISES
from codeoptix_performance.target.sandbox.ladder import TriedHold, try_limits, try_namespaces
from codeoptix_performance.units import format_duration

_RUNGS = {
    "bwrap": "Sandbox bwrap: namespaces made by bubblewrap",
    "limits": "Sandbox limits: for where namespaces are refused",
}


def sandbox_page() -> tuple[str, bool]:
    """What to print, and whether the best rung keeps everything."""
    best, next_best = try_namespaces(own_network=True), try_limits()
    used = best if not best.problem else next_best
    lines = [*_rung(best, needed=True), "", *_rung(next_best, needed=False), ""]
    if used.problem:
        lines.append("! No app can be held here.")
    else:
        lines.append(f"  Apps are held on the rung {used.hold.rung}.")
    return "\n".join(lines) + "\n", not best.problem


def _rung(tried: TriedHold, *, needed: bool) -> Iterator[str]:
    """A promise that a lower rung does not make needs nobody's attention."""
    yield _RUNGS[tried.hold.rung]
    if tried.problem:
        yield f"! cannot be used: {tried.problem}"
    if not tried.check.kept:
        return
    widest = max(map(len, PROMISES))
    for key, words in PROMISES.items():
        is_kept = key in tried.check.kept
        mark = " " if is_kept or not needed else "!"
        yield f"{mark} {key:{widest}}  {'kept' if is_kept else 'open'}: an app {words}"
    yield f"  tried in {format_duration(tried.check.seconds)}"
