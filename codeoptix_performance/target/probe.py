"""Each endpoint asked once before the load: what cannot be exercised is left out, with a reason.

An endpoint that answers 5xx, drops the connection or does not answer stays in: those are failures
of the app, and the load is there to count them. One that refuses what was made up for it goes: that
says something about the request, not about the app.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from codeoptix_performance.target.asking import Answer, Asker
from codeoptix_performance.target.compose import Composer, Composition
from codeoptix_performance.target.endpoint import Endpoint, Request, Skipped
from codeoptix_performance.target.login_places import asks_for_login
from codeoptix_performance.target.operation import Operation
from codeoptix_performance.target.own_items import OwnItem, own_item

_ASKED_FOR_BY_NAME = frozenset({"settings", "guide"})
_MOST_GUESSES = 3
_UPDATES = frozenset({"PUT", "PATCH"})


@dataclass(frozen=True, slots=True)
class Probed:
    """What is put under load, and what is not."""

    endpoints: tuple[Endpoint, ...]
    skipped: tuple[Skipped, ...]


def probe(
    operations: tuple[Operation, ...],
    composer: Composer,
    asker: Asker,
    *,
    own_items: bool = False,
) -> Probed:
    """Endpoints with requests that the app has taken, in the order of ``operations``.

    With ``own_items`` every user makes the items it asks for, wherever that is possible: those of
    another may be closed to it.
    """
    prober = _Prober(composer, asker, own_items=own_items)
    outcomes = [prober.outcome(operation) for operation in operations]
    return Probed(
        tuple(outcome for outcome in outcomes if isinstance(outcome, Endpoint)),
        tuple(outcome for outcome in outcomes if isinstance(outcome, Skipped)),
    )


class _Prober:
    def __init__(self, composer: Composer, asker: Asker, *, own_items: bool) -> None:
        self._composer = composer
        self._asker = asker
        self._own_items = own_items

    def outcome(self, operation: Operation) -> Endpoint | Skipped:
        asked_for = operation.origin in _ASKED_FOR_BY_NAME
        if operation.method == "DELETE" and not asked_for:
            return self._on_item_of_its_own(operation, kept=False)
        return self._on_own_item_if_any(operation) or self._on_what_exists(operation)

    def _on_own_item_if_any(self, operation: Operation) -> Endpoint | None:
        """The endpoint on items of each user's own, where others' may be closed or in use."""
        if operation.ready or not operation.path_parameters:
            return None
        if not self._own_items and operation.method not in _UPDATES:
            return None
        for kept in (True, False):
            own = self._on_item_of_its_own(operation, kept=kept)
            if isinstance(own, Endpoint):
                return own
        return None

    def _on_what_exists(self, operation: Operation) -> Endpoint | Skipped:
        composition = self._composer.compose(operation)
        if composition.refusal:
            return Skipped(operation.name, composition.refusal)
        if operation.origin in _ASKED_FOR_BY_NAME:
            return _endpoint(operation, composition.requests)
        if composition.body_guessed:
            return self._with_guessed_body(operation, composition)
        if composition.path_guessed:
            return self._with_guessed_path(operation, composition)
        return self._as_composed(operation, composition)

    def _as_composed(self, operation: Operation, composition: Composition) -> Endpoint | Skipped:
        first = composition.requests[0]
        answer = self._first_answer(operation, first)
        kept = composition.requests
        if _refuses_content(answer) and composition.lean and first not in composition.lean:
            leaner = self._asker.ask(composition.lean[0])
            if leaner.welcome:
                answer, kept = leaner, composition.lean
        if reason := _reason_to_skip(answer, operation):
            return Skipped(operation.name, reason)
        if _acts_on_an_item(operation) and answer.welcome:
            again = self._asker.ask(kept[0])
            if 400 <= again.status < 500:
                return self._on_item_of_its_own(operation, kept=False)
        return _endpoint(operation, kept)

    def _first_answer(self, operation: Operation, request: Request) -> Answer:
        """The answer to ``request``; the one already seen while ids were looked for, if it fits."""
        seen = self._composer.items.answers.get(operation.name)
        if seen is not None and (seen[0] == request or seen[1].welcome):
            return seen[1]
        return self._asker.ask(request)

    def _with_guessed_path(
        self, operation: Operation, composition: Composition
    ) -> Endpoint | Skipped:
        """Only requests that were asked and answered: of made-up ids, some may not exist."""
        by_path = {request.path: request for request in reversed(composition.requests)}
        kept, reasons = [], []
        for request in list(reversed(by_path.values()))[:_MOST_GUESSES]:
            answer = self._asker.ask(request)
            if not answer.asked:
                reasons.append("no item that exists could be found in time")
            elif _is_the_apps_failure(answer) and operation.shape_known:
                kept.append(request)
            elif answer.welcome:
                same_path = [one for one in composition.requests if one.path == request.path]
                kept.extend(same_path)
            else:
                seen = _seen(answer)
                reasons.append(f"no item that exists is known, and a made-up one {seen}")
        return _endpoint(operation, tuple(kept)) if kept else Skipped(operation.name, reasons[0])

    def _with_guessed_body(
        self, operation: Operation, composition: Composition
    ) -> Endpoint | Skipped:
        """The first of the guesses that the app takes: its refusal of others means nothing."""
        reason = ""
        for request in composition.requests:
            answer = self._asker.ask(request)
            if answer.welcome:
                paths = dict.fromkeys(one.path for one in composition.requests)
                located = tuple(replace(request, path=path) for path in (request.path, *paths))
                kept = (request,) if composition.path_guessed else tuple(dict.fromkeys(located))
                return _endpoint(operation, kept)
            reason = reason or f"{_seen(answer)} to a guessed body"
        return Skipped(operation.name, reason)

    def _on_item_of_its_own(self, operation: Operation, *, kept: bool) -> Endpoint | Skipped:
        """The endpoint on an item that its user makes first: one for all its requests, or each."""
        if not operation.path_parameters:
            all_at_once = "would delete more than one item of its own"
            return Skipped(operation.name, all_at_once, on_purpose=True)
        own = own_item(self._composer.items, operation, own_parents=self._own_items)
        if own is None:
            return Skipped(operation.name, "nothing was found that creates an item for it to use")
        composition = self._composer.compose_at(operation, own.path)
        if composition.refusal:
            return Skipped(operation.name, composition.refusal)
        reasons = []
        for requests in _ways_to_ask(composition):
            reason = self._refusal_of_own_item(operation, own, requests[0], kept=kept)
            if reason is None:
                creation = replace(own.creation, kept=kept)
                return replace(_endpoint(operation, requests), creation=creation)
            reasons.append(reason)
        return Skipped(operation.name, reasons[0])

    def _refusal_of_own_item(
        self, operation: Operation, own: OwnItem, request: Request, *, kept: bool
    ) -> str | None:
        """Why making an item and then using it fails; None if it works."""
        if kept:
            answer = self._asker.ask(own.located(request))
            if answer.welcome and _acts_on_an_item(operation):
                again = self._asker.ask(own.located(request))
                answer = again if 400 <= again.status < 500 else answer
            return _reason_to_skip(answer, operation)
        fresh = own.another(self._composer.items)
        if fresh is None:
            return f"{own.creation.endpoint} makes no second item from the same request"
        return _reason_to_skip(self._asker.ask(own.located(request, fresh)), operation)


def _ways_to_ask(composition: Composition) -> Iterator[tuple[Request, ...]]:
    """All requests, or the lean ones; of guessed bodies each alone, for one may be taken."""
    if composition.body_guessed:
        yield from ((request,) for request in composition.requests)
        return
    yield composition.requests
    if composition.lean and composition.lean != composition.requests:
        yield composition.lean


def _endpoint(operation: Operation, requests: tuple[Request, ...]) -> Endpoint:
    return Endpoint(operation.method, operation.path, operation.origin, requests, operation.weight)


def _acts_on_an_item(operation: Operation) -> bool:
    """True for ``POST /orders/{order_id}/pay``, which may work only once for each order."""
    return (
        operation.method == "POST"
        and bool(operation.path_parameters)
        and not operation.path.endswith("}")
    )


def _refuses_content(answer: Answer) -> bool:
    return answer.status in (400, 409, 422)


def _is_the_apps_failure(answer: Answer) -> bool:
    return answer.status == 0 or answer.status >= 500


def _reason_to_skip(answer: Answer, operation: Operation) -> str | None:
    """One clause, or None if the endpoint goes under load."""
    if answer.media_type == "text/event-stream":
        return "streams events without an end"
    if wanted := asks_for_login(answer):
        return f"asks for a login ({wanted})"
    if answer.welcome or _is_the_apps_failure(answer):
        return None
    source = {"openapi": "its schema", "routes": "its route"}.get(operation.origin, "its link")
    return f"answered {answer.status} to a request made from {source}"


def _seen(answer: Answer) -> str:
    return f"answered {answer.status}" if answer.status else f"got {answer.cause}"
