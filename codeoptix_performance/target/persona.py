"""Who a user says to be: name, email, password, and requests filled with them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from codeoptix_performance.target.endpoint import UNIQUE, Request
from codeoptix_performance.target.html_form import FORM, HtmlForm
from codeoptix_performance.target.plain_text import snake_case

_JSON = "application/json"
_PASSWORD = re.compile(r"passw(or)?d|passphrase|^pass([12_]|$)|^pwd$|^secret$")
_EMAIL = re.compile(r"e_?mail")
_NAMES_A_USER = re.compile(
    r"^(user_?name|user|login|identifier|account|handle|nickname|user_?id|name|credential)$"
)
_OTHER_FIELDS = {
    "name": f"Ada {UNIQUE}",
    "full_name": "Ada Lovelace",
    "first_name": "Ada",
    "last_name": "Lovelace",
    "phone": "+15551234567",
}
_CONFIRMATIONS = ("confirm_password", "password_confirm", "password_confirmation", "password2")


@dataclass(frozen=True, slots=True)
class Persona:
    """``username``, ``email`` or both, and a password; with markers where each user has its own."""

    username: str
    email: str
    password: str

    @property
    def identities(self) -> tuple[str, ...]:
        """What a login may ask for as the name, the likeliest first."""
        return tuple(dict.fromkeys(text for text in (self.username, self.email) if text))


STRANGER = Persona(f"ada{UNIQUE}", f"ada.{UNIQUE}@example.com", f"Passw0rd!{UNIQUE}")
"""Someone no app knows yet."""


def persona_in(request: Request) -> Persona | None:
    """Who a registration makes known; None if it sets no password."""
    seen: dict[str, str] = {}
    changed(request, lambda name, value: seen.setdefault(snake_case(name), value) and value)
    passwords = [value for name, value in seen.items() if _PASSWORD.search(name)]
    emails = [value for name, value in seen.items() if _EMAIL.search(name)]
    names = [value for name, value in seen.items() if _NAMES_A_USER.search(name)]
    if not passwords or not (names or emails):
        return None
    username = seen.get("username") or (names[0] if names and not emails else "")
    return Persona(username, emails[0] if emails else "", passwords[0])


def filled(request: Request, persona: Persona, identity: str) -> Request:
    """The request with the persona's values in the fields that ask for them.

    ``identity`` is what goes where a name is asked for; email fields get the email if it has one.
    """

    def value_for(name: str, value: str) -> str:
        plain = snake_case(name)
        if _PASSWORD.search(plain):
            return persona.password
        if _EMAIL.search(plain):
            return persona.email or identity
        if plain == "grant_type":
            return "password"
        return identity if _NAMES_A_USER.search(plain) else value

    return changed(request, value_for)


def changed(request: Request, change: Callable[[str, str], str]) -> Request:
    """The request with ``change(name, text)`` for every text field of its query and body."""
    path, query = urlsplit(request.path).path, urlsplit(request.path).query
    if query:
        pairs = [
            (name, change(name, value)) for name, value in parse_qsl(query, keep_blank_values=True)
        ]
        path = f"{path}?{urlencode(pairs)}"
    body = request.body
    if body and media_type(request) == FORM:
        pairs = [
            (name, change(name, value))
            for name, value in parse_qsl(body.decode(), keep_blank_values=True)
        ]
        body = urlencode(pairs).encode()
    elif body and media_type(request).endswith("json"):
        body = json.dumps(_changed(json.loads(body), "", change)).encode()
    return replace(request, path=path, body=body)


def _changed(value: Any, name: str, change: Callable[[str, str], str]) -> Any:
    if isinstance(value, Mapping):
        return {key: _changed(inner, str(key), change) for key, inner in value.items()}
    return change(name, value) if isinstance(value, str) and name else value


def registration_guesses(path: str, form: HtmlForm | None) -> list[Request]:
    """Registrations where no document describes them: the page's own form, else the usual ones."""
    if form is not None:
        return [_from_form(form, path, STRANGER, STRANGER.username)]
    fields = {
        "username": STRANGER.username,
        "email": STRANGER.email,
        "password": STRANGER.password,
        **_OTHER_FIELDS,
        **dict.fromkeys(_CONFIRMATIONS, STRANGER.password),
    }
    return [_json(path, fields), _form(path, fields)]


def login_guesses(
    path: str, form: HtmlForm | None, persona: Persona, identity: str
) -> list[Request]:
    """Logins where no document describes them, the likeliest first."""
    if form is not None:
        return [_from_form(form, path, persona, identity)]
    name, password = {"username": identity}, {"password": persona.password}
    email = {"email": persona.email} if persona.email else {}
    bodies = [{**name, **email, **password}, {**(email or {"email": identity}), **password}]
    if email:
        bodies.append({**name, **password})
    return [_json(path, bodies[0]), _form(path, bodies[0]), *(_json(path, b) for b in bodies[1:])]


def media_type(request: Request) -> str:
    """What the request calls its body, without parameters."""
    kinds = (value for name, value in request.headers if name.lower() == "content-type")
    return next(kinds, "").partition(";")[0].strip().lower()


def _from_form(form: HtmlForm, path: str, persona: Persona, identity: str) -> Request:
    typed = {**form.fields, **dict.fromkeys(form.passwords, persona.password)}
    done = filled(_form(form.path(path), typed), persona, identity)
    return changed(done, lambda name, value: value or _OTHER_FIELDS.get(snake_case(name), "Ada"))


def _json(path: str, fields: Mapping[str, str]) -> Request:
    return Request("POST", path, (("Content-Type", _JSON),), json.dumps(fields).encode())


def _form(path: str, fields: Mapping[str, str]) -> Request:
    return Request("POST", path, (("Content-Type", FORM),), urlencode(fields).encode())
