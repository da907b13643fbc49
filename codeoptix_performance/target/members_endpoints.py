"""An app's endpoints as its users meet them: the entrances apart, their own accounts left alone."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from codeoptix_performance.target.asking import Asker
from codeoptix_performance.target.endpoint import Creation, Endpoint, Skipped
from codeoptix_performance.target.login import Login
from codeoptix_performance.target.login_search import FoundLogin
from codeoptix_performance.target.member import Member, without_credential
from codeoptix_performance.target.operation import Guard, Operation
from codeoptix_performance.target.probe import Probed

_OWN_ACCOUNT = re.compile(r"(^|/)(me|profile|account|settings|password|email)/?$", re.IGNORECASE)
_CHANGES = frozenset({"PUT", "PATCH", "POST"})


@dataclass(frozen=True, slots=True)
class MembersOperations:
    """What a user who is logged in may be asked to do, and what not."""

    operations: tuple[Operation, ...]
    skipped: tuple[Skipped, ...] = ()


def as_member(operations: tuple[Operation, ...], found: FoundLogin | None) -> MembersOperations:
    """The operations without those that the login takes care of, or that would break it."""
    if found is None:
        return MembersOperations(operations)
    entrances = {operation.name for operation in found.operations}
    others = [operation for operation in operations if operation.name not in entrances]
    skipped = tuple(
        Skipped(operation.name, "would change what its user logs in with", on_purpose=True)
        for operation in others
        if _changes_the_account(operation)
    )
    left_out = {one.name for one in skipped}
    return MembersOperations(tuple(op for op in others if op.name not in left_out), skipped)


def open_to_others(endpoints: tuple[Endpoint, ...], asker: Asker, login: Login) -> Probed:
    """The endpoints that another user than the one who found them can ask too.

    Those about items of each user's own are; of the others the requests are kept that a second user
    is not refused.
    """
    asker.forget_cookies()
    second = Member(login, asker)
    if not second.enter():
        return Probed(endpoints, ())
    asker.signer = second
    kept, skipped = [], []
    for endpoint in endpoints:
        if "{" not in endpoint.path or endpoint.creation is not None:
            kept.append(endpoint)
            continue
        closed = _paths_closed(endpoint, asker)
        requests = tuple(one for one in endpoint.requests if one.path not in closed)
        if requests:
            kept.append(replace(endpoint, requests=requests))
        else:
            status = next(iter(closed.values()))
            reason = f"answered {status} to another user than the owner of its items"
            skipped.append(Skipped(endpoint.name, f"{reason}, and no user could make its own"))
    return Probed(tuple(kept), tuple(skipped))


def _paths_closed(endpoint: Endpoint, asker: Asker) -> dict[str, int]:
    """The endpoint's paths that the asker is refused, with the status."""
    firsts = {request.path: request for request in reversed(endpoint.requests)}
    answers = {path: asker.ask(request) for path, request in firsts.items()}
    return {path: one.status for path, one in answers.items() if one.status in (401, 403, 404)}


def entrances(endpoints: tuple[Endpoint, ...], found: FoundLogin) -> tuple[Endpoint, ...]:
    """The endpoints with those of the login behind them, which no user chooses: weight 0.

    What was made up in place of the credential is taken out of the others' requests.
    """
    login = found.login
    origins = {operation.name: operation.origin for operation in found.operations}
    steps = []
    for step in login.steps:
        method, _, path = step.endpoint.partition(" ")
        steps.append(Endpoint(method, path, origins[step.endpoint], (step.request,), weight=0))
    return (*(_bare(endpoint, login) for endpoint in endpoints), *steps)


def _bare(endpoint: Endpoint, login: Login) -> Endpoint:
    guard = login.guard
    if guard is None:
        return endpoint

    requests = tuple(dict.fromkeys(without_credential(each, guard) for each in endpoint.requests))
    creation = endpoint.creation and _bare_creation(endpoint.creation, guard)
    return replace(endpoint, requests=requests, creation=creation)


def _bare_creation(creation: Creation, guard: Guard) -> Creation:
    before = creation.before and _bare_creation(creation.before, guard)
    request = without_credential(creation.request, guard)
    return replace(creation, request=request, before=before)


def _changes_the_account(operation: Operation) -> bool:
    return operation.method in _CHANGES and _OWN_ACCOUNT.search(operation.path) is not None
