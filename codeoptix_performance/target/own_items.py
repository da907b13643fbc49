"""Items that every user makes for itself: what creates them, parents before children."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote

from codeoptix_performance.target.endpoint import Creation, Request
from codeoptix_performance.target.items import CreatedItem, Items
from codeoptix_performance.target.operation import Operation

_PARAMETER = re.compile(r"(\{[^{}]+\})")


@dataclass(frozen=True, slots=True)
class OwnItem:
    """The item that a path ends in, or acts on, and how each user makes one of its own.

    ``path`` is the operation's with placeholders; ``ids`` are those of the items that were made
    while asking, by placeholder; ``last`` is the innermost of these.
    """

    path: str
    creation: Creation
    ids: Mapping[str, str]
    last: CreatedItem

    def located(self, request: Request, ids: Mapping[str, str] | None = None) -> Request:
        """The request about the items that were made, or about those of other ``ids``."""
        return replace(request, path=_filled(request.path, ids or self.ids))

    def another(self, items: Items) -> Mapping[str, str] | None:
        """The ids with a new last item, made by the very same request; None if that fails."""
        placeholder = self.creation.placeholder
        found = items.created_again(self.last, placeholder.strip("{}"))
        return None if found is None else {**self.ids, placeholder: _quoted(found.value)}


def own_item(items: Items, operation: Operation, *, own_parents: bool) -> OwnItem | None:
    """The chain of creations behind the operation's path; None where one cannot be made.

    With ``own_parents`` parents too are made by each user; else those that exist are shared.
    """
    made: OwnItem | None = None
    template = concrete = path = ""
    ids: dict[str, str] = {}
    last = f"{{{operation.path_parameters[-1]}}}" if operation.path_parameters else ""
    for part in _PARAMETER.split(operation.path):
        if not _PARAMETER.fullmatch(part):
            template, concrete, path = template + part, concrete + part, path + part
            continue
        name, shared = part[1:-1], None
        if part != last and not own_parents:
            shared = next(iter(items.ids_for(template, concrete, name)), None)
        created = () if shared is not None else items.created(template, concrete, name)
        link = _link(created[0], part, ids, made.creation if made else None) if created else None
        if link is not None:
            ids[part] = _quoted(created[0].id.value)
            made = OwnItem("", link, dict(ids), created[0])
            path += part
        elif part == last:
            return None
        else:
            shared = shared or next(iter(items.ids_for(template, concrete, name)), None)
            if shared is None:
                return None
            path += _quoted(shared)
        concrete += ids.get(part) or _quoted(shared)
        template += part
    return replace(made, path=path) if made else None


def _link(
    item: CreatedItem, placeholder: str, ids: Mapping[str, str], before: Creation | None
) -> Creation | None:
    """How a user makes such an item; None where its own parents do not stand in ``ids``."""
    path, _, query = item.request.path.partition("?")
    segments = path.split("/")
    for number, part in enumerate(item.operation.path.split("/")):
        if "{" not in part:
            continue
        owner = next((known for known, value in ids.items() if value == segments[number]), None)
        segments[number] = owner or segments[number]
    located = "/".join(segments) + (f"?{query}" if query else "")
    return Creation(
        endpoint=item.operation.name,
        request=replace(item.request, path=located),
        id_field=item.id.field,
        placeholder=placeholder,
        kept=True,
        before=before,
    )


def _filled(path: str, ids: Mapping[str, str]) -> str:
    for placeholder, value in ids.items():
        path = path.replace(placeholder, value)
    return path


def _quoted(value: object) -> str:
    return quote(str(value), safe="")
