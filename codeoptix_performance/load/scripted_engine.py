"""A load generator that replays what was written down: no network, no clock, no thread.

The whole story runs on it in milliseconds, and it shows what an engine has to do:

    requests = steady(0, every=0.1, until=8.0, seconds=0.02)
    engine = ScriptedEngine(Script((users(0.0, 20), *requests), duration=8.0))
    assess(settings, engine=engine)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from codeoptix_performance.load.engine import ArrivalCount, LoadReport, Sink, Watch, phases_run
from codeoptix_performance.load.plan import LoadPlan

WATCH_INTERVAL = 0.2


@dataclass(frozen=True, slots=True)
class UsersChange:
    """From ``at`` seconds after the start on, ``count`` users are active."""

    at: float
    count: int


@dataclass(frozen=True, slots=True)
class ScriptedRequest:
    """One request of ``plan.endpoints[endpoint]``, sent ``at`` seconds after the start.

    ``seconds`` is None for one that is never answered. ``cause`` is None for a success. It was due
    ``late`` seconds before it was sent.
    """

    endpoint: int
    at: float
    seconds: float | None
    status: int = 200
    size: int = 2
    cause: str | None = None
    late: float = 0.0


Event = UsersChange | ScriptedRequest


@dataclass(frozen=True, slots=True)
class Script:
    """A run as it shall have been; ``duration`` None lasts as long as the plan says.

    The plan begins after ``admission`` seconds.
    What would happen after the end does not happen: a request answered later stays in flight.
    """

    events: tuple[Event, ...]
    duration: float | None = None
    admission: float = 0.0
    arrivals: ArrivalCount | None = None
    died: tuple[str, ...] = ()
    listener_errors: tuple[str, ...] = ()
    generator_cpu_share: float = 0.1
    worst_lag: float = 0.001
    interrupted: bool = False


def users(at: float, count: int) -> UsersChange:
    """``count`` users are active from ``at`` on."""
    return UsersChange(at, count)


def steady(
    endpoint: int,
    *,
    every: float,
    until: float,
    seconds: float | None,
    start: float = 0.0,
    status: int = 200,
    size: int = 2,
    cause: str | None = None,
) -> Iterator[ScriptedRequest]:
    """Requests alike, sent ``every`` so many seconds from ``start`` on, before ``until``."""
    number = 0
    while (at := start + number * every) < until:
        yield ScriptedRequest(endpoint, at, seconds, status, size, cause)
        number += 1


class ScriptedEngine:
    """Replays ``script`` to the sink in the order of time; its runs start at moment 0.0.

    ``watch`` is asked every ``WATCH_INTERVAL`` scripted seconds and may end the run.
    """

    def __init__(self, script: Script) -> None:
        self._script = script

    def run(self, plan: LoadPlan, sink: Sink, watch: Watch) -> LoadReport:
        """The report of the scripted run."""
        script = self._script
        begins_at = script.admission
        duration = begins_at + plan.run_time if script.duration is None else script.duration
        sink.plan_begins(begins_at)
        stopped_at = _replay(script.events, duration, sink, watch)
        counts = (
            event.count
            for event in script.events
            if isinstance(event, UsersChange) and event.at <= stopped_at
        )
        return LoadReport(
            started_at=0.0,
            stopped_at=stopped_at,
            peak_users=max(counts, default=0),
            phases=phases_run(plan, begins_at, stopped_at),
            arrivals=script.arrivals,
            died=script.died,
            listener_errors=script.listener_errors,
            generator_cpu_share=script.generator_cpu_share,
            worst_lag=script.worst_lag,
            interrupted=script.interrupted,
        )


@dataclass(frozen=True, slots=True)
class _Step:
    """Something happens: a change of users, a request leaves, an answer arrives, or a question."""

    at: float
    number: int
    event: Event | None
    answers: bool = False


def _replay(events: tuple[Event, ...], duration: float, sink: Sink, watch: Watch) -> float:
    """The moment the run ended: ``duration``, or when ``watch`` said so."""
    tokens: dict[int, int] = {}
    for step in _in_order(events, duration):
        match step.event:
            case None:
                if watch(step.at):
                    return step.at
            case UsersChange(count=count):
                sink.users(count, step.at)
            case ScriptedRequest() as request if step.answers:
                _answer(sink, tokens.pop(step.number), step.at, request)
            case ScriptedRequest(endpoint=endpoint) as request:
                tokens[step.number] = sink.begin(endpoint, step.at - request.late, step.at)
    return duration


def _answer(sink: Sink, token: int, at: float, request: ScriptedRequest) -> None:
    sink.end(token, at, request.status, request.size, request.cause)


def _in_order(events: tuple[Event, ...], duration: float) -> list[_Step]:
    questions = int(duration / WATCH_INTERVAL)
    steps = [_Step(number * WATCH_INTERVAL, 0, None) for number in range(1, questions + 1)]
    for number, event in enumerate(events):
        steps.append(_Step(event.at, number, event))
        if isinstance(event, ScriptedRequest) and event.seconds is not None:
            steps.append(_Step(event.at + event.seconds, number, event, answers=True))
    return sorted(
        (step for step in steps if step.at <= duration), key=lambda step: (step.at, step.answers)
    )
