"""The cookies of one user, kept and sent back as a browser does."""

from __future__ import annotations

from collections.abc import Sequence
from email.message import Message
from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.request import Request as UrllibRequest


class Cookies:
    """Empty until an answer sets one, and free of cost until then.

    ``Secure`` cookies also travel over plain HTTP: apps under test seldom have a certificate, and
    browsers make the same exception for localhost.
    """

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._jar: CookieJar | None = None

    def header(self, target: bytes) -> bytes | None:
        """The value of the ``Cookie`` header for ``target``, or None without any."""
        if self._jar is None:
            return None
        request = self._request(target)
        self._jar.add_cookie_header(request)
        value = request.get_header("Cookie")
        return value.encode("latin-1", "replace") if value else None

    def keep(self, target: bytes, set_cookie: Sequence[str]) -> None:
        """Takes the ``Set-Cookie`` lines of an answer to ``target``."""
        if self._jar is None:
            self._jar = CookieJar(DefaultCookiePolicy(secure_protocols=("https", "http")))
        answer = _AnswerHeaders(set_cookie)
        self._jar.extract_cookies(answer, self._request(target))  # type: ignore[arg-type] # it calls info() only

    def _request(self, target: bytes) -> UrllibRequest:
        return UrllibRequest(self._origin + target.decode("ascii"))  # noqa: S310 # never opened


class _AnswerHeaders:
    """As much of an HTTP response as a ``CookieJar`` looks at."""

    def __init__(self, set_cookie: Sequence[str]) -> None:
        self._headers = Message()
        for line in set_cookie:
            self._headers["Set-Cookie"] = line

    def info(self) -> Message:
        return self._headers
