"""Reasons to distrust the figures that lie in the machine: too small, too coarse, too busy."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from codeoptix_performance.load.plan import LoadPlan
from codeoptix_performance.measurement.bare_machine.figures import BUSY, BareMachine
from codeoptix_performance.measurement.measurement import Doubt, MachineUse, Measurement
from codeoptix_performance.settings.limits import Limit
from codeoptix_performance.settings.stages import greatest_of
from codeoptix_performance.units import format_milliseconds, format_rate, format_ratio

NEAR = 0.8
"""A rate above this share of the ceiling, a floor above this share of a limit, is near it."""
MOST_OF_OTHERS = 0.2
"""Cores that other programs may use; the pressure an app makes by itself is its own doing."""
MOST_STOLEN = 0.05
"""Share of the processors' time that a hypervisor may give to others."""
SHORTEST = 1.0
"""Seconds of a run below which the kernel's counters are too coarse to judge by."""


def held_against(
    machine: BareMachine | None,
    measurement: Measurement,
    plan: LoadPlan,
    limits: Iterable[Limit],
) -> Measurement:
    """The same figures with the doubts that what ``machine`` can do at all casts on them."""
    if machine is None:
        return measurement
    found = (near_ceiling(machine, measurement, plan, limits), near_noise_floor(machine, limits))
    cast = tuple(doubt for doubt in found if doubt is not None)
    return replace(measurement, bare_machine=machine, doubts=(*measurement.doubts, *cast))


def near_ceiling(
    machine: BareMachine, measurement: Measurement, plan: LoadPlan, limits: Iterable[Limit]
) -> Doubt | None:
    """A rate was asked for, or reached, that leaves the app hardly any time of the machine."""
    ceiling = machine.ceiling
    asked = max(_asked_rates(plan, limits), default=0.0)
    reached = _reached_rate(measurement)
    if max(asked, reached) < NEAR * ceiling:
        return None
    what, rate = ("asked", asked) if asked >= NEAR * ceiling else ("measured", reached)
    side = "above" if rate > ceiling else "near"
    return Doubt(
        "near-ceiling",
        f"The {what} rate of {format_rate(rate)} is {side} the {format_rate(ceiling)} that this "
        "machine makes of a server that answers at once.",
        "Ask for a lower rate, or run it on a machine with more or faster cores.",
        spoils=True,
        may_add=_behind_others(measurement, ceiling) if reached >= NEAR * ceiling else 0.0,
        may_add_each=1 / ceiling,
    )


def near_noise_floor(machine: BareMachine, limits: Iterable[Limit]) -> Doubt | None:
    """A limit that the machine nearly fills, or breaks, before an app has done anything."""
    floors = [(floor, limit) for limit in limits if (floor := machine.floor_of(limit)) is not None]
    near = [(floor, limit) for floor, limit in floors if floor >= NEAR * limit.value]
    if not near:
        return None
    floor, limit = max(near, key=lambda pair: pair[0] / max(pair[1].value, 1e-9))
    side = "below" if limit.value < floor else "near"
    return Doubt(
        "near-noise-floor",
        f"The limit {limit.label} {format_milliseconds(limit.value)} is {side} the "
        f"{format_milliseconds(floor)} that a server that answers at once takes on this machine.",
        "Give the limit more room, or run it on a quieter or faster machine.",
        spoils=True,
        may_add=max(floor for floor, _ in near),
    )


def machine_doubts(use: MachineUse | None, users: int, finished: int) -> tuple[Doubt, ...]:
    """Others had the processors. Of what was waited for, a request had at most all users' share.

    ``users`` asked at once, and ``finished`` requests were answered or failed.
    """
    if use is None or use.seconds < SHORTEST:
        return ()
    share_of_a_request = users / max(1, finished)
    found = (_stolen(use, share_of_a_request), _busy(use, share_of_a_request))
    return tuple(doubt for doubt in found if doubt is not None)


def _stolen(use: MachineUse, share_of_a_request: float) -> Doubt | None:
    share = use.stolen / use.processors
    if share <= MOST_STOLEN:
        return None
    return Doubt(
        "processors-stolen",
        f"The hypervisor gave {format_ratio(share)} of this machine's processor time to other "
        "machines.",
        "Run it on a machine whose processors are its own.",
        spoils=True,
        may_add=use.stolen * use.seconds * share_of_a_request,
        may_slow=_slowed(use.stolen),
    )


def _busy(use: MachineUse, share_of_a_request: float) -> Doubt | None:
    """Not where nobody can tell the app's work from that of others."""
    if use.others is None or use.pressure <= BUSY or use.others <= MOST_OF_OTHERS:
        return None
    return Doubt(
        "machine-busy",
        f"Other programs used {use.others:.1f} of this machine's {use.processors} cores, and "
        f"{format_ratio(use.pressure)} of the time something waited for one.",
        "Run it again while the machine is less busy.",
        spoils=True,
        may_add=use.app_waited * share_of_a_request,
        may_slow=_slowed(use.pressure),
    )


def _slowed(share_of_time: float) -> float:
    return 1 / (1 - share_of_time) if share_of_time < 1 else math.inf


def _asked_rates(plan: LoadPlan, limits: Iterable[Limit]) -> list[float]:
    due = [greatest_of(plan.arrivals.stages)] if plan.arrivals else []
    rates = [
        it.value for it in limits if it.metric == "request_rate" and it.operator in (">", ">=")
    ]
    return [*due, *rates]


def _reached_rate(measurement: Measurement) -> float:
    if measurement.arrivals is not None:
        return measurement.arrivals.achieved_per_second
    return measurement.total.requests_per_second


def _behind_others(measurement: Measurement, ceiling: float) -> float:
    """Seconds a request waits behind those of all users; arrivals have no bound."""
    return math.inf if measurement.arrivals is not None else measurement.users_reached / ceiling
