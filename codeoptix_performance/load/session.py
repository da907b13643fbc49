"""What users know who log in: the values they registered with, a credential, cookies, own items."""

from __future__ import annotations

import heapq
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
        self._line = b""
        self._query: bytes | None = None
        self.cookies = cookies
        self.value = next_unique()
        """Stands for every marker in this user's register and login requests."""
        self.credential: str | None = None
        self.own: dict[str, tuple[str, ...]] = {}
        """Ids of the items that the user made, by the key of their source."""
        self.is_known = False
        """Whether the app has let the user in."""

    def begin_anew(self) -> None:
        """Another user from now on, whom the app does not know."""
        self.value = next_unique()
        self.own.clear()
        self.forget()

    def forget(self) -> None:
        """Without the credential: some apps refuse even a login that carries an old one."""
        self._line, self._query, self.credential = b"", None, None
        self.is_known = False

    def keep(self, answer: Answer | None) -> None:
        """Takes the credential out of the last step's answer; without a step, the fixed one."""
        document = _json(answer.body) if answer is not None else None
        credential = self._login.credential(document, self.value.decode("ascii"))
        guard = self._login.guard
        self.is_known = guard is None or credential is not None
        if guard is None or credential is None:
            return
        self.credential = credential
        if guard.place == "query":
            self._query = f"{quote(guard.name, safe='')}={quote(credential, safe='')}".encode()
        elif guard.place == "cookie":
            self.cookies.keep(b"/", (f"{guard.name}={credential}; Path=/",))
        else:
            self._line = f"{guard.name}: {credential}\r\n".encode("latin-1", "replace")

    def located(self, target: bytes) -> bytes:
        """``target`` with the credential in its query, where the app looks for it there."""
        if self._query is None:
            return target
        return target + (b"&" if b"?" in target else b"?") + self._query

    def lines(self, method: str, target: bytes) -> bytes:
        """The header lines that show who asks."""
        lines = self._line + (self.cookies.line(target) or b"")
        echo = self._login.echo
        if echo is None or method in _READS:
            return lines
        value = self.cookies.value(echo.cookie)
        return lines if value is None else lines + f"{echo.header}: {value}\r\n".encode("latin-1")


class Sessions:
    """Sessions that outlive a load: whoever comes in the next takes one that is free.

    Users of one number get the same session again, since the lowest is taken first. Used by one
    thread at a time: loads that share sessions follow one another.
    """

    def __init__(self) -> None:
        self._numbers: dict[Session, int] = {}
        self._free: list[int] = []
        self._by_number: list[Session] = []

    @property
    def free(self) -> int:
        """How many nobody uses."""
        return len(self._free)

    @property
    def next_free(self) -> Session | None:
        """The one that would be taken next; it stays where it is."""
        return self._by_number[self._free[0]] if self._free else None

    def take(self) -> Session | None:
        """A session that is its taker's until it is put back; None where none is free."""
        return self._by_number[heapq.heappop(self._free)] if self._free else None

    def put_back(self, session: Session) -> None:
        """Whoever used it has left. One that the app does not know is of no use to others."""
        if not session.is_known:
            return
        if session not in self._numbers:
            self._numbers[session] = len(self._by_number)
            self._by_number.append(session)
        heapq.heappush(self._free, self._numbers[session])


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
