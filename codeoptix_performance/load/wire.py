"""Requests as the bytes that go over the wire, built once before the load begins."""

from __future__ import annotations

import itertools
import re
import time
from dataclasses import dataclass, replace
from urllib.parse import quote

from codeoptix_performance.errors import EngineError
from codeoptix_performance.load.server_address import ServerAddress
from codeoptix_performance.target.endpoint import UNIQUE, Request

_UNIQUE = UNIQUE.encode("ascii")
_DIGITS = b"0123456789abcdefghijklmnopqrstuvwxyz"
_CONTENT_LENGTH = re.compile(rb"^Content-Length: \d+\r\n", re.MULTILINE)
_NUMBERS = len(_DIGITS) ** len(UNIQUE)
_LEGAL_IN_PATH = "/%:?#[]@!$&'()*+,;=-._~"
_BODY_METHODS = frozenset({"POST", "PUT", "PATCH"})

# Counted from the clock in steps of 0.1 ms, so that a later process does not repeat the values
# that an earlier one left in the app's database.
_counter = itertools.count(int(time.time() * 10_000))


def next_unique() -> bytes:
    """Eight characters of ``[0-9a-z]`` that this process has not handed out before."""
    number = next(_counter) % _NUMBERS
    characters = bytearray(len(UNIQUE))
    for place in range(len(UNIQUE) - 1, -1, -1):
        number, digit = divmod(number, len(_DIGITS))
        characters[place] = _DIGITS[digit]
    return bytes(characters)


@dataclass(frozen=True, slots=True)
class WireRequest:
    """One request, encoded. ``target`` is path and query; ``headers`` end with a line break."""

    method: str
    target: bytes
    headers: bytes
    body: bytes
    marked: bool
    ready: bytes
    """All of it, for the common case: nothing to replace, no line to add."""

    def encoded(self, *, target: bytes | None = None, lines: bytes | None = None) -> bytes:
        """The bytes to send: markers replaced, ``target`` and header ``lines`` put in if given.

        Each of the ``lines`` ends with a line break.
        """
        if not self.marked and target is None and lines is None:
            return self.ready
        target = self.target if target is None else target
        body = self.body
        if self.marked:
            value = next_unique()
            target, body = target.replace(_UNIQUE, value), body.replace(_UNIQUE, value)
        return _assemble(self.method, target, self.headers + (lines or b""), body)

    def of_user(self, value: bytes) -> WireRequest:
        """The same with ``value``, eight bytes, for every marker."""
        if not self.marked:
            return self
        target, body = self.target.replace(_UNIQUE, value), self.body.replace(_UNIQUE, value)
        ready = _assemble(self.method, target, self.headers, body)
        return replace(self, target=target, body=body, marked=False, ready=ready)

    def with_body(self, body: bytes) -> WireRequest:
        """The same with another body."""
        headers = _CONTENT_LENGTH.sub(b"Content-Length: %d\r\n" % len(body), self.headers)
        ready = _assemble(self.method, self.target, headers, body)
        marked = _UNIQUE in self.target or _UNIQUE in body
        return replace(self, headers=headers, body=body, marked=marked, ready=ready)

    def as_get(self) -> WireRequest:
        """The request that follows one with a body: a plain GET."""
        lines = self.headers.splitlines(keepends=True)
        headers = b"".join(line for line in lines if not line.lower().startswith(b"content-"))
        ready = _assemble("GET", self.target, headers, b"")
        return WireRequest("GET", self.target, headers, b"", _UNIQUE in self.target, ready)


def encode_request(request: Request, address: ServerAddress) -> WireRequest:
    """``request`` ready for ``address``; raises ``EngineError`` if it cannot be sent as it is."""
    target = encode_target(address.path_prefix + request.path)
    body = request.body or b""
    headers = _header_lines(request, address, len(body))
    marked = _UNIQUE in target or _UNIQUE in body
    ready = _assemble(request.method.upper(), target, headers, body)
    return WireRequest(request.method.upper(), target, headers, body, marked, ready)


def encode_target(path: str) -> bytes:
    """``path`` with every character escaped that may not stand in a request line."""
    return quote(path.partition("#")[0], safe=_LEGAL_IN_PATH).encode("ascii")


def _assemble(method: str, target: bytes, headers: bytes, body: bytes) -> bytes:
    return b"%s %s HTTP/1.1\r\n%s\r\n%s" % (method.encode("ascii"), target, headers, body)


def _header_lines(request: Request, address: ServerAddress, body_length: int) -> bytes:
    wanted: dict[str, tuple[str, str]] = {
        "host": ("Host", address.host_header),
        "user-agent": ("User-Agent", "codeoptix-performance"),
        "accept": ("Accept", "*/*"),
        "accept-encoding": ("Accept-Encoding", "gzip, deflate"),
    }
    if body_length or request.method.upper() in _BODY_METHODS:
        wanted["content-length"] = ("Content-Length", str(body_length))
    for name, value in request.headers:
        if name.lower() not in {"content-length", "transfer-encoding"}:
            wanted[name.lower()] = (name, value)
    lines = "".join(f"{name}: {value}\r\n" for name, value in wanted.values())
    if lines.count("\n") != len(wanted) or lines.count("\r") != len(wanted):
        raise EngineError(
            f"A header of {request.method} {request.path} holds a line break: remove it."
        )
    try:
        return lines.encode("latin-1")
    except UnicodeEncodeError as error:
        raise EngineError(
            f"A header of {request.method} {request.path} holds {error.object[error.start]!r}, "
            f"which HTTP cannot carry: encode it, for example as percent escapes."
        ) from error
