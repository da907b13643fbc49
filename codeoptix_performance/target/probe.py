"""Each endpoint asked once before the load: what cannot be exercised is left out, with a reason.

An endpoint that answers 5xx, drops the connection or does not answer stays in: those are failures
of the app, and the load is there to count them. One that refuses what was made up for it goes: that
says something about the request, not about the app.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from codeoptix_performance.target.asking import Answer, Asker
from codeoptix_performance.target.compose import Composer, Composition
from codeoptix_performance.target.endpoint import Creation, Endpoint, Request, Skipped
from codeoptix_performance.target.items import CreatedItem
from codeoptix_performance.target.login_places import asks_for_login
from codeoptix_performance.target.operation import Operation

_ASKED_FOR_BY_NAME = frozenset({"settings", "guide"})
_MOST_GUESSES = 3


@dataclass(frozen=True, slots=True)
class Probed:
    """What is put under load, and what is not."""

    endpoints: tuple[Endpoint, ...]
    skipped: tuple[Skipped, ...]


def probe(operations: tuple[Operation, ...], composer: Composer, asker: Asker) -> Probed:
    """Endpoints with requests that the app has taken, in the order of ``operations``."""
    prober = _Prober(composer, asker)
    outcomes = [prober.outcome(operation) for operation in operations]
    return Probed(
        tuple(outcome for outcome in outcomes if isinstance(outcome, Endpoint)),
        tuple(outcome for outcome in outcomes if isinstance(outcome, Skipped)),
    )


class _Prober:
    def __init__(self, composer: Composer, asker: Asker) -> None:
        self._composer = composer
        self._asker = asker

    def outcome(self, operation: Operation) -> Endpoint | Skipped:
        asked_for = operation.origin in _ASKED_FOR_BY_NAME
        if operation.method == "DELETE" and not asked_for:
            return self._with_item_of_its_own(operation)
        composition = self._composer.compose(operation)
        if composition.refusal:
            return Skipped(operation.name, composition.refusal)
        if asked_for:
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
                return self._with_item_of_its_own(operation)
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

    def _with_item_of_its_own(self, operation: Operation) -> Endpoint | Skipped:
        """The endpoint with a creation before each request: its request uses the item up."""
        if not operation.path_parameters:
            return Skipped(operation.name, "would delete more than one item of its own")
        parameter = operation.path_parameters[-1]
        placeholder = f"{{{parameter}}}"
        before, _, after = operation.path.rpartition(placeholder)
        parent = self._composer.paths_before(operation, before)[0]
        created = self._composer.items.created(before, parent.path, parameter)
        item = next((one for one in created if one.id.is_easily_found), None)
        if parent.guessed or item is None:
            return Skipped(operation.name, "nothing was found that creates an item for it to use")
        composition = self._composer.compose_at(operation, parent.path + placeholder + after)
        if composition.refusal:
            return Skipped(operation.name, composition.refusal)
        request = composition.requests[0]
        if reason := self._refusal_of_own_item(operation, item, parameter, request):
            return Skipped(operation.name, reason)
        creation = Creation(item.operation.name, item.request, item.id.field or "id", placeholder)
        return replace(_endpoint(operation, (request,)), creation=creation)

    def _refusal_of_own_item(
        self, operation: Operation, item: CreatedItem, parameter: str, request: Request
    ) -> str | None:
        """Why creating by the same request and then using the item fails; None if it works."""
        fresh = self._composer.items.created_again(item, parameter)
        if fresh is None:
            return f"{item.operation.name} makes no second item from the same request"
        path = request.path.replace(f"{{{parameter}}}", str(fresh.value))
        return _reason_to_skip(self._asker.ask(replace(request, path=path)), operation)


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
