"""The story of an examination: a closer look at what is slow, a crowd, truth, memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from time import perf_counter

from codeoptix_performance.examination.alone import Alone, see_alone
from codeoptix_performance.examination.capacity import (
    Canary,
    Suspect,
    find_canary,
    find_suspects,
    look_closer,
    make_sure,
)
from codeoptix_performance.examination.crowd import at_its_best, crowd
from codeoptix_performance.examination.examination import Examination, Focus
from codeoptix_performance.examination.integrity import check_integrity
from codeoptix_performance.examination.memory import watch_memory
from codeoptix_performance.examination.profiling import with_line
from codeoptix_performance.examination.statements import count_statements
from codeoptix_performance.examination.stretch import Prober, Stretch
from codeoptix_performance.load.engine import Engine
from codeoptix_performance.load.session import Sessions
from codeoptix_performance.measurement.measurement import Measurement
from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.target.endpoint import Endpoint
from codeoptix_performance.target.target import Target

SERVED_FEW = 3.0
"""Requests worked on at a time, of eight; sound endpoints that wait reach more."""
LAST_FOCUS = 4.0
"""Seconds after which no further endpoint is looked at closer."""
LAST_BEGIN = 5.0
"""Seconds of looking further after which nothing new is begun: such an app hangs."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a judge wants of an examination.

    ``requests`` of the endpoints it names shall be asked at the app's best, so that their limits
    are proven. A focus that ``is_fault`` fails the app, and nothing more need be asked of it. The
    crowd grows smaller until a stretch ``keeps_limits``.
    """

    requests: Mapping[str, int] = field(default_factory=dict)
    is_fault: Callable[[Focus], bool] = lambda _: False
    keeps_limits: Callable[[Stretch], bool] = lambda _: True


def examine(
    settings: Settings,
    target: Target,
    measurement: Measurement,
    engine: Engine,
    wishes: Wishes = Wishes(),  # frozen
    *,
    sessions: Sessions | None = None,
) -> Examination | None:
    """What light load does not show of an app that answers; None where it was not examined.

    It is not where ``examine`` is off, or where the load showed the app dead. Users who log in come
    with the ``sessions`` that those of the load left. An app that is ours is asked everything the
    load asked; of any other, only reads. Blocks for two to four seconds, and for up to eight more
    with a slow app of which requests are wished for. Raises ``KeyboardInterrupt`` after Ctrl-C.
    """
    names = endpoints_of_examination(settings, target)
    if not names or _is_beyond_examining(measurement):
        return None
    endpoints = tuple(each for each in target.endpoints if each.name in names)
    started = perf_counter()
    log_tail = target.app.log_tail() if target.app is not None else ""
    prober = Prober(settings, target, engine, sessions)
    _let_settle(prober, endpoints, measurement)
    alone = see_alone(prober, endpoints)
    sent = count_statements(prober, target.statements, endpoints, alone)
    seen = Examination(0.0, log_tail_before=log_tail, statements=sent, unanswered=alone.unanswered)
    seen = replace(seen, focuses=_focuses(prober, target, endpoints, alone, wishes))
    if not any(map(wishes.is_fault, seen.focuses)):
        seen = _look_further(prober, endpoints, alone, seen, wishes)
    app_exit = target.app.exit() if target.app is not None else None
    return replace(seen, seconds=perf_counter() - started, app_exit=app_exit)


def _look_further(
    prober: Prober,
    endpoints: tuple[Endpoint, ...],
    alone: Alone,
    seen: Examination,
    wishes: Wishes,
) -> Examination:
    """What no single endpoint shows: a crowd, truth, memory, and the app at its best."""
    last_begin = perf_counter() + LAST_BEGIN
    crowding = crowd(prober, endpoints, alone, wishes.keeps_limits)
    integrity = check_integrity(prober, endpoints, alone)
    memory = watch_memory(prober, endpoints) if perf_counter() < last_begin else None
    if wishes.requests and perf_counter() < last_begin:
        crowding = at_its_best(prober, endpoints, crowding, wishes.requests)
    return replace(seen, crowding=crowding, integrity=integrity, memory=memory)


def endpoints_of_examination(settings: Settings, target: Target) -> frozenset[str]:
    """Names of what an examination asks, if there is one; empty where there is none."""
    if not settings.examine:
        return frozenset()
    asked = (each for each in target.endpoints if each.weight > 0 and each.requests)
    return frozenset(each.name for each in asked if target.app is not None or each.method == "GET")


def _is_beyond_examining(measurement: Measurement) -> bool:
    """True for an app that ended, hangs, or fails so often that nothing else matters."""
    total = measurement.total
    ended = measurement.app_exit is not None or measurement.interrupted
    return ended or not total.requests or total.failures * 2 > total.requests


def _let_settle(prober: Prober, endpoints: tuple[Endpoint, ...], measurement: Measurement) -> None:
    """Waits for what the load left behind: its last requests were cut off, not taken back."""
    known = {figures.name: figures.latencies.least() for figures in measurement.endpoints}
    timed = [(least, each) for each in endpoints if (least := known.get(each.name)) is not None]
    if timed:
        least, slowest = max(timed, key=lambda row: row[0])
        prober.settle(slowest, least)


def _focuses(
    prober: Prober,
    target: Target,
    endpoints: tuple[Endpoint, ...],
    alone: Alone,
    wishes: Wishes,
) -> tuple[Focus, ...]:
    """Of the slowest endpoints, until one is at fault or the app does not come to rest."""
    found: list[Focus] = []
    canary = find_canary(prober, endpoints, alone)
    last_begin = perf_counter() + LAST_FOCUS
    for suspect in find_suspects(endpoints, alone, canary):
        if perf_counter() > last_begin:
            break
        focus = _look(prober, suspect, canary)
        if target.app is not None and focus.served_at_once <= SERVED_FEW:
            focus = with_line(prober, focus, suspect, target.app.pid)
        found.append(focus)
        if wishes.is_fault(focus) or not prober.settle(suspect.endpoint, suspect.alone):
            break
    return tuple(found)


def _look(prober: Prober, suspect: Suspect, canary: Canary) -> Focus:
    """A closer look, and another where the first was disturbed or rests on too little."""
    focus = look_closer(prober, suspect, canary)
    if focus.stretch.disturbed:
        focus = look_closer(prober, suspect, canary)
    if focus.waits and focus.served_at_once <= SERVED_FEW:
        focus = make_sure(prober, focus, suspect)
    return focus
