"""Where an answer begins and ends."""

from conformance.case import GIVEN_UP, SOON, Case, answer, chunked, says, sized
from conformance.differences import Difference
from conformance.outcomes import Cause, Outcome
from conformance.raw_server import Ending

HELLO = Outcome(200, 5)
REJECTED_YET_KEPT = Outcome(0, 0, Cause.NOT_HTTP)
INTERIM = answer(status="103 Early Hints")
MILLION = b"x" * 1_000_000


def a_hundred_megabytes(line, asked):  # noqa: ARG001 # a script
    line.send(answer("Content-Length: 100000000"))
    for _ in range(100):
        line.send(MILLION)
    return Ending.SERVE


def interim_answers_for_ever(line, asked):  # noqa: ARG001 # a script
    while True:
        line.send_slowly([INTERIM], 0.01)


FRAMING = (
    Case("a plain answer", says(sized()), HELLO),
    Case("`Content-Length: 0`", says(sized(b"")), Outcome(200, 0)),
    Case("one byte at a time", says(*(bytes([x]) for x in sized()), pause=0.001), HELLO),
    Case("a body of 100 MB", a_hundred_megabytes, Outcome(200, 100_000_000)),
    Case("chunked", says(chunked(b"hel", b"lo")), HELLO),
    Case("chunked, with chunk extensions", says(chunked(b"hello", extension=b";a=1;b")), HELLO),
    Case("chunked, with trailers", says(chunked(b"hello", trailers=b"Sum: 7\r\nX: y\r\n")), HELLO),
    Case("chunked, one byte a chunk", says(chunked(*[b"x"] * 5000)), Outcome(200, 5000)),
    Case("chunked, without any chunk but the last", says(chunked()), Outcome(200, 0)),
    Case(
        "chunked, and chunk sizes split between packets",
        says(
            answer("Transfer-Encoding: chunked"),
            b"1",
            b"0\r\n0123456789abcdef\r",
            b"\n0\r\n",
            b"\r\n",
            pause=0.003,
        ),
        Outcome(200, 16),
    ),
    Case(
        "chunked, with a chunk size that is no number",
        says(answer("Transfer-Encoding: chunked", body=b"zz\r\nhello\r\n0\r\n\r\n")),
        Outcome(0, 0, Cause.NOT_HTTP, kept=False),
    ),
    Case(
        "chunked, closed before the last chunk",
        says(answer("Transfer-Encoding: chunked", body=b"5\r\nhello\r\n"), ending=Ending.CLOSE),
        Outcome(0, 0, Cause.CUT, kept=False),
        theirs=Outcome(200, 0, Cause.CUT, kept=False),
        why=Difference.STATUS_OF_HALF_AN_ANSWER,
    ),
    Case("204 No Content", says(answer(status="204 No Content")), Outcome(204, 0)),
    Case(
        "204 with a body it must not have",
        says(sized(status="204 No Content")),
        Outcome(204, 0, kept=False),
        theirs=REJECTED_YET_KEPT,
        why=Difference.SURPLUS_SPOILS_THE_CONNECTION,
    ),
    Case("205 without length", says(sized(b"", status="205 Reset Content")), Outcome(205, 0)),
    Case(
        "304 with the length of what it leaves out",
        says(answer("Content-Length: 500", status="304 Not Modified")),
        Outcome(304, 0),
    ),
    Case(
        "HEAD, with the length of what it leaves out",
        says(answer("Content-Length: 500")),
        Outcome(200, 0),
        method="HEAD",
    ),
    Case(
        "HEAD, chunked", says(answer("Transfer-Encoding: chunked")), Outcome(200, 0), method="HEAD"
    ),
    Case(
        "HEAD, answered with a body",
        says(sized()),
        Outcome(200, 0, kept=False),
        method="HEAD",
        theirs=Outcome(200, 0),
        why=Difference.SURPLUS_SPOILS_THE_CONNECTION,
    ),
    Case("100 Continue, then the answer", says(answer(status="100 Continue") + sized()), HELLO),
    Case("103 Early Hints, then the answer", says(INTERIM, sized(), pause=0.003), HELLO),
    Case("a thousand interim answers, then the answer", says(INTERIM * 1000 + sized()), HELLO),
    Case(
        "interim answers for ever",
        interim_answers_for_ever,
        Outcome(0, 0, Cause.TIMEOUT, kept=False),
        timeout=GIVEN_UP,
        theirs=Outcome(0, 0, Cause.ENDLESS, kept=False),
        why=Difference.TIMEOUT_OF_THE_WHOLE,
    ),
    Case(
        "an interim answer, then the end",
        says(INTERIM, ending=Ending.CLOSE),
        Outcome(0, 0, Cause.CUT, kept=False),
    ),
    Case(
        "101 Switching Protocols nobody asked for",
        says(answer("Upgrade: websocket", "Connection: Upgrade", status="101 Switching Protocols")),
        Outcome(101, 0, Cause.STATUS, kept=False),
        timeout=SOON,
        theirs=REJECTED_YET_KEPT,
        why=Difference.UNASKED_UPGRADE,
    ),
    Case(
        "HTTP/1.0, ended by closing",
        says(answer(version="1.0", body=b"hello"), ending=Ending.CLOSE),
        Outcome(200, 5, kept=False),
    ),
    Case("HTTP/1.0 with a length", says(sized(version="1.0")), Outcome(200, 5, kept=False)),
    Case(
        "HTTP/1.0, kept alive",
        says(sized(b"hello", "Connection: keep-alive", version="1.0")),
        HELLO,
    ),
    Case(
        "HTTP/1.1 without a length, ended by closing",
        says(answer(body=b"hello"), ending=Ending.CLOSE),
        Outcome(200, 5, kept=False),
    ),
    Case(
        "`Content-Length` too long, then closed",
        says(answer("Content-Length: 9", body=b"hello"), ending=Ending.CLOSE),
        Outcome(0, 0, Cause.CUT, kept=False),
        theirs=Outcome(200, 0, Cause.CUT, kept=False),
        why=Difference.STATUS_OF_HALF_AN_ANSWER,
    ),
    Case(
        "`Content-Length` too long, then silence",
        says(answer("Content-Length: 9", body=b"hello"), ending=Ending.SILENCE),
        Outcome(0, 0, Cause.TIMEOUT, kept=False),
        timeout=GIVEN_UP,
        theirs=Outcome(200, 0, Cause.TIMEOUT, kept=False),
        why=Difference.STATUS_OF_HALF_AN_ANSWER,
    ),
    Case(
        "`Content-Length` too short",
        says(answer("Content-Length: 2", body=b"hello")),
        Outcome(200, 2, kept=False),
        theirs=REJECTED_YET_KEPT,
        why=Difference.SURPLUS_SPOILS_THE_CONNECTION,
    ),
    Case(
        "`Content-Length` twice, the same",
        says(answer("Content-Length: 5", "Content-Length: 5", body=b"hello")),
        Outcome(0, 0, Cause.NOT_HTTP, kept=False),
    ),
    Case(
        "`Content-Length` twice, different",
        says(answer("Content-Length: 5", "Content-Length: 2", body=b"hello")),
        Outcome(0, 0, Cause.NOT_HTTP, kept=False),
    ),
    Case(
        "`Content-Length` that is no number",
        says(answer("Content-Length: five", body=b"hello")),
        Outcome(0, 0, Cause.NOT_HTTP, kept=False),
    ),
    Case(
        "`Content-Length` below zero",
        says(answer("Content-Length: -5", body=b"hello")),
        Outcome(0, 0, Cause.NOT_HTTP, kept=False),
    ),
    Case(
        "`Content-Length` beside chunked",
        says(chunked(b"hello", headers=("Content-Length: 3",))),
        Outcome(0, 0, Cause.NOT_HTTP, kept=False),
    ),
    Case(
        "`Content-Length` of twenty nines",
        says(answer("Content-Length: 99999999999999999999", body=b"hello")),
        Outcome(0, 0, Cause.NOT_HTTP, kept=False),
    ),
    Case(
        "chunked, with a chunk size of twenty digits",
        says(answer("Transfer-Encoding: chunked", body=b"fffffffffffffffffff0\r\nhello")),
        Outcome(0, 0, Cause.NOT_HTTP, kept=False),
    ),
    Case(
        "`Transfer-Encoding: identity`, ended by closing",
        says(answer("Transfer-Encoding: identity", body=b"hello"), ending=Ending.CLOSE),
        Outcome(200, 5, kept=False),
    ),
)
