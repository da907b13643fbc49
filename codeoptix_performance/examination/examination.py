"""The record this room hands on: figures of what light load does not show."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from codeoptix_performance.examination.stretch import Part, Stretch
from codeoptix_performance.target.target import AppExit

Behind = Literal["lazy-load", "new-client", "hashing"]
"""What an app's line was busy with in libraries, where that says what is wrong with the line."""


MOST_REFUSED = 0.1
MOST_CORES_WAITING = 0.25
"""An app that wants less of a core than this while it is loaded waits for something."""
MOST_CORES_USED = 0.1
MOST_CORES_LACKING = 0.5
"""On a busy machine an app has to wait for a processor whenever it wakes up. One that computes for
eight users is always ready to: what it uses and what it lacks come to a whole core."""
LEAST_CORES_COMPUTING = 0.6
MOST_ROWS_ALIKE = 2.0
LEAST_TIME_ADDED = 0.02
MUCH_SLOWER = 1.6
MUCH_LESS = 0.5


@dataclass(frozen=True, slots=True)
class HotLine:
    """The line of the app's own that ``share`` (0..1) of its samples went through.

    ``place`` and ``called_from``, the own line above it, are written ``app.py:14``; ``source`` is
    the line's text, empty where it could not be read.
    """

    place: str
    called_from: str | None
    share: float
    on_loop: bool
    behind: Behind | None = None
    source: str = ""


Blindness = Literal["not-linux", "no-sampler", "not-allowed", "not-python", "failed"]
"""Why an app's lines could not be looked for."""


@dataclass(frozen=True, slots=True)
class Unseen:
    """No line could be looked for; ``words`` are the sampler's own where it ``failed``."""

    why: Blindness
    words: str = ""


@dataclass(frozen=True, slots=True)
class Focus:
    """One endpoint asked by several users at once, beside a trivial one, the canary.

    ``alone`` and ``canary_alone`` are the seconds that the endpoint and the canary take for a
    single user, ``times_dearer`` how many times longer the one took at best than the app's
    quickest read. In ``stretch`` every user asks the two, without pauses. ``hot_line`` is None
    where it was not looked for, could not be (``unseen`` says why), or was not found.
    """

    endpoint: str
    canary: str
    alone: float
    canary_alone: float
    times_dearer: float
    stretch: Stretch
    hot_line: HotLine | None = None
    unseen: Unseen | None = None

    @property
    def rate(self) -> float:
        """Successes of the endpoint per second."""
        return self.stretch.rate_of(self.endpoint)

    @property
    def is_refused(self) -> bool:
        """Whether the app refused or failed so much of it that the figures tell nothing."""
        part = self.stretch.part(self.endpoint)
        return part is not None and part.failures > MOST_REFUSED * part.requests

    @property
    def served_at_once(self) -> float:
        """How many of its requests were worked on at a time: Little's law, rate times ``alone``."""
        return self.rate * self.alone

    @property
    def canary_loaded(self) -> float:
        """The canary's median in seconds while the endpoint was loaded."""
        part = self.stretch.part(self.canary)
        return part.median if part and part.median is not None else 0.0

    @property
    def cpu_each(self) -> float | None:
        """CPU seconds the app spends on one request; None where its processes are not ours.

        Requests still in flight count half: they have had a part of theirs.
        """
        part, cores = self.stretch.part(self.endpoint), self.stretch.cores
        if cores is None or part is None or not part.requests + part.in_flight:
            return None
        return cores * self.stretch.seconds / (part.requests + part.in_flight / 2)

    @property
    def cores_wanted(self) -> float | None:
        """Cores the app used, and those it was ready to use and did not get."""
        cores = self.stretch.cores
        return None if cores is None else cores + self.stretch.cores_lacking

    @property
    def waits(self) -> bool:
        """Whether the app hardly computed, though eight users asked it without pauses."""
        wanted, used = self.cores_wanted, self.stretch.cores
        if wanted is None or used is None:
            return False
        rarely_ready = used < MOST_CORES_USED and wanted - used < MOST_CORES_LACKING
        return wanted < MOST_CORES_WAITING or rarely_ready

    @property
    def computes(self) -> bool:
        """Whether the app had, or lacked, about a core: less is work that goes on by itself."""
        return self.cores_wanted is not None and self.cores_wanted >= LEAST_CORES_COMPUTING


@dataclass(frozen=True, slots=True)
class Crowding:
    """The whole mix, asked by ``many`` users without pauses; ``one`` is a single user before.

    ``fewer`` are half as many users and so on, until limits held; none where they held for many.
    ``at_knee`` asks all endpoints alike, by about as many users as the app serves at its best;
    None where nobody wanted it. ``sound_alone`` are the endpoints that never failed a single user.
    """

    one: Stretch
    many: Stretch
    at_knee: Stretch | None = None
    fewer: tuple[Stretch, ...] = ()
    sound_alone: frozenset[str] = frozenset()

    def fails_only_in_a_crowd(self) -> tuple[Part, ...]:
        """Endpoints that failed under many users and not for one, most failures first."""
        broken = [part for part in self.many.parts if part.broken and part.name in self.sound_alone]
        return tuple(sorted(broken, key=lambda part: -part.broken))


@dataclass(frozen=True, slots=True)
class Keeper:
    """A read that, asked alone, left ``bytes_each`` of memory behind per request."""

    endpoint: str
    bytes_each: float


@dataclass(frozen=True, slots=True)
class MemoryGrowth:
    """Resident memory over reads alone, in stretches one after the other, in order.

    The first of ``grown`` and ``requests`` is the control: an app that fills its caches and pools
    grows in it and then stops. ``keeper`` is the read that kept most; None where growth did
    not go on, or no read shows it by itself. A runtime that ``counts_references`` gives memory back
    at once; of any other, growth may be garbage that it has not collected yet.
    """

    grown: tuple[int, ...]
    requests: tuple[int, ...]
    keeper: Keeper | None = None
    counts_references: bool = True

    @property
    def bytes_each(self) -> float:
        """Bytes kept per request after the control: the least of the stretches that count."""
        return min(self._each_later(), default=0.0)

    @property
    def slows_down(self) -> bool:
        """Whether the last stretch kept less than half per request of what those before it did.

        What is bounded, such as a great cache, grows like a leak until it is full.
        """
        *before, last = self._each_later() or [0.0]
        return bool(before) and last < MUCH_LESS * min(before)

    def _each_later(self) -> list[float]:
        later = zip(self.grown[1:], self.requests[1:], strict=True)
        return [grown / max(1, count) for grown, count in later]


@dataclass(frozen=True, slots=True)
class MaskedErrors:
    """``count`` of ``asked`` answers had a ``status`` of success and ``words`` of failure.

    ``always``: so had every answer to a single client, and held nothing else. ``thrown``: they
    are those of an exception, and nothing of the request can be at fault.
    """

    endpoint: str
    count: int
    asked: int
    status: int
    words: str
    always: bool = False
    thrown: bool = False


@dataclass(frozen=True, slots=True)
class SameForAll:
    """One answer, ``words``, for all of the ``asked`` ids."""

    endpoint: str
    asked: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class LostWrites:
    """Of ``acknowledged`` writes, ``stored`` changed the number ``count`` in ``shown_by``.

    With ``is_list`` it is the list there whose rows were counted; ``count`` is empty where the
    whole answer is it.
    """

    endpoint: str
    shown_by: str
    count: str
    acknowledged: int
    stored: int
    is_list: bool = False


@dataclass(frozen=True, slots=True)
class SharedIds:
    """``acknowledged`` creations were told ``distinct`` ids, fewer than there are items."""

    endpoint: str
    acknowledged: int
    distinct: int


@dataclass(frozen=True, slots=True)
class NothingStored:
    """Two creations were acknowledged with ``id``, and ``shown_by`` stayed empty."""

    endpoint: str
    shown_by: str
    id: str


@dataclass(frozen=True, slots=True)
class ListGrowth:
    """A list before and after ``created`` more rows: rows, bytes and seconds of its answer.

    ``more`` are rows created after that, and the seconds then; None where nobody looked again.
    """

    endpoint: str
    created: int
    rows: tuple[int, int]
    size: tuple[int, int]
    seconds: tuple[float, float]
    more: tuple[int, float] | None = None

    @property
    def is_unbounded(self) -> bool:
        """Whether an answer holds all that was created."""
        return self.rows[1] - self.rows[0] >= self.created

    @property
    def seems_slower(self) -> bool:
        """Whether rows that it does not show cost much time."""
        first, last = self.seconds
        is_more = last >= MUCH_SLOWER * first and last - first >= LEAST_TIME_ADDED
        return is_more and not self.is_unbounded

    @property
    def is_slower(self) -> bool:
        """Whether they do so again and again."""
        if self.more is None or not self.seems_slower:
            return False
        return self.more[1] - self.seconds[1] >= LEAST_TIME_ADDED

    @property
    def time_exponent(self) -> float | None:
        """The k of time ~ rows^k; None where rows did not double, or too little time was added."""
        rows, seconds = self.rows[1] / self.rows[0], self.seconds[1] / self.seconds[0]
        if rows < MOST_ROWS_ALIKE or self.seconds[1] - self.seconds[0] < LEAST_TIME_ADDED:
            return None
        return math.log(seconds) / math.log(rows)


@dataclass(frozen=True, slots=True)
class StatementsSent:
    """SQL that a quiet request to an endpoint sends, however often it is asked.

    ``count`` statements in all; ``text`` is the one that was sent most often, ``times``, with
    literals and parameters as ``?``, empty for none. ``rows`` are the items of the answer's list.
    """

    endpoint: str
    count: int
    text: str
    times: int
    rows: int


@dataclass(frozen=True, slots=True)
class Integrity:
    """Answers that are not true, and lists that grow."""

    same_for_all: tuple[SameForAll, ...] = ()
    nothing_stored: tuple[NothingStored, ...] = ()
    lost_writes: tuple[LostWrites | SharedIds, ...] = ()
    masked_errors: tuple[MaskedErrors, ...] = ()
    growth: tuple[ListGrowth, ...] = ()

    def only_failing(self) -> dict[str, int]:
        """Endpoints that tell of nothing but a failure, with the status of success they have."""
        return {found.endpoint: found.status for found in self.masked_errors if found.always}


@dataclass(frozen=True, slots=True)
class Examination:
    """What was seen; a part is None, or empty, where it did not apply. ``seconds`` it all took.

    ``app_exit`` is how an app ended that had lived through the load and not through this.
    """

    seconds: float
    crowding: Crowding | None = None
    focuses: tuple[Focus, ...] = ()
    memory: MemoryGrowth | None = None
    integrity: Integrity | None = None
    app_exit: AppExit | None = None
    log_tail_before: str = ""
    """The app's last words about the load: an examination's requests write more of them."""
    statements: tuple[StatementsSent, ...] = ()
    """Of reads; empty where statements cannot be seen, or none was sent."""
    unanswered: tuple[str, ...] = ()
    """Endpoints that gave a single user no answer in time: they were not looked at."""
