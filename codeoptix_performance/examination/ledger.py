"""Writes an app acknowledged against what it shows afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter, sleep

from codeoptix_performance.examination.answers import ask_at_once, says_failed
from codeoptix_performance.examination.examination import LostWrites, NothingStored, SharedIds
from codeoptix_performance.examination.shown import Figures, Place, Window, window_on
from codeoptix_performance.target.asking import Answer, Asker
from codeoptix_performance.target.endpoint import Endpoint, Request
from codeoptix_performance.target.ids import id_of_created, is_id_like, items_in

QUIET_WRITES = 2
BURSTS = 2
WRITES_AT_ONCE = 24
LOOKS, BETWEEN_LOOKS = 3, 0.05
"""What is stored in the background may come a little later."""
LEAST_KEPT = 0.4
"""Seconds, and as long as a burst takes: what is gone by then is used up and not lost."""


def find_lost_writes(
    asker: Asker, write: Endpoint, reads: Iterable[Endpoint]
) -> LostWrites | SharedIds | None:
    """A count or a list that grows by less than the writes acknowledged by many at once.

    It must stand still without a write and change by the same step with each of two quiet ones;
    writes are lost twice in a row; and a quiet write afterwards still changes it by that step, and
    for good, or it has an end. Else ids of which some are given to two items of a burst.
    """
    request = write.requests[0]
    window = window_on(asker, request, reads)
    quiet = _write_quietly(window, request)
    ids_differ = request.is_fresh and len(set(_ids(write, quiet.taken))) == QUIET_WRITES
    if not quiet.steps and not ids_differ:
        return None
    bursts = [_burst(window, request, quiet.steps) for _ in range(BURSTS)]
    lost = _lost(window, write, quiet.steps, bursts)
    return _shared_ids(asker, write, bursts) if lost is None and ids_differ else lost


def find_nothing_stored(
    asker: Asker, write: Endpoint, reads: Iterable[Endpoint]
) -> NothingStored | None:
    """A write that acknowledges two items under one id, where the collection stays empty."""
    collection = next((read for read in reads if read.path == write.path), None)
    if collection is None or "{" in write.path:
        return None
    answers = [asker.ask(write.requests[0]) for _ in range(2)]
    ids = _ids(write, [answer for answer in answers if answer.status // 100 == 2])
    if len(ids) < 2 or len(set(ids)) != 1:
        return None
    shown = asker.ask(collection.requests[0])
    if shown.status != 200 or shown.json is None or items_in(shown.json, _word(write)):
        return None
    if isinstance(shown.json, Mapping) and not any(v == [] for v in shown.json.values()):
        return None
    return NothingStored(write.name, collection.name, str(ids[0]))


@dataclass(frozen=True, slots=True)
class _Quiet:
    """Writes one by one: by how much each changes what stands still without one."""

    taken: Sequence[Answer] = ()
    steps: Mapping[Place, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Burst:
    """Writes by many at once: those acknowledged, and what was shown before and after."""

    taken: Sequence[Answer]
    before: Figures
    after: Figures
    seconds: float

    def change(self, place: Place) -> int:
        return self.after.get(place, 0) - self.before.get(place, 0)

    def is_short(self, place: Place, step: int) -> bool:
        shown = place in self.before and place in self.after
        return shown and 0 <= self.change(place) / step < len(self.taken)


def _write_quietly(window: Window, request: Request) -> _Quiet:
    seen, taken = [window.figures(), window.figures()], []
    for _ in range(QUIET_WRITES):
        answer = window.asker.ask(request)
        if not _is_taken(answer):
            return _Quiet()
        taken.append(answer)
        seen.append(window.figures())
    still, before, once, twice = seen
    steps = {
        place: once[place] - before[place]
        for place in before
        if still.get(place) == before[place]
        and place in once
        and place in twice
        and once[place] - before[place] == twice[place] - once[place] != 0
    }
    return _Quiet(taken, steps)


def _burst(window: Window, request: Request, steps: Mapping[Place, int]) -> _Burst:
    before, began = window.figures(), perf_counter()
    answers = ask_at_once(window.asker, [request] * WRITES_AT_ONCE)
    taken = [answer for answer in answers if _is_taken(answer)]
    for _ in range(LOOKS):
        burst = _Burst(taken, before, window.figures(), perf_counter() - began)
        if not any(burst.is_short(place, step) for place, step in steps.items()):
            break
        sleep(BETWEEN_LOOKS)
    return burst


def _is_taken(answer: Answer) -> bool:
    return 200 <= answer.status < 300 and not says_failed(answer)


def _lost(
    window: Window, write: Endpoint, steps: Mapping[Place, int], bursts: Sequence[_Burst]
) -> LostWrites | None:
    longest = max(burst.seconds for burst in bursts)
    for place, step in steps.items():
        is_short = all(burst.is_short(place, step) for burst in bursts)
        if is_short and _steps_on(window, write.requests[0], place, step, longest):
            return LostWrites(
                endpoint=write.name,
                shown_by=window.shown_by[place.request],
                count=place.keys,
                acknowledged=sum(len(burst.taken) for burst in bursts),
                stored=sum(round(burst.change(place) / step) for burst in bursts),
                is_list=place.is_list,
            )
    return None


def _steps_on(window: Window, request: Request, place: Place, step: int, seconds: float) -> bool:
    """Whether one more write changes it as before, and it stays so for ``seconds``."""
    before = window.figures()
    window.asker.ask(request)
    after = window.figures()
    if place not in before or after.get(place) != before[place] + step:
        return False
    sleep(max(LEAST_KEPT, seconds))
    return window.figures().get(place) == after[place]


def _shared_ids(asker: Asker, write: Endpoint, bursts: Sequence[_Burst]) -> SharedIds | None:
    """Twice in a row, where all have an id, and quiet creations get their own afterwards too."""
    given = [_ids(write, burst.taken) for burst in bursts]
    for ids, burst in zip(given, bursts, strict=True):
        if len(ids) < len(burst.taken) or len(set(ids)) == len(ids):
            return None
    after = _ids(write, [asker.ask(write.requests[0]) for _ in range(QUIET_WRITES)])
    if len(set(after)) < QUIET_WRITES:
        return None
    return SharedIds(write.name, sum(map(len, given)), sum(len(set(ids)) for ids in given))


def _ids(write: Endpoint, answers: Iterable[Answer]) -> list[str | int]:
    """What names the new items, as far as the answers tell; names and codes may be alike."""
    found = [id_of_created(answer, "id", _word(write)) for answer in answers]
    return [
        each.value
        for each in found
        if each is not None and (not each.field or is_id_like(each.field.rpartition(".")[2]))
    ]


def _word(write: Endpoint) -> str:
    return write.path.rstrip("/").rpartition("/")[2]
