"""Finished requests, kept exactly, in 18 bytes each."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from itertools import compress
from operator import sub
from typing import NamedTuple

from codeoptix_performance.load.engine import GENERATOR_FAULT, NEVER_SENT
from codeoptix_performance.measurement.ticks import TICKS_PER_SECOND, to_ticks

OTHER_CAUSES = "others"
GREATEST_STATUS = 999
MOST_OUTCOMES = 1000
"""Ways to end that are told apart, per endpoint; an app may name a new cause each time."""
_OUR_OWN = (NEVER_SENT, GENERATOR_FAULT)
"""How causes begin that the app has no part in; there are few, and each is told."""

_NEGATION = bytes((1, 0)) + bytes(254)


class Outcome(NamedTuple):
    """How a request ended; ``status`` is 0 without an answer, ``cause`` None for a success."""

    status: int
    cause: str | None


class Columns:
    """Requests in the order they finished, the same place in each column being one request.

    ``due`` holds moments in seconds; ``response`` and ``delay`` hold ticks of 100 ns from there to
    the end and to the sending; ``outcome`` holds numbers of ``Samples.outcomes``. Columns grow at
    their end only, ``outcome`` last: another thread may read as many requests as ``len`` says.
    So many came ``before`` the first one and are forgotten.
    """

    __slots__ = ("before", "delay", "due", "outcome", "response")

    def __init__(self, before: int = 0) -> None:
        self.before = before
        self.due = array("d")
        self.response = array("I")
        self.delay = array("I")
        self.outcome = array("H")

    def __len__(self) -> int:
        return len(self.outcome)

    def finish(self, number: int) -> float:
        """The moment request ``number`` finished."""
        return self.due[number] + self.response[number] / TICKS_PER_SECOND

    def first_finished_from(self, moment: float) -> int:
        """The number of the first request that finished at ``moment`` or later."""
        return bisect_left(range(len(self)), moment, key=self.finish)


class Samples:
    """One endpoint's finished requests, and sums over them.

    ``outcomes`` are the ways they ended; failures that differ from ``MOST_OUTCOMES`` earlier ones
    share one, whose cause is ``OTHER_CAUSES``.
    """

    def __init__(self) -> None:
        self.columns = Columns()
        self.outcomes: list[Outcome] = []
        self.received_bytes = 0
        self.failures = 0
        self._numbers: dict[int | tuple[int, str], int] = {}
        self._times_failed: dict[int, int] = {}
        self._failing: list[bool] = []
        self._never_sent: set[int] = set()
        self._taken = 0
        self._bind()

    def __len__(self) -> int:
        columns = self.columns
        return columns.before + len(columns)

    def take(self) -> Excerpt | None:
        """The requests that came since the last call; None where there are none."""
        first, self._taken = self._taken, len(self.columns)
        return self.excerpt(self.columns, slice(first, None)) if first < self._taken else None

    def forget(self) -> None:
        """Drops the single requests; who reads the old columns in another thread keeps them."""
        if self.columns:
            self._taken = 0
            self.columns = Columns(len(self))
            self._bind()

    def _bind(self) -> None:
        """Looks up once what ``add`` would have to look up for every request of a load."""
        self._append_due = self.columns.due.append
        self._append_response = self.columns.response.append
        self._append_delay = self.columns.delay.append
        self._append_outcome = self.columns.outcome.append

    def add(  # noqa: PLR0917 # keywords would cost as much as half the work
        self, due: float, sent: float, at: float, status: int, size: int, cause: str | None
    ) -> None:
        """Takes one that was due, sent, and answered or failed for ``cause`` at these moments."""
        try:
            outcome = self._numbers[status if cause is None else (status, cause)]
        except KeyError:
            outcome = self._number(status, cause)
        if cause is not None:
            self.failures += 1
            self._times_failed[outcome] += 1
        self.received_bytes += size
        self._append_due(due)
        try:
            self._append_response(int((at - due) * 1e7 + 0.5))  # to_ticks, written out for speed
        except OverflowError:
            self._append_response(to_ticks(at - due))
        self._append_delay(0 if sent == due else to_ticks(sent - due))
        self._append_outcome(outcome)

    def _number(self, status: int, cause: str | None) -> int:
        """The number of a way to end that was not met before."""
        key: int | tuple[int, str]
        if cause is None:
            key = status = min(max(status, 0), GREATEST_STATUS)
        elif len(self.outcomes) < MOST_OUTCOMES or cause.startswith(_OUR_OWN):
            key = status, cause
        else:
            key = status, cause = 0, OTHER_CAUSES
        number = self._numbers.setdefault(key, len(self.outcomes))
        if number == len(self.outcomes):
            self._times_failed[number] = 0
            self._failing.append(cause is not None)
            if cause is not None and cause.startswith(NEVER_SENT):
                self._never_sent.add(number)
            self.outcomes.append(Outcome(status, cause))
        return number

    @property
    def causes(self) -> Counter[str]:
        """Why requests failed, and how many did so."""
        causes: Counter[str] = Counter()
        for number, times in tuple(self._times_failed.items()):
            cause = self.outcomes[number].cause
            if cause is not None:
                causes[cause] += times
        return causes

    @property
    def statuses(self) -> list[int]:
        """The status of each request, 0 without an answer."""
        return [self.outcomes[number].status for number in self.columns.outcome]

    @property
    def seconds(self) -> list[float]:
        """Each request's response time in seconds, counted from when it was due."""
        return [ticks / TICKS_PER_SECOND for ticks in self.columns.response]

    @property
    def sent(self) -> list[float]:
        """The moments at which requests were sent; those that never were are left out."""
        columns = self.columns
        moments = zip(columns.due, columns.delay, columns.outcome, strict=True)
        return [
            due + delay / TICKS_PER_SECOND
            for due, delay, outcome in moments
            if outcome not in self._never_sent
        ]

    @property
    def failed(self) -> bytes:
        """1 for each request that failed, 0 for each that did not."""
        return self._failed_among(self.columns.outcome)

    def read_from(self, number: int) -> Reading:
        """Requests ``number`` and following, those that are forgotten left out.

        May be asked from any thread: for a look at a run that goes on, at what is new in it.
        """
        columns = self.columns
        part = slice(max(0, number - columns.before), len(columns))
        return Reading(
            first=columns.before + part.start,
            due=columns.due[part],
            seconds=[ticks / TICKS_PER_SECOND for ticks in columns.response[part]],
            failed=self._failed_among(columns.outcome[part]),
        )

    def excerpt(self, columns: Columns, part: slice) -> Excerpt:
        """The requests that ``part`` leaves of ``columns``."""
        outcomes, responses = columns.outcome[part], columns.response[part]
        delays = columns.delay[part]
        failed = self._failed_among(outcomes) if self.failures else b""
        failures = failed.count(1)
        unsent = 0
        if failures:
            unsent = sum(map(self._never_sent.__contains__, outcomes))
            succeeded = failed.translate(_NEGATION)
            responses = array("I", compress(responses, succeeded))
            delays = array("I", compress(delays, succeeded))
        services = responses
        if any(delays):
            services = array("I", map(sub, responses, delays))
        return Excerpt(len(outcomes), failures, unsent, responses, services)

    @property
    def unsent(self) -> int:
        """How many failed because they were never sent."""
        return sum(self._times_failed[number] for number in tuple(self._never_sent))

    def _failed_among(self, outcomes: array[int]) -> bytes:
        return bytes(map(self._failing.__getitem__, outcomes))


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Some of an endpoint's requests: ``failures`` failed, ``unsent`` of them without being sent.

    ``responses`` and ``services`` are ticks of the successes, in the order they finished: from
    when they were due, and from when they were sent. They are one object where none was late.
    """

    requests: int
    failures: int
    unsent: int
    responses: array[int]
    services: array[int]


@dataclass(frozen=True, slots=True)
class Reading:
    """An endpoint's requests from the one with number ``first`` on, in the order they finished.

    ``due`` are moments; ``seconds`` count from there to the end; ``failed`` is 1 for a failure.
    """

    first: int
    due: array[float]
    seconds: list[float]
    failed: bytes
