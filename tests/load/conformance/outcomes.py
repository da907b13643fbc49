"""What a client makes of a server's behaviour, in words both clients can be compared by."""

from dataclasses import dataclass
from enum import StrEnum

SHOWN = 100
"""Bytes of a body that are compared, where it is looked at."""


class Cause(StrEnum):
    """Why a request failed, or that it did not."""

    NONE = "success"
    STATUS = "error status"
    REFUSED = "connection refused"
    CLOSED = "closed without an answer"
    CUT = "closed within the answer"
    RESET = "connection reset"
    NOT_HTTP = "not HTTP"
    TIMEOUT = "no answer in time"
    ENDLESS = "waits for ever"
    CERTIFICATE = "certificate not accepted"
    ENCODING = "body cannot be unpacked"
    REDIRECTS = "too many redirects"
    RAISED = "an exception in the user's task; no request is recorded"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One request's result, and what it meant for the connection.

    ``sent`` counts the requests the server saw for it; ``kept`` says whether the next request came
    over the same connection; ``next_unharmed``, whether that one had its own plain answer.
    ``content`` is the beginning of the body as the user sees it, for cases that look at it.
    """

    status: int
    size: int
    cause: Cause = Cause.NONE
    kept: bool = True
    sent: int = 1
    next_unharmed: bool = True
    content: str | None = None


_OUR_WORDS = {
    "connection refused": Cause.REFUSED,
    "closed the connection without an answer": Cause.CLOSED,
    "closed the connection in the middle of an answer": Cause.CUT,
    "connection reset by the app": Cause.RESET,
    "answered something that is not HTTP": Cause.NOT_HTTP,
    "no answer within": Cause.TIMEOUT,
    "its TLS certificate is not accepted": Cause.CERTIFICATE,
    "its body cannot be": Cause.ENCODING,
    "redirected more": Cause.REDIRECTS,
    "raised ": Cause.RAISED,
}
_THEIR_WORDS = {
    "LocustBadStatusCode": Cause.STATUS,
    "HTTPConnectionClosed": Cause.CLOSED,
    "HTTPParseError: connection closed": Cause.CUT,
    "HTTPParseError: Incomplete response": Cause.CUT,
    "HTTPParseError": Cause.NOT_HTTP,
    "HTTPProtocolViolationError": Cause.NOT_HTTP,
    "ConnectionRefusedError": Cause.REFUSED,
    "ConnectionResetError": Cause.RESET,
    "BrokenPipeError": Cause.RESET,
    "TimeoutError": Cause.TIMEOUT,
    "SSLCertVerificationError": Cause.CERTIFICATE,
    "error: Error": Cause.ENCODING,
    "RetriesExceeded": Cause.REDIRECTS,
    "never ends": Cause.ENDLESS,
    "raised ": Cause.RAISED,
}


def our_cause(words, status):
    """The class of what our client says."""
    if words is None:
        return Cause.NONE
    if status and words.startswith(str(status)):
        return Cause.STATUS
    return _look_up(_OUR_WORDS, words)


def their_cause(words, status):  # noqa: ARG001 # the same face as our_cause
    """The class of an exception, given as ``type: text``."""
    return Cause.NONE if words is None else _look_up(_THEIR_WORDS, words)


def _look_up(table, words):
    for beginning, cause in table.items():
        if words.startswith(beginning):
            return cause
    raise LookupError(f"Nobody has given this cause a class yet: {words!r}")
