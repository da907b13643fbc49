"""Open load: each request that falls due goes to a free user, or waits for one.

Imports gevent: to be imported after ``import_locust`` only.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import gevent

from codeoptix_performance.load.alarm import Alarm
from codeoptix_performance.load.answer import Answer
from codeoptix_performance.load.engine import NEVER_SENT, ArrivalCount
from codeoptix_performance.load.journal import RunJournal
from codeoptix_performance.load.traffic import Choices, Route
from codeoptix_performance.units import format_duration


@dataclass(frozen=True, slots=True)
class Arrival:
    """One request: what to send, and the moment it fell due."""

    route: Route
    turn: int
    due: float


class ArrivalDesk:
    """Users ask for ``next_arrival``; who came last is served first, so connections stay in use.

    An arrival waits in line while every user is busy, its clock running, and is dropped after
    ``patience`` seconds: a failed request that was never sent.
    """

    def __init__(
        self, times: Iterator[float], choices: Choices, patience: float, journal: RunJournal
    ) -> None:
        self._times = times
        self._choices = choices
        self._patience = patience
        self._journal = journal
        self._hub = gevent.get_hub()
        self._idle: list[Any] = []
        self._waiting: deque[Arrival] = deque()
        self._started_at = 0.0
        self._next_due: float | None = None
        self._due = self._sent = 0
        self._alarm: Alarm | None = None

    def open(self, started_at: float) -> None:
        """The first arrival is due so many seconds after the moment ``started_at``."""
        self._started_at = started_at
        self._alarm = Alarm(self._serve)
        self._advance()
        self._alarm.set(self._next_due)

    def close(self) -> ArrivalCount:
        """No arrivals from now on; those that still wait are told to the journal as unanswered."""
        if self._alarm is not None:
            self._alarm.close()
            self._alarm = None
        now = perf_counter()
        for arrival in self._waiting:
            self._journal.begin(arrival.route.endpoint, arrival.due, now)
        self._waiting.clear()
        return ArrivalCount(due=self._due, sent=self._sent, dropped=self._due - self._sent)

    def next_arrival(self) -> Arrival:
        """What the user that asks shall send now; waits until there is something."""
        if self._waiting:
            arrival = self._waiting.popleft()
        else:
            user = gevent.getcurrent()
            self._idle.append(user)
            try:
                arrival = self._hub.switch()
            except BaseException:
                # Killed while free; the desk may have served it a moment before.
                if user in self._idle:
                    self._idle.remove(user)
                raise
        self._sent += 1
        return arrival

    def _serve(self) -> None:
        """Runs in the hub whenever an arrival is due."""
        now = perf_counter()
        self._drop_impatient(now)
        while self._next_due is not None and self._next_due <= now:
            self._due += 1
            due = self._next_due
            self._advance()
            route, turn = self._choices.next_route()
            if self._idle:
                self._idle.pop().switch(Arrival(route, turn, due))
            else:
                self._waiting.append(Arrival(route, turn, due))
        if self._alarm is not None:
            self._alarm.set(self._next_due)

    def _advance(self) -> None:
        following = next(self._times, None)
        self._next_due = None if following is None else self._started_at + following

    def _drop_impatient(self, now: float) -> None:
        while self._waiting and now - self._waiting[0].due > self._patience:
            arrival = self._waiting.popleft()
            token = self._journal.begin(arrival.route.endpoint, arrival.due, now)
            cause = f"{NEVER_SENT}{format_duration(self._patience)}: every user was busy"
            self._journal.end(token, Answer(0, 0, cause))
