"""What a verdict is told of the bare machine: what is known, or measured where it may matter."""

from __future__ import annotations

from codeoptix_performance.errors import PerformanceError
from codeoptix_performance.measurement.bare_machine.figures import BareMachine
from codeoptix_performance.measurement.bare_machine.measuring import measure_bare_machine
from codeoptix_performance.measurement.bare_machine.memory import (
    circumstances,
    measured_once,
    recall,
)
from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.target.target import Target


def bare_machine_of(settings: Settings, target: Target, *, needed: bool) -> BareMachine | None:
    """The machine's own figures for apps held and loaded as ``target`` was.

    None where they are not known. Only where they are ``needed`` are they measured then, which
    takes seven seconds and is to be asked for once the app has ended. Of an app that runs
    elsewhere nothing is known: the machine is not the one that serves it.
    """
    if target.app is None:
        return None
    at = circumstances(
        target.isolation.rung,
        own_network=target.doorway is not None,
        engine=settings.engine,
    )
    known = recall(at)
    if known is not None or not needed:
        return known
    try:
        return measured_once(at, lambda: measure_bare_machine(settings))
    except PerformanceError:
        return None  # a verdict on the app does not hang on a server of ours
