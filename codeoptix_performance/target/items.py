"""Items that exist: ids read from list answers, or from answers to a few creations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from codeoptix_performance.target.asking import Answer, Asker
from codeoptix_performance.target.endpoint import Request
from codeoptix_performance.target.ids import (
    FoundId,
    id_of_created,
    ids_in_list,
    is_id_like,
    items_in,
    singular,
)
from codeoptix_performance.target.operation import Operation, same_path
from codeoptix_performance.target.plain_text import snake_case

_FEWEST = 3
_CREATING_WORDS = ("create", "new", "add")

CreateRequests = Callable[[Operation, str], tuple[Request, ...]]
"""Requests that should create items by this operation at this concrete path."""


@dataclass(frozen=True, slots=True)
class CreatedItem:
    """An item that was created, the request that did it, and where its id stands."""

    operation: Operation
    request: Request
    id: FoundId


class Items:
    """What exists in one app. Each list and each creation is asked once and remembered."""

    def __init__(
        self, operations: tuple[Operation, ...], asker: Asker, create_requests: CreateRequests
    ) -> None:
        self.answers: dict[str, tuple[Request, Answer]] = {}
        """The first request of an operation that was sent here, and its answer, by name."""
        self._operations = operations
        self._asker = asker
        self._create_requests = create_requests
        self._lists: dict[str, Any] = {}
        self._created: dict[tuple[str, str], tuple[CreatedItem, ...]] = {}
        self._creating: set[str] = set()

    def ids_for(self, template: str, concrete: str, parameter: str) -> list[str | int]:
        """Ids for the path parameter that follows ``template`` (``/users/{user_id}/posts/``).

        ``concrete`` is the template with its own parameters filled in. Where a list shows fewer
        than three items, a few are created. Empty if none is known.
        """
        is_nested = "{" in template
        found: list[str | int] = []
        for operation, path in self._at("GET", template, concrete, parameter):
            if not found and (not is_nested or same_path(operation.path, template)):
                found = ids_in_list(self._list(operation, path), parameter, _last_word(template))
        if len(found) >= _FEWEST:
            return found
        created = self.created(template, concrete, parameter)
        if is_nested and created and not same_path(created[0].operation.path, template):
            # Items made elsewhere may belong to another parent: only its own list can tell.
            return self._shown_now(template, concrete, parameter)
        return list(dict.fromkeys([*found, *(item.id.value for item in created)]))

    def _shown_now(self, template: str, concrete: str, parameter: str) -> list[str | int]:
        for operation, path in self._at("GET", template, concrete, parameter):
            if same_path(operation.path, template):
                self._lists.pop(path, None)
                return ids_in_list(self._list(operation, path), parameter, _last_word(template))
        return []

    def ids_named(self, name: str) -> list[str | int]:
        """Ids for a field such as ``user_id``, from the collection of users; empty without one."""
        operation = next(self._collections_named(name, ("GET", "POST")), None)
        return self.ids_for(operation.path, operation.path, name) if operation else []

    def created_for_field(self, name: str) -> CreatedItem | None:
        """An item that was created in the collection which a field such as ``user_id`` means."""
        for operation in self._collections_named(name, ("POST",)):
            return next(iter(self.created(operation.path, operation.path, name)), None)
        return None

    def _collections_named(self, name: str, methods: tuple[str, ...]) -> Iterator[Operation]:
        plain = snake_case(name)
        item, _, _ = plain.rpartition("_")
        if not item or not is_id_like(plain):
            return
        for operation in self._operations:
            word = _last_word(operation.path)
            plural = operation.method in methods and not operation.path_parameters
            if plural and word and item in (singular(word), word):
                yield operation

    def an_item_of(self, path: str) -> dict[str, Any] | None:
        """One item that the collection at ``path`` shows, for writes whose shape is unknown."""
        for operation in self._operations:
            is_list = operation.method == "GET" and not operation.path_parameters
            if is_list and same_path(operation.path, path):
                items = items_in(self._list(operation, operation.path), _last_word(path))
                return next((item for item in items if isinstance(item, dict)), None)
        return None

    def created(self, template: str, concrete: str, parameter: str) -> tuple[CreatedItem, ...]:
        """Up to three items created in the collection at ``concrete``; empty if that fails."""
        if template in self._creating:
            return ()
        self._creating.add(template)
        try:
            for operation, path in self._creators(template, concrete, parameter):
                if items := self._create(operation, path, parameter, _last_word(template)):
                    return items
        finally:
            self._creating.discard(template)
        return ()

    def created_again(self, item: CreatedItem, parameter: str) -> FoundId | None:
        """The id of one more item made by the very request that made ``item``."""
        answer = self._asker.ask(item.request)
        if not answer.welcome:
            return None
        return id_of_created(answer, parameter, _last_word(item.operation.path))

    def _create(
        self, operation: Operation, path: str, parameter: str, collection: str
    ) -> tuple[CreatedItem, ...]:
        key = (operation.name, path)
        if key not in self._created:
            self._created[key] = tuple(self._creations(operation, path, parameter, collection))
        return self._created[key]

    def _creations(
        self, operation: Operation, path: str, parameter: str, collection: str
    ) -> Iterator[CreatedItem]:
        made = refused = 0
        for request in self._create_requests(operation, path):
            answer = self._asker.ask(request)
            if answer.asked and (answer.welcome or operation.name not in self.answers):
                self.answers[operation.name] = (request, answer)
            found = id_of_created(answer, parameter, collection) if answer.welcome else None
            if found is None:
                refused += 1
                if answer.status >= 500 or answer.status == 0 or refused > 2:
                    return
                continue
            yield CreatedItem(operation, request, found)
            made += 1
            if made >= _FEWEST:
                return

    def _list(self, operation: Operation, path: str) -> Any:
        if path not in self._lists:
            request = Request("GET", path)
            answer = self._asker.ask(request)
            self._lists[path] = answer.json if answer.welcome else None
            if answer.asked and path == operation.path:
                self.answers.setdefault(operation.name, (request, answer))
        return self._lists[path]

    def _creators(
        self, template: str, concrete: str, parameter: str
    ) -> Iterator[tuple[Operation, str]]:
        yield from self._at("POST", template, concrete, parameter)
        for word in _CREATING_WORDS:
            for operation in self._operations:
                below = f"{template.rstrip('/')}/{word}"
                if operation.method == "POST" and same_path(operation.path, below):
                    yield operation, f"{concrete.rstrip('/')}/{word}"

    def _at(
        self, method: str, template: str, concrete: str, parameter: str
    ) -> Iterator[tuple[Operation, str]]:
        """The collection's own operation; for ids also its namesakes, then what stands above."""
        candidates = [op for op in self._operations if op.method == method]
        for operation in candidates:
            if same_path(operation.path, template):
                yield operation, _with_slash_of(operation.path, concrete)
        if not is_id_like(parameter):
            return
        item = {singular(_last_word(template)), snake_case(parameter).rpartition("_")[0]} - {""}
        for operation in candidates:
            is_namesake = singular(_last_word(operation.path)) in item
            elsewhere = not operation.path_parameters and not same_path(operation.path, template)
            if is_namesake and elsewhere:
                yield operation, operation.path
        yield from _above(candidates, template, concrete, parameter)


def _above(
    candidates: list[Operation], template: str, concrete: str, parameter: str
) -> Iterator[tuple[Operation, str]]:
    """Collections further up the path, as ``/items`` for ``/items/by-id/{item_id}``.

    Past another item only if the parameter's name says so: ``{id}`` in ``/users/{user_id}/x/{id}``
    is no user.
    """
    item = snake_case(parameter).rpartition("_")[0]
    above, concrete_above = _parent(template.rstrip("/")), _parent(concrete.rstrip("/"))
    while above.strip("/"):
        if above.endswith("}") and not item:
            return
        for operation in candidates:
            if same_path(operation.path, above) and item in ("", singular(_last_word(above))):
                yield operation, _with_slash_of(operation.path, concrete_above)
        above, concrete_above = _parent(above), _parent(concrete_above)


def _with_slash_of(template: str, concrete: str) -> str:
    return concrete.rstrip("/") + ("/" if template.endswith("/") else "")


def _parent(path: str) -> str:
    return path.rstrip("/").rpartition("/")[0]


def _last_word(path: str) -> str:
    """The last segment that is no parameter: ``posts`` of ``/users/{user_id}/posts/``."""
    return next((part for part in reversed(path.split("/")) if part and "{" not in part), "")
