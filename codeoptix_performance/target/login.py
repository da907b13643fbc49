"""How a user becomes known to the app, and what it then sends with every request."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from codeoptix_performance.target.endpoint import UNIQUE, Request
from codeoptix_performance.target.operation import Guard
from codeoptix_performance.target.plain_text import snake_case

_TOKEN_NAMES = (
    *("access_token", "token", "jwt", "access", "auth_token", "bearer_token", "id_token"),
    *("session_token", "api_key", "apikey", "session_id", "key", "sid"),
)
_SHORTEST_TOKEN = 6


@dataclass(frozen=True, slots=True)
class Step:
    """One request on the way in, recorded as ``endpoint``; its markers stand for one user.

    ``page`` is the path of the page whose form it answers: asked first, and the form's hidden
    fields (a CSRF token) are sent along. Empty where there is none.
    """

    endpoint: str
    request: Request
    page: str = ""


@dataclass(frozen=True, slots=True)
class Echo:
    """A cookie whose value the app wants back in a header of every write (CSRF)."""

    cookie: str
    header: str


@dataclass(frozen=True, slots=True)
class Login:
    """What each user does on arrival, in order: ``register``, then ``enter``; both may be None.

    ``guard`` is where the credential stands; None where the session is in cookies alone.
    The credential is read from ``token_field`` (dots lead into inner objects) of the last answer,
    or it is ``fixed``, which may hold markers; for basic authentication, ``name:password``.
    """

    register: Step | None
    enter: Step | None
    guard: Guard | None
    token_field: str = ""
    fixed: str = ""
    echo: Echo | None = None

    @property
    def steps(self) -> tuple[Step, ...]:
        """All requests of an arrival."""
        return tuple(step for step in (self.register, self.enter) if step is not None)

    @property
    def endpoints(self) -> frozenset[str]:
        """The names under which the steps are recorded."""
        return frozenset(step.endpoint for step in self.steps)

    @property
    def has_own_users(self) -> bool:
        """True if every user is another one to the app; else all share one account."""
        return self.register is not None or UNIQUE in self.fixed

    @property
    def sentence(self) -> str:
        """``each user registers at POST /register and logs in at POST /login; Bearer token``."""
        deeds = [f"registers at {self.register.endpoint}"] if self.register else []
        if self.enter is not None:
            deeds.append(f"logs in at {self.enter.endpoint}")
        sent = _sent_words(self.guard)
        whose = "" if self.has_own_users else " with credentials that the app's own text names"
        if not deeds:
            return f"each user sends {sent}{whose}"
        return f"each user {' and '.join(deeds)}{whose}; {sent}"

    def credential(self, answer: Any, value: str) -> str | None:
        """What ``guard`` wants, from the last answer's JSON; ``value`` replaces the markers.

        None where there is nothing to send, or the answer holds none.
        """
        if self.guard is None:
            return None
        bare = (
            self.fixed.replace(UNIQUE, value) if self.fixed else at_field(answer, self.token_field)
        )
        if bare is None:
            return None
        if self.guard.scheme == "Basic":
            bare = base64.b64encode(bare.encode()).decode()
        return f"{self.guard.scheme} {bare}".strip()


def token_fields(answer: Any) -> list[str]:
    """Fields of a login's answer that can hold a token, the likeliest first; one level deep."""
    found = [
        (_TOKEN_NAMES.index(snake_case(name)), depth, field)
        for depth, name, field, value in _entries(answer)
        if snake_case(name) in _TOKEN_NAMES and _is_token(value)
    ]
    return [field for _, _, field in sorted(found)]


def at_field(answer: Any, field: str) -> str | None:
    """The text at ``field`` (``data.token``; empty for the answer itself); None without any."""
    for name in field.split(".") if field else ():
        answer = answer.get(name) if isinstance(answer, Mapping) else None
    if isinstance(answer, int) and not isinstance(answer, bool):
        return str(answer)
    return answer if isinstance(answer, str) and answer else None


def _entries(answer: Any) -> Iterator[tuple[int, str, str, Any]]:
    """Depth, name, field and value of what the answer holds."""
    for name, value in answer.items() if isinstance(answer, Mapping) else ():
        yield 0, str(name), str(name), value
        for inner, nested in value.items() if isinstance(value, Mapping) else ():
            yield 1, str(inner), f"{name}.{inner}", nested


def _is_token(value: Any) -> bool:
    return isinstance(value, str) and len(value) >= _SHORTEST_TOKEN and value.isprintable()


def _sent_words(guard: Guard | None) -> str:
    if guard is None:
        return "session cookie"
    if guard.scheme == "Basic":
        return "basic authentication"
    if guard.scheme:
        return f"{guard.scheme} token"
    words = {"header": "header", "query": "query parameter", "cookie": "cookie"}
    return f"{words[guard.place]} {guard.name}"
