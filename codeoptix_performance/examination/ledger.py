"""Writes an app acknowledged against what it shows afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from time import sleep
from typing import Any

from codeoptix_performance.examination.answers import ask_at_once
from codeoptix_performance.examination.examination import LostWrites, NothingStored
from codeoptix_performance.target.asking import Asker
from codeoptix_performance.target.endpoint import Endpoint, Request
from codeoptix_performance.target.ids import id_of_created, items_in

WRITES_AT_ONCE = 24
GREATEST_COUNT = 10**8
"""Greater numbers are moments or keys, no counts."""
MOST_SHOWN_BY = 4
LOOKS, BETWEEN_LOOKS = 3, 0.05
"""What is stored in the background may come a little later."""

Place = tuple[Request, str]
Figures = dict[Place, int]
"""Whole numbers that answers show, by the request and the keys that lead to them."""


@dataclass(frozen=True, slots=True)
class Window:
    """Where an app shows what a write changes: reads by their path, with their endpoints' names."""

    asker: Asker
    shown_by: Mapping[Request, str]

    def figures(self) -> Figures:
        """What is shown now."""
        return {
            (request, keys): number
            for request in self.shown_by
            for keys, number in _numbers(self.asker.ask(request).json)
        }


def find_lost_writes(asker: Asker, write: Endpoint, reads: Iterable[Endpoint]) -> LostWrites | None:
    """A count that goes up by less than the writes acknowledged by many at once.

    It must stand still without a write and change by the same step with each of two quiet ones;
    writes are lost twice in a row; and a quiet write afterwards still changes it by that step, or
    it is a count with an end.
    """
    request = write.requests[0]
    window = Window(asker, _shown_by(request, reads))
    steps = _steps(window, request)
    if not steps:
        return None
    first, second = _burst(window, request, steps), _burst(window, request, steps)
    for place, step in steps.items():
        lost = [burst for burst in (first, second) if _is_short(burst, place, step)]
        if len(lost) == 2 and _steps_on(window, request, place, step):
            shown, keys = place
            return LostWrites(
                endpoint=write.name,
                shown_by=window.shown_by[shown],
                count=keys,
                acknowledged=sum(burst.acknowledged for burst in lost),
                stored=sum(round(burst.change(place) / step) for burst in lost),
            )
    return None


def find_nothing_stored(
    asker: Asker, write: Endpoint, reads: Iterable[Endpoint]
) -> NothingStored | None:
    """A write that acknowledges two items under one id, where the collection stays empty."""
    collection = next((read for read in reads if read.path == write.path), None)
    if collection is None or "{" in write.path:
        return None
    word = write.path.rstrip("/").rpartition("/")[2]
    answers = [asker.ask(write.requests[0]) for _ in range(2)]
    ids = [id_of_created(answer, "id", word) for answer in answers if answer.status // 100 == 2]
    values = {found.value for found in ids if found is not None}
    if len(ids) < 2 or None in ids or len(values) != 1:
        return None
    shown = asker.ask(collection.requests[0])
    if shown.status != 200 or shown.json is None or items_in(shown.json, word):
        return None
    if isinstance(shown.json, Mapping) and not any(v == [] for v in shown.json.values()):
        return None
    return NothingStored(write.name, collection.name, str(values.pop()))


@dataclass(frozen=True, slots=True)
class _Burst:
    """Writes by many at once: how many were acknowledged, and what was shown before and after."""

    acknowledged: int
    before: Figures
    after: Figures

    def change(self, place: Place) -> int:
        return self.after.get(place, 0) - self.before.get(place, 0)


def _burst(window: Window, request: Request, steps: Mapping[Place, int]) -> _Burst:
    before = window.figures()
    answers = ask_at_once(window.asker, [request] * WRITES_AT_ONCE)
    acknowledged = sum(200 <= answer.status < 300 for answer in answers)
    for _ in range(LOOKS):
        burst = _Burst(acknowledged, before, window.figures())
        if not any(_is_short(burst, place, step) for place, step in steps.items()):
            break
        sleep(BETWEEN_LOOKS)
    return burst


def _is_short(burst: _Burst, place: Place, step: int) -> bool:
    shown = place in burst.before and place in burst.after
    return shown and 0 <= burst.change(place) / step < burst.acknowledged


def _steps(window: Window, request: Request) -> dict[Place, int]:
    """Counts that stand still without a write, and by how much each write changes them."""
    seen = [window.figures(), window.figures()]
    for _ in range(2):
        if not 200 <= window.asker.ask(request).status < 300:
            return {}
        seen.append(window.figures())
    still, before, once, twice = seen
    return {
        place: once[place] - before[place]
        for place in before
        if still.get(place) == before[place]
        and place in once
        and place in twice
        and once[place] - before[place] == twice[place] - once[place] != 0
    }


def _steps_on(window: Window, request: Request, place: Place, step: int) -> bool:
    before = window.figures()
    window.asker.ask(request)
    after = window.figures()
    return after.get(place, 0) - before.get(place, 0) == step


def _shown_by(request: Request, reads: Iterable[Endpoint]) -> dict[Request, str]:
    """Reads that may show what ``request`` changes: those above its path, then any without ids."""
    above, others = {}, {}
    for read in reads:
        for asked in read.requests:
            path = asked.path.partition("?")[0].rstrip("/")
            if request.path.startswith(f"{path}/") and path:
                above[asked] = read.name
        if "{" not in read.path:
            others[read.requests[0]] = read.name
    return dict(list({**above, **others}.items())[:MOST_SHOWN_BY])


def _numbers(content: Any, keys: str = "") -> Iterator[tuple[str, int]]:
    """Whole numbers outside lists, whose order may change, and not under keys of ids."""
    if isinstance(content, Mapping):
        for key, value in content.items():
            if not str(key).lower().endswith("id"):
                yield from _numbers(value, f"{keys}.{key}" if keys else str(key))
    elif type(content) is int and abs(content) < GREATEST_COUNT:
        yield keys, content
