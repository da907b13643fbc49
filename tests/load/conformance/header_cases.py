"""Status lines and headers."""

from conformance.case import GIVEN_UP, Case, says
from conformance.differences import Difference
from conformance.outcomes import Cause, Outcome
from conformance.raw_server import Ending

HELLO = Outcome(200, 5)
NOT_HTTP = Outcome(0, 0, Cause.NOT_HTTP, kept=False)
HTTP2_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
HTTP2_SETTINGS = bytes.fromhex("000012040000000000000300000064000400100000000600004000")


def status_of(line):
    """A script whose answer has this status line."""
    return says(line.encode("latin-1") + b"\r\nContent-Length: 5\r\n\r\nhello")


def header_of(line):
    """A script whose answer has this header line, as it is."""
    return says(b"HTTP/1.1 200 OK\r\n" + line + b"\r\nContent-Length: 5\r\n\r\nhello")


def has_status(status, cause=Cause.NONE, **differing):
    """The case of an answer with this status."""
    expected = Outcome(status, 5, cause, kept=status < 500)
    return Case(f"status {status}", status_of(f"HTTP/1.1 {status} Words"), expected, **differing)


def is_no_success(status):
    """What FastHttpUser makes of a status that is not on its list."""
    return {
        "theirs": Outcome(status, 5, Cause.STATUS),
        "why": Difference.SUCCESS_BELOW_400,
    }


def is_kept(status):
    """What FastHttpUser does with the connection after a server's error."""
    return {
        "theirs": Outcome(status, 5, Cause.STATUS),
        "why": Difference.SERVER_ERRORS_END_CONNECTIONS,
    }


STATUS_LINES = (
    *(has_status(status) for status in (201, 226)),
    *(has_status(status, **is_no_success(status)) for status in (299, 300, 399)),
    *(has_status(status, Cause.STATUS) for status in (400, 404, 429, 499)),
    *(has_status(status, Cause.STATUS, **is_kept(status)) for status in (503, 599, 600, 999)),
    Case("status 99", status_of("HTTP/1.1 99 Words"), NOT_HTTP),
    Case(
        "status 099",
        status_of("HTTP/1.1 099 Words"),
        Outcome(0, 0, Cause.TIMEOUT, kept=False),
        timeout=GIVEN_UP,
        theirs=Outcome(0, 0, Cause.TIMEOUT),
        why=Difference.UNFINISHED_IS_NOT_REUSED,
    ),
    Case("status 1000", status_of("HTTP/1.1 1000 Words"), NOT_HTTP),
    Case("a status line without words: `HTTP/1.1 200`", status_of("HTTP/1.1 200"), HELLO),
    Case("words that are not ASCII", status_of("HTTP/1.1 200 Tr\xe8s bien"), HELLO),
    Case("HTTP/2.0 in the status line", status_of("HTTP/2.0 200 OK"), Outcome(200, 5, kept=False)),
    Case("HTTP/0.9: a body and nothing else", says(b"<p>hello</p>", ending=Ending.CLOSE), NOT_HTTP),
    Case("the preface of HTTP/2", says(HTTP2_PREFACE, ending=Ending.CLOSE), NOT_HTTP),
    Case("frames of HTTP/2", says(HTTP2_SETTINGS, ending=Ending.CLOSE), NOT_HTTP),
    Case(
        "TLS where plain HTTP was asked",
        says(b"\x15\x03\x01\x00\x02\x02\x0a", ending=Ending.CLOSE),
        NOT_HTTP,
    ),
    Case(
        "lines that end in LF alone", says(b"HTTP/1.1 200 OK\nContent-Length: 5\n\nhello"), NOT_HTTP
    ),
)

HEADERS = (
    Case(
        "header names in lower case",
        says(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello"),
        HELLO,
    ),
    Case(
        "header names in upper case",
        says(b"HTTP/1.1 200 OK\r\nCONTENT-LENGTH: 5\r\nCONNECTION: CLOSE\r\n\r\nhello"),
        Outcome(200, 5, kept=False),
    ),
    Case(
        "no space after the colon", says(b"HTTP/1.1 200 OK\r\nContent-Length:5\r\n\r\nhello"), HELLO
    ),
    Case("a header without value", header_of(b"Empty:"), HELLO),
    Case("a header of 1 MB", header_of(b"Long: " + b"x" * 1_000_000), HELLO),
    Case("10,000 headers", header_of(b"\r\n".join(b"X-%d: y" % i for i in range(10_000))), HELLO),
    Case("a header without colon", header_of(b"no colon here"), NOT_HTTP),
    Case("a space before the colon", header_of(b"Name : value"), NOT_HTTP),
    Case("NUL in a header value", header_of(b"Name: a\0b"), NOT_HTTP),
    Case("NUL in a header name", header_of(b"Na\0me: a"), NOT_HTTP),
    Case("bytes beyond ASCII in a header value", header_of("Name: é€".encode()), HELLO),
    Case("a folded header", header_of(b"Name: one\r\n two"), NOT_HTTP),
)
