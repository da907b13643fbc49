"""Where apps let users in: endpoints to register and to log in at, and answers that ask for it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from codeoptix_performance.target.asking import Answer
from codeoptix_performance.target.operation import Operation, usual_weight

_LOGIN_PAGE = re.compile(r"(^|[/_-])(log-?in|sign-?in|auth|sso)([/_.-]|$)", re.IGNORECASE)
_REGISTERS = (
    re.compile(r"(^|[/_-])(register|registration|sign[-_]?up|create[-_]?(user|account)|join)/?$"),
    re.compile(r"(^|/)(register|registration|sign[-_]?up)/[a-z]+/?$"),
    re.compile(r"(^|/)(users?|accounts?|members?)(/(new|create|add))?/?$"),
)
_LOGS_IN = (
    re.compile(r"(^|[/_-])(log[-_]?in|sign[-_]?in)/?$"),
    re.compile(r"(^|[/_-])(access[-_]token|token|authenticate|token[-_]auth)/?$"),
    re.compile(r"(^|/)(tokens?|sessions?|auth|jwt)(/(create|obtain|new|json|get))?/?$"),
    re.compile(r"(^|/)(log[-_]?in|sign[-_]?in|token)/[a-z-]+/?$"),
)
_NOT_A_LOGIN = re.compile(r"refresh|verify|revoke|logout|forgot|reset|confirm|check|oauth2?/auth")
_USUAL_REGISTERS = (
    *("/register", "/signup", "/api/register", "/api/signup", "/auth/register", "/auth/signup"),
    *("/api/auth/register", "/api/auth/signup", "/users/register", "/api/users/register"),
    *("/users", "/api/users"),
)
_USUAL_LOGINS = (
    *("/login", "/api/login", "/auth/login", "/api/auth/login", "/users/login", "/api/users/login"),
    *(
        "/token",
        "/api/token",
        "/auth/token",
        "/signin",
        "/api/signin",
        "/sessions",
        "/api/sessions",
    ),
)


def register_places(known: Iterable[Operation]) -> list[Operation]:
    """Operations that can make a new user, the likeliest first."""
    return _ranked(known, _REGISTERS)


def login_places(known: Iterable[Operation]) -> list[Operation]:
    """Operations that can log a user in: those a document names as the source of tokens first."""
    known = tuple(known)
    named = {guard.token_path.rstrip("/") for op in known for guard in op.guards} - {""}
    sources = [op for op in known if _can_be(op) and op.path.rstrip("/") in named]
    return [*sources, *(op for op in _ranked(known, _LOGS_IN) if op not in sources)]


def usual_register_places() -> list[Operation]:
    """Where apps register users that do not say where."""
    return [_unlisted(path) for path in _USUAL_REGISTERS]


def usual_login_places() -> list[Operation]:
    """Where apps log users in that do not say where."""
    return [_unlisted(path) for path in _USUAL_LOGINS]


def asks_for_login(answer: Answer) -> str | None:
    """``401`` or ``redirects to /login``; None for an answer that lets its asker in."""
    if answer.status in (401, 403):
        return str(answer.status)
    if not 300 <= answer.status < 400:
        return None
    path = urlsplit(answer.headers.get("location", "")).path
    return f"redirects to {path}" if _LOGIN_PAGE.search(path) else None


def _ranked(known: Iterable[Operation], patterns: tuple[re.Pattern[str], ...]) -> list[Operation]:
    candidates = [op for op in known if _can_be(op) and not _NOT_A_LOGIN.search(op.path.lower())]
    ranked: dict[str, Operation] = {}
    for pattern in patterns:
        for operation in candidates:
            if pattern.search(operation.path.lower()):
                ranked.setdefault(operation.path, operation)
    return list(ranked.values())


def _can_be(operation: Operation) -> bool:
    return operation.method == "POST" and not operation.path_parameters


def _unlisted(path: str) -> Operation:
    return Operation("POST", path, "crawl", usual_weight("POST"))
