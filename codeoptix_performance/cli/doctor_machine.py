"""``doctor --machine``: what this machine does at all, measured and kept for later verdicts."""

from __future__ import annotations

from codeoptix_performance.errors import PerformanceError
from codeoptix_performance.measurement.bare_machine.figures import BareMachine
from codeoptix_performance.measurement.bare_machine.measuring import measure_bare_machine
from codeoptix_performance.measurement.bare_machine.memory import circumstances, remember
from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.target.sandbox.ladder import choose_hold
from codeoptix_performance.units import format_milliseconds, format_rate, format_ratio
from codeoptix_performance.verdict.wording import users


def machine_page() -> tuple[str, bool]:
    """What to print, and whether the figures could be measured and kept. Takes seven seconds."""
    settings = Settings()
    try:
        hold = choose_hold(settings)
        found = measure_bare_machine(settings)
    except PerformanceError as error:
        return f"! Nothing could be measured: {error}\n", False
    at = circumstances(hold.rung, own_network=hold.own_network, engine=settings.engine)
    kept = remember(at, found)
    return "\n".join((*_figures(found), _fate(found, kept=kept))) + "\n", kept


def _figures(found: BareMachine) -> tuple[str, ...]:
    loads = ", ".join(
        f"{users(load.users)} {format_rate(load.requests_per_second)}" for load in found.closed
    )
    cost = found.best.generator_seconds * 1e6
    floor = found.floor
    named = {"median": 0.5, "P95": 0.95, "P99": 0.99, "max": 1.0}
    times = ", ".join(f"{name} {_time(floor.quantile(q))}" for name, q in named.items())
    return (
        f"This machine with a server that answers at once, on the rung {found.rung}",
        f"  ceiling         {format_rate(found.ceiling)} without pauses ({loads})",
        f"  load generator  {cost:.1f} µs of processor time a request",
        f"  noise floor     {times}, of {floor.finished} requests under the default light load",
    )


def _time(seconds: float | None) -> str:
    return format_milliseconds(seconds or 0.0)


def _fate(found: BareMachine, *, kept: bool) -> str:
    if kept:
        return "  These figures are kept until the machine starts anew."
    if found.is_quiet:
        return "! These figures are not kept: the cache cannot be written to."
    return (
        f"! These figures are not kept: {format_ratio(found.pressure)} of the time something "
        "waited for a processor. Run it again while the machine is less busy."
    )
