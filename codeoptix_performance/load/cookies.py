"""The cookies of one user, kept and sent back as a browser does."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from email.message import Message
from http.cookiejar import Cookie, CookieJar, DefaultCookiePolicy
from urllib.request import Request as UrllibRequest

MOST = 180
"""Cookies that are kept of one user, as many as Chrome keeps of one site."""
_SERIAL = "serial"


class Cookies:
    """Empty until an answer sets one, and free of cost until then.

    Of more than ``MOST`` those are let go that were set longest ago.
    ``Secure`` cookies also travel over plain HTTP: apps under test seldom have a certificate, and
    browsers make the same exception for localhost.
    """

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._jar: CookieJar | None = None
        self._set = 0
        self._line_for_all: bytes | None = None
        self._line_holds_until = 0.0

    def line(self, target: bytes) -> bytes | None:
        """The ``Cookie`` line of a request for ``target``, or None without any."""
        if self._jar is None:
            return None
        if time.time() < self._line_holds_until:
            return self._line_for_all
        request = self._request(target)
        self._jar.add_cookie_header(request)
        value = request.get_header("Cookie")
        return b"Cookie: %s\r\n" % value.encode("latin-1", "replace") if value else None

    def keep(self, target: bytes, set_cookie: Sequence[str]) -> None:
        """Takes the ``Set-Cookie`` lines of an answer to ``target``."""
        if self._jar is None:
            self._jar = CookieJar(DefaultCookiePolicy(secure_protocols=("https", "http")))
        answer, request = _AnswerHeaders(set_cookie), self._request(target)
        for cookie in self._jar.make_cookies(answer, request):  # type: ignore[arg-type] # it calls info() only
            self._set += 1
            cookie.set_nonstandard_attr(_SERIAL, str(self._set))
            self._jar.set_cookie_if_ok(cookie, request)
        self._let_go_of_the_oldest(self._jar)
        self._line_holds_until = 0.0
        if all(cookie.path == "/" for cookie in self._jar):
            # A jar takes longer to ask than the whole request does.
            self._line_for_all = self.line(b"/")
            self._line_holds_until = min(
                (cookie.expires for cookie in self._jar if cookie.expires is not None),
                default=float("inf"),
            )

    def value(self, name: str) -> str | None:
        """The value of one cookie, wherever it belongs to; None if the app has not set it."""
        return next((cookie.value for cookie in self._jar or () if cookie.name == name), None)

    def __iter__(self) -> Iterator[Cookie]:
        """All that are kept."""
        return iter(self._jar or ())

    def _let_go_of_the_oldest(self, jar: CookieJar) -> None:
        excess = len(jar) - MOST
        if excess > 0:
            for cookie in sorted(jar, key=_serial)[:excess]:
                jar.clear(cookie.domain, cookie.path, cookie.name)

    def _request(self, target: bytes) -> UrllibRequest:
        return UrllibRequest(self._origin + target.decode("ascii"))  # noqa: S310 # never opened


def _serial(cookie: Cookie) -> int:
    return int(cookie.get_nonstandard_attr(_SERIAL) or 0)


class _AnswerHeaders:
    """As much of an HTTP response as a ``CookieJar`` looks at."""

    def __init__(self, set_cookie: Sequence[str]) -> None:
        self._headers = Message()
        for line in set_cookie:
            self._headers["Set-Cookie"] = line

    def info(self) -> Message:
        return self._headers
