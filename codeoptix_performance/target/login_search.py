"""Finding out, by trying once before the load, how a user becomes known to the app."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from codeoptix_performance.target.asking import Asker
from codeoptix_performance.target.closed_doors import ClosedDoor, find_closed_doors
from codeoptix_performance.target.compose import Composer
from codeoptix_performance.target.discovery import Discovery
from codeoptix_performance.target.login import Login
from codeoptix_performance.target.login_places import (
    login_places,
    register_places,
    usual_login_places,
    usual_register_places,
)
from codeoptix_performance.target.login_trial import Entered, LoginTrial
from codeoptix_performance.target.member import Member
from codeoptix_performance.target.operation import Guard, Operation
from codeoptix_performance.target.persona import Persona
from codeoptix_performance.target.security_schemes import AUTHORIZATION
from codeoptix_performance.target.told_credentials import ToldCredentials

_USUAL_KEYS = (
    Guard("header", "X-API-Key"),
    Guard("header", AUTHORIZATION, "Bearer"),
    Guard("query", "api_key"),
)


@dataclass(frozen=True, slots=True)
class FoundLogin:
    """The login, one user who went through it, and the operations that are its steps."""

    login: Login
    member: Member
    operations: tuple[Operation, ...]


def find_login(
    discovery: Discovery, composer: Composer, asker: Asker, told: ToldCredentials
) -> FoundLogin | None:
    """A way in that opens at least one closed door; None where no door is closed or none opened.

    First a user of its own, registered and logged in; where the app registers nobody, credentials
    that stand in its own text. Leaves the asker without a signer, with the cookies of that user.
    """
    doors = find_closed_doors(discovery.known, composer, asker)
    if not doors:
        return None
    search = _Search(discovery.known, doors, LoginTrial(composer, asker, doors), told)
    for entered in search.ways_in():
        return FoundLogin(entered.login, entered.member, entered.operations)
    asker.forget_cookies()
    return None


class _Search:
    def __init__(
        self,
        known: tuple[Operation, ...],
        doors: tuple[ClosedDoor, ...],
        trial: LoginTrial,
        told: ToldCredentials,
    ) -> None:
        self._registers = register_places(known) or _unless_listed(known, usual_register_places())
        self._logins = login_places(known) or _unless_listed(known, usual_login_places())
        self._doors = doors
        self._trial = trial
        self._told = told

    def ways_in(self) -> Iterator[Entered]:
        """Ways that were gone and opened a door, as they are found."""
        for place in self._registers:
            yield from self._trial.register_and_enter(place, self._logins)
        for persona in self._told.personas:
            yield from self._known_person(persona)
        for key in self._told.keys:
            yield from self._trial.with_fixed(key, self._key_guards())

    def _known_person(self, persona: Persona) -> Iterator[Entered]:
        for place in self._logins:
            yield from self._trial.enter(place, persona, None)
        basic = [door.guard for door in self._doors if door.guard and door.guard.scheme == "Basic"]
        for identity in persona.identities if basic else ():
            yield from self._trial.with_fixed(f"{identity}:{persona.password}", basic[:1])

    def _key_guards(self) -> list[Guard]:
        declared = [door.guard for door in self._doors if door.guard is not None]
        named = [Guard("header", name) for name in self._told.header_names]
        every = (*declared, *named, *_USUAL_KEYS)
        return [guard for guard in dict.fromkeys(every) if guard.scheme != "Basic"]


def _unless_listed(known: Iterable[Operation], usual: list[Operation]) -> list[Operation]:
    """The usual places, where the app does not tell its own: one that lists its routes has told."""
    listed = any(operation.origin in ("openapi", "routes") for operation in known)
    return [] if listed else usual
