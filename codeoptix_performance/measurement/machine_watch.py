"""How busy the machine was while the app was loaded, and with whose work."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from time import perf_counter, process_time

from codeoptix_performance.measurement.machine import (
    seconds_at_work,
    seconds_of_pressure,
    seconds_stolen,
    seconds_waited_by,
)
from codeoptix_performance.measurement.measurement import MachineUse


@dataclass(frozen=True, slots=True)
class Clocks:
    """What the kernel has counted by one moment, all in seconds."""

    at: float
    pressure: float
    stolen: float
    at_work: float
    ours: float
    app_waited: float


def read_clocks(app_pid: int | None) -> Clocks:
    """Those of now; the app's waiting is infinite where it is not ours to look at."""
    return Clocks(
        at=perf_counter(),
        pressure=seconds_of_pressure(),
        stolen=seconds_stolen(),
        at_work=seconds_at_work(),
        ours=process_time(),
        app_waited=math.inf if app_pid is None else seconds_waited_by(app_pid),
    )


def machine_use(began: Clocks, ended: Clocks, app_cpu: float | None) -> MachineUse | None:
    """What lies between two readings; ``app_cpu`` are the seconds the app computed meanwhile.

    None where no time lies between them.
    """
    seconds = ended.at - began.at
    if seconds <= 0:
        return None
    by_others = None
    if app_cpu is not None:
        at_work = ended.at_work - began.at_work
        by_others = max(0.0, at_work - (ended.ours - began.ours) - app_cpu) / seconds
    app_waited = math.inf
    if math.isfinite(ended.app_waited):
        app_waited = max(0.0, ended.app_waited - began.app_waited)
    return MachineUse(
        seconds=seconds,
        processors=os.cpu_count() or 1,
        pressure=min(1.0, (ended.pressure - began.pressure) / seconds),
        stolen=(ended.stolen - began.stolen) / seconds,
        others=by_others,
        app_waited=app_waited,
    )
