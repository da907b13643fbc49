"""Requests that the app refuses from strangers: what a login has to open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from codeoptix_performance.target.asking import Answer, Asker
from codeoptix_performance.target.compose import Composer
from codeoptix_performance.target.endpoint import Request
from codeoptix_performance.target.login_places import asks_for_login, login_places, register_places
from codeoptix_performance.target.operation import WRITES, Guard, Operation
from codeoptix_performance.target.security_schemes import AUTHORIZATION
from codeoptix_performance.target.unwelcome import is_left_out

_ENOUGH = 4
_MOST_ASKED = 30


@dataclass(frozen=True, slots=True)
class ClosedDoor:
    """A request that was refused with ``status``; ``guard`` is what it says it wants, if known."""

    request: Request
    status: int
    guard: Guard | None

    def is_opened_by(self, answer: Answer) -> bool:
        """True for an answer that no longer refuses who asks."""
        if answer.status == 0 or asks_for_login(answer):
            return False
        return answer.welcome or answer.status != self.status


def find_closed_doors(
    known: tuple[Operation, ...], composer: Composer, asker: Asker
) -> tuple[ClosedDoor, ...]:
    """At most four, reads first; empty where the app lets everybody in."""
    asker.forget_cookies()
    entrances = {op.name for op in (*login_places(known), *register_places(known))}
    candidates = [
        op
        for op in known
        if op.name not in entrances and op.method != "DELETE" and not is_left_out(op.path)
    ]
    candidates.sort(key=_order)
    doors: list[ClosedDoor] = []
    for operation in candidates[:_MOST_ASKED]:
        doors.extend(_closed(operation, composer, asker))
        if len(doors) >= _ENOUGH:
            break
    return tuple(doors)


def _order(operation: Operation) -> tuple[bool, bool, bool, int]:
    """Reads before writes, guarded before others, collections before items."""
    writes, is_for_admins = operation.method in WRITES, "admin" in operation.path
    return writes, not operation.guards, is_for_admins, len(operation.path_parameters)


def _closed(operation: Operation, composer: Composer, asker: Asker) -> Iterator[ClosedDoor]:
    request = _request_of_a_stranger(operation, composer)
    if request is None:
        return
    answer = asker.ask_unsigned(request)
    stated = next(iter(operation.guards), None)
    lacks_header = answer.status in (400, 422) and stated is not None
    if asks_for_login(answer) or lacks_header:
        yield ClosedDoor(request, answer.status, stated or _guard_named_in(answer))


def _request_of_a_stranger(operation: Operation, composer: Composer) -> Request | None:
    """A request without asking for ids: a stranger would be shown none."""
    path = re.sub(r"\{[^{}]+\}", "1", operation.path)
    if operation.ready:
        first = operation.ready[0]
        return Request(
            first.method, first.path.replace(operation.path, path), first.headers, first.body
        )
    return next(iter(composer.compose_at(operation, path).requests), None)


def _guard_named_in(answer: Answer) -> Guard | None:
    """What the ``WWW-Authenticate`` header of a 401 asks for."""
    scheme = answer.headers.get("www-authenticate", "").partition(" ")[0].capitalize()
    return (
        Guard("header", AUTHORIZATION, scheme) if scheme in ("Basic", "Bearer", "Token") else None
    )
