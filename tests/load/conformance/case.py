"""One row of the table, and the few words scripts are made of."""

from dataclasses import dataclass

from conformance.differences import Difference
from conformance.outcomes import Outcome
from conformance.raw_server import Ending, Script

GIVEN_UP = 0.6
"""Timeout in seconds of the cases in which our client runs into it; others have ``PATIENCE``."""
SOON = 2.0
"""Timeout of the cases in which only FastHttpUser runs into it."""
PATIENCE = 15.0


@dataclass(frozen=True, slots=True)
class Case:
    """What a server does with ``/case``, what our client makes of it, and what FastHttpUser does.

    ``theirs`` is given where it differs, and ``why`` ours is to stay as it is. ``before`` answers
    a request that precedes ``/case`` on the same connection; with ``idle`` the server has done all
    it does about that one before ``/case`` is asked. ``elsewhere`` answers ``/elsewhere``.
    ``as_user`` runs a whole user instead of a bare connection. ``next_method`` is that of the
    request which follows at once.
    """

    name: str
    script: Script
    ours: Outcome
    theirs: Outcome | None = None
    why: Difference | None = None
    method: str = "GET"
    body_size: int = 0
    before: Script | None = None
    idle: bool = False
    timeout: float = PATIENCE
    as_user: bool = False
    keep_body: bool = False
    host: str = "127.0.0.1"
    certificate: str = ""
    listens: bool = True
    reads_bodies: bool = True
    elsewhere: Script | None = None
    next_method: str = "GET"


def says(*blocks, ending=Ending.SERVE, pause=0.0):
    """A script that sends the blocks, ``pause`` seconds apart, and then does as told."""

    def script(line, asked):  # noqa: ARG001 # a script
        if pause:
            line.send_slowly(blocks, pause)
        else:
            line.send(b"".join(blocks))
        return ending

    return script


def answer(*headers, body=b"", status="200 OK", version="1.1"):
    """The bytes of an answer whose headers are just these."""
    lines = (f"HTTP/{version} {status}", *headers, "", "")
    return "\r\n".join(lines).encode("latin-1") + body


def sized(body=b"hello", *headers, status="200 OK", version="1.1"):
    """The bytes of an answer with a true ``Content-Length``."""
    length = f"Content-Length: {len(body)}"
    return answer(length, *headers, body=body, status=status, version=version)


def chunked(*chunks, extension=b"", trailers=b"", headers=()):
    """The bytes of a chunked answer."""
    pieces = [b"%x%s\r\n%s\r\n" % (len(chunk), extension, chunk) for chunk in chunks]
    body = b"".join((*pieces, b"0", extension, b"\r\n", trailers, b"\r\n"))
    return answer("Transfer-Encoding: chunked", *headers, body=body)
