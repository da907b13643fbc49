"""One try at a time: register, log in, and see whether a closed door opens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from codeoptix_performance.target.asking import Answer, Asker, fresh_value
from codeoptix_performance.target.closed_doors import ClosedDoor
from codeoptix_performance.target.compose import Composer
from codeoptix_performance.target.endpoint import Request
from codeoptix_performance.target.html_form import HtmlForm, password_form
from codeoptix_performance.target.login import Echo, Login, Step, token_fields
from codeoptix_performance.target.login_places import asks_for_login
from codeoptix_performance.target.member import Member, take_step
from codeoptix_performance.target.operation import Guard, Operation
from codeoptix_performance.target.persona import (
    Persona,
    filled,
    login_guesses,
    persona_in,
    registration_guesses,
)
from codeoptix_performance.target.security_schemes import AUTHORIZATION

_USUAL_GUARDS = (
    Guard("header", AUTHORIZATION, "Bearer"),
    Guard("header", AUTHORIZATION, "Token"),
    Guard("header", "X-Access-Token"),
    Guard("header", "X-Auth-Token"),
    Guard("header", AUTHORIZATION),
    Guard("header", "X-API-Key"),
)
_ECHOES = (
    Echo("csrftoken", "X-CSRFToken"),
    Echo("XSRF-TOKEN", "X-XSRF-TOKEN"),
    Echo("csrf_token", "X-CSRF-Token"),
)
"""Django, Angular and Laravel's convention, and the usual third."""
_MOST_TOKENS = 3


@dataclass(frozen=True, slots=True)
class Entered:
    """A login that opened a door, who went through it, and where its steps are."""

    login: Login
    member: Member
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class _Registered:
    """A registration that the app took; ``value`` is what its markers became."""

    place: Operation
    step: Step
    persona: Persona
    value: str
    answer: Answer


class LoginTrial:
    """Tries ways in for one app; each method yields those that opened a door."""

    def __init__(self, composer: Composer, asker: Asker, doors: tuple[ClosedDoor, ...]) -> None:
        self._composer = composer
        self._asker = asker
        self._doors = doors

    def register_and_enter(self, place: Operation, logins: list[Operation]) -> Iterator[Entered]:
        """A new user by ``place`` who logs in at each of ``logins``, or needs no login."""
        for registered in self._registrations(place):
            for login_place in logins:
                yield from self.enter(login_place, registered.persona, registered)
            yield from self._without_login(registered)

    def enter(
        self, place: Operation, persona: Persona, registered: _Registered | None
    ) -> Iterator[Entered]:
        """A login at ``place`` as ``persona``, with every likely body until the app takes one."""
        value = registered.value if registered else fresh_value()
        for identity in persona.identities:
            for step in self._login_steps(place, persona, identity):
                if registered is None:
                    self._asker.forget_cookies()
                answer = take_step(self._asker, step, value, self._echo())
                if not answer.welcome or asks_for_login(answer):
                    continue
                first = registered.step if registered else None
                for login in self._logins(first, step, answer):
                    places = (registered.place, place) if registered else (place,)
                    yield from self._opens(login, value, answer, places)

    def with_fixed(self, credential: str, guards: Iterable[Guard]) -> Iterator[Entered]:
        """A credential that needs no request, wherever it is looked for."""
        for guard in guards:
            login = Login(None, None, guard, fixed=credential, echo=self._echo())
            yield from self._opens(login, "", None, ())

    def _registrations(self, place: Operation) -> Iterator[_Registered]:
        self._asker.forget_cookies()
        form = self._form_at(place)
        page = self._page(place, form)
        requests = self._described(place) or registration_guesses(place.path, form)
        for request in requests:
            persona = persona_in(request)
            if persona is None:
                continue
            settled = filled(request, persona, persona.identities[0])
            step, value = Step(place.name, settled, page), fresh_value()
            answer = take_step(self._asker, step, value, self._echo())
            if answer.welcome:
                yield _Registered(place, step, persona, value, answer)
                return

    def _without_login(self, registered: _Registered) -> Iterator[Entered]:
        """The registration's own answer lets its user in, or the name and password do each time."""
        answer, value = registered.answer, registered.value
        for login in self._logins(registered.step, None, answer):
            yield from self._opens(login, value, answer, (registered.place,))
        persona = registered.persona
        for guard in self._stated_guards():
            for identity in persona.identities if guard.scheme == "Basic" else ():
                fixed = f"{identity}:{persona.password}"
                login = Login(registered.step, None, guard, fixed=fixed, echo=self._echo())
                yield from self._opens(login, value, answer, (registered.place,))

    def _login_steps(self, place: Operation, persona: Persona, identity: str) -> Iterator[Step]:
        form = self._form_at(place)
        page = self._page(place, form)
        described = [filled(one, persona, identity) for one in self._described(place)]
        for request in described or login_guesses(place.path, form, persona, identity):
            yield Step(place.name, request, page)

    def _described(self, place: Operation) -> list[Request]:
        """The leanest and the fullest request that the app's own document describes."""
        if not place.shape_known:
            return []
        composition = self._composer.compose(place)
        every = [*composition.lean[:1], *composition.requests[:1]]
        return list(dict.fromkeys(every))

    def _form_at(self, place: Operation) -> HtmlForm | None:
        if place.shape_known:
            return None
        page = self._asker.ask_unsigned(Request("GET", place.path))
        return password_form(page.body) if page.status == 200 else None

    def _page(self, place: Operation, form: HtmlForm | None) -> str:
        """The page to ask for before the form is sent; empty where the form needs nothing of it."""
        return place.path if form is not None and (form.hidden or self._echo()) else ""

    def _echo(self) -> Echo | None:
        cookies = self._asker.cookies()
        return next((echo for echo in _ECHOES if echo.cookie in cookies), None)

    def _logins(self, first: Step | None, last: Step | None, answer: Answer) -> Iterator[Login]:
        """What the answer can mean: a token in one of its fields, sent in one of the usual ways."""
        echo, stated = self._echo(), self._stated_guards()
        bearing = [guard for guard in (*stated, *_USUAL_GUARDS) if guard.scheme != "Basic"]
        for field in token_fields(answer.json)[:_MOST_TOKENS]:
            for guard in dict.fromkeys(bearing):
                yield Login(first, last, guard, field, echo=echo)
        if self._asker.cookies():
            yield Login(first, last, None, echo=echo)

    def _stated_guards(self) -> list[Guard]:
        return list(dict.fromkeys(door.guard for door in self._doors if door.guard is not None))

    def _opens(
        self, login: Login, value: str, answer: Answer | None, places: tuple[Operation, ...]
    ) -> Iterator[Entered]:
        member = Member(login, self._asker, value)
        if not member.keep(answer):
            return
        for door in self._doors:
            if door.is_opened_by(self._asker.ask_unsigned(member.signed(door.request))):
                yield Entered(login, member, places)
                return
