"""What one user knows who logs in: the values it registered with, its credential, its cookies."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from codeoptix_performance.load.answer import Answer
from codeoptix_performance.load.cookies import Cookies
from codeoptix_performance.load.wire import next_unique
from codeoptix_performance.target.login import Login

_READS = frozenset({"GET", "HEAD", "OPTIONS"})


class Session:
    """One user's. Holds no credential until ``keep`` found one in an answer."""

    def __init__(self, login: Login, cookies: Cookies) -> None:
        self._login = login
        self._cookies = cookies
        self._line = b""
        self._query: bytes | None = None
        self.value = next_unique()
        """Stands for every marker in this user's register and login requests."""

    def begin_anew(self) -> None:
        """Another user from now on, whom the app does not know."""
        self.value = next_unique()
        self.forget()

    def forget(self) -> None:
        """Without the credential: some apps refuse even a login that carries an old one."""
        self._line, self._query = b"", None

    def keep(self, answer: Answer | None) -> None:
        """Takes the credential out of the last step's answer; without a step, the fixed one."""
        document = _json(answer.body) if answer is not None else None
        credential = self._login.credential(document, self.value.decode("ascii"))
        guard = self._login.guard
        if guard is None or credential is None:
            return
        if guard.place == "query":
            self._query = f"{quote(guard.name, safe='')}={quote(credential, safe='')}".encode()
        elif guard.place == "cookie":
            self._cookies.keep(b"/", (f"{guard.name}={credential}; Path=/",))
        else:
            self._line = f"{guard.name}: {credential}\r\n".encode("latin-1", "replace")

    def located(self, target: bytes) -> bytes:
        """``target`` with the credential in its query, where the app looks for it there."""
        if self._query is None:
            return target
        return target + (b"&" if b"?" in target else b"?") + self._query

    def lines(self, method: str, target: bytes) -> bytes:
        """The header lines that show who asks."""
        lines = self._line + (self._cookies.line(target) or b"")
        echo = self._login.echo
        if echo is None or method in _READS:
            return lines
        value = self._cookies.value(echo.cookie)
        return lines if value is None else lines + f"{echo.header}: {value}\r\n".encode("latin-1")


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
