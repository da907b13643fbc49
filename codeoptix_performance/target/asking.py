"""Single questions to the app before the load: bounded in time and size, to its host only."""

from __future__ import annotations

import itertools
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.cookiejar import Cookie, CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import Any, Protocol, Self

import httpx
from httpcore import SyncBackend

from codeoptix_performance.target.decoding import decoded
from codeoptix_performance.target.endpoint import UNIQUE, Request
from codeoptix_performance.target.json_text import read_json
from codeoptix_performance.target.sandbox.doorway import Doorway
from codeoptix_performance.target.sandbox.doorway_http import DoorwayBackend
from codeoptix_performance.target.timed_http import TimedTransport
from codeoptix_performance.target.trust import told_whom_to_trust

_MOST_BYTES = 4 * 2**20
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"

# Half of the value space away from a counter that starts at the clock's value, so that values
# used before the load are not used again under load.
_counter = itertools.count(int(time.time() * 10_000) + 36 ** len(UNIQUE) // 2)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. ``status`` is 0 where nothing did, and ``cause`` says why in a few words."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    cause: str | None = None
    asked: bool = True

    @property
    def welcome(self) -> bool:
        """True for 2xx and 3xx."""
        return 200 <= self.status < 400

    @property
    def media_type(self) -> str:
        """``text/html``, without parameters; empty if the app did not say."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def json(self) -> Any:
        """The body as JSON, or None if it is something else, or nested too deeply to be walked."""
        return read_json(self.body)


class Signer(Protocol):
    """A user whom the app knows."""

    def signed(self, request: Request) -> Request:
        """The request with what shows who asks."""

    def renew(self) -> bool:
        """Logs in again; True if the app took it."""


class Asker:
    """Asks one app, one question after the other, and gives up on all of them at a deadline.

    ``seconds_each`` bounds one question with its whole answer, ``seconds_in_all`` everything.
    After the deadline, and once ``alive`` says the app has ended, nothing is sent any more.
    Cookies are kept; with a ``signer`` every question is asked in its name.
    """

    def __init__(
        self,
        base_url: str,
        *,
        seconds_each: float,
        seconds_in_all: float,
        alive: Callable[[], bool] = lambda: True,
        doorway: Doorway | None = None,
        verify_tls: bool = True,
    ) -> None:
        self.base_url = base_url
        self._seconds_each = seconds_each
        self._deadline = time.monotonic() + seconds_in_all
        self._alive = alive
        self.signer: Signer | None = None
        # Secure cookies travel over plain HTTP too: apps under test seldom have a certificate.
        jar = CookieJar(DefaultCookiePolicy(secure_protocols=("https", "http")))
        self._transport = TimedTransport(
            DoorwayBackend(doorway) if doorway else SyncBackend(),
            told_whom_to_trust(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), verify=verify_tls)
            if base_url.startswith("https:")
            else None,
        )
        self._client = httpx.Client(
            transport=self._transport,
            trust_env=False,
            follow_redirects=False,
            cookies=jar,
            headers={"Accept-Encoding": "identity"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def ask(self, request: Request) -> Answer:
        """The app's answer; every marker of a value used once is replaced by a fresh one.

        A signer whom the app no longer knows (401) logs in again, once, and repeats the question.
        """
        if self.signer is None:
            return self.ask_unsigned(request)
        answer = self.ask_unsigned(self.signer.signed(request))
        if answer.status == 401 and self.signer.renew():
            return self.ask_unsigned(self.signer.signed(request))
        return answer

    def ask_unsigned(self, request: Request) -> Answer:
        """The same as nobody, but with the cookies that earlier answers set."""
        now = time.monotonic()
        if now >= self._deadline or not self._alive():
            return Answer(0, cause="was not asked", asked=False)
        return self._send(with_fresh_values(request), min(self._deadline, now + self._seconds_each))

    def cookies(self) -> dict[str, str]:
        """The values of the cookies that are kept, by name."""
        return {cookie.name: cookie.value or "" for cookie in self._client.cookies.jar}

    def keep_cookies(self, cookies: Iterable[Cookie]) -> None:
        """Sends these too from now on, as if the app had set them in an answer."""
        for cookie in cookies:
            self._client.cookies.jar.set_cookie(cookie)

    def forget_cookies(self) -> None:
        """The next question comes from someone the app has never seen."""
        self._client.cookies.clear()

    def get(self, path: str) -> Answer:
        """The answer to a plain GET."""
        return self.ask(Request("GET", path))

    def _send(self, request: Request, deadline: float) -> Answer:
        seconds = max(deadline - time.monotonic(), 0.001)
        self._transport.deadline = deadline
        try:
            with self._client.stream(
                request.method,
                self.base_url + request.path,
                headers=list(request.headers),
                content=request.body,
                timeout=seconds,
            ) as response:
                return _read(response)
        except httpx.TimeoutException:
            return Answer(0, cause=f"no answer within {seconds:.3g} s")
        except httpx.ConnectError as error:
            return Answer(0, cause=_why_no_connection(error))
        except (httpx.InvalidURL, UnicodeError) as error:
            return Answer(0, cause=f"its address cannot be sent ({error})", asked=False)
        except httpx.HTTPError as error:
            return Answer(0, cause=str(error) or "the connection was closed")


def with_fresh_values(request: Request) -> Request:
    """The request with every marker replaced by eight characters not handed out before."""
    return with_value(request, fresh_value()) if request.is_fresh else request


def with_value(request: Request, value: str) -> Request:
    """The request with ``value``, eight characters, in place of every marker."""
    body = request.body and request.body.replace(UNIQUE.encode(), value.encode())
    return Request(request.method, request.path.replace(UNIQUE, value), request.headers, body)


def fresh_value() -> str:
    """Eight characters of ``[0-9a-z]`` not handed out before."""
    number = next(_counter)
    digits = []
    for _ in UNIQUE:
        number, digit = divmod(number, len(_DIGITS))
        digits.append(_DIGITS[digit])
    return "".join(reversed(digits))


def _read(response: httpx.Response) -> Answer:
    """Status and at most 4 MiB of body; an event stream never ends and is not read.

    What comes encoded all the same is decoded here: httpx would make of a few bytes a piece of any
    length. Of the encodings that are not known here the body stays as it came.
    """
    headers = {name.lower(): value for name, value in response.headers.items()}
    body = bytearray()
    if not headers.get("content-type", "").startswith("text/event-stream"):
        for piece in response.iter_raw():
            body += piece
            if len(body) >= _MOST_BYTES:
                break
    whole = len(body) < _MOST_BYTES
    try:
        plain = decoded(bytes(body), headers.get("content-encoding", ""), _MOST_BYTES, whole=whole)
    except ValueError as error:
        return Answer(0, cause=str(error))
    return Answer(response.status_code, headers, plain)


def _why_no_connection(error: httpx.ConnectError) -> str:
    words = str(error).lower()
    if "refused" in words:
        return "connection refused"
    if "name" in words or "getaddrinfo" in words or "nodename" in words:
        return "its host name has no address"
    return str(error) or "no connection"
