"""When connections begin, last, break and end."""

from conformance.case import Case, answer, says, sized
from conformance.differences import Difference
from conformance.outcomes import Cause, Outcome
from conformance.raw_server import PLAIN, Ending, serve_plainly

HELLO = Outcome(200, 5)
NOT_HTTP = Outcome(0, 0, Cause.NOT_HTTP, kept=False)
REJECTED_YET_KEPT = Outcome(0, 0, Cause.NOT_HTTP)
CLOSED = Outcome(0, 0, Cause.CLOSED, kept=False)
TIMEOUT = Outcome(0, 0, Cause.TIMEOUT, kept=False)


def hangs_up_once(ending):
    def script(line, asked):
        return serve_plainly(line, asked) if line.number else ending

    return script


CLOSING = (
    Case(
        "`Connection: close`, and it closes",
        says(sized(b"hello", "Connection: close"), ending=Ending.CLOSE),
        Outcome(200, 5, kept=False),
    ),
    Case(
        "`Connection: close`, and it does not close",
        says(sized(b"hello", "Connection: close")),
        Outcome(200, 5, kept=False),
    ),
    Case(
        "closes after its answer without saying so; the next request comes later",
        says(sized(), ending=Ending.CLOSE),
        Outcome(200, 5, kept=False),
    ),
    Case(
        "had closed the idle connection, GET",
        says(sized()),
        HELLO,
        before=says(PLAIN, ending=Ending.CLOSE),
        idle=True,
    ),
    Case(
        "had closed the idle connection, POST",
        says(sized()),
        HELLO,
        before=says(PLAIN, ending=Ending.CLOSE),
        idle=True,
        method="POST",
        body_size=5,
    ),
    Case(
        "had reset the idle connection, POST",
        says(sized()),
        HELLO,
        before=says(PLAIN, ending=Ending.RESET),
        idle=True,
        method="POST",
        body_size=5,
    ),
    Case(
        "closes a fresh connection without an answer, GET",
        says(ending=Ending.CLOSE),
        CLOSED,
        theirs=Outcome(0, 0, Cause.CLOSED, kept=False, sent=12),
        why=Difference.ONE_ATTEMPT,
    ),
    Case(
        "closes a fresh connection without an answer, POST",
        says(ending=Ending.CLOSE),
        CLOSED,
        method="POST",
        body_size=5,
    ),
    Case(
        "closes a reused connection without an answer, GET",
        hangs_up_once(Ending.CLOSE),
        Outcome(200, 2, sent=2),
        before=serve_plainly,
    ),
    Case(
        "closes a reused connection without an answer, DELETE",
        hangs_up_once(Ending.CLOSE),
        Outcome(200, 2, sent=2),
        before=serve_plainly,
        method="DELETE",
    ),
    Case(
        "closes a reused connection without an answer, POST",
        hangs_up_once(Ending.CLOSE),
        CLOSED,
        before=serve_plainly,
        method="POST",
        body_size=5,
    ),
    Case(
        "closes a reused connection without an answer, PATCH",
        hangs_up_once(Ending.CLOSE),
        CLOSED,
        before=serve_plainly,
        method="PATCH",
        body_size=5,
    ),
    Case(
        "resets a fresh connection without an answer",
        says(ending=Ending.RESET),
        Outcome(0, 0, Cause.RESET, kept=False),
        theirs=Outcome(0, 0, Cause.CLOSED, kept=False, sent=12),
        why=Difference.ONE_ATTEMPT,
    ),
    Case(
        "resets a reused connection without an answer, GET",
        hangs_up_once(Ending.RESET),
        Outcome(200, 2, sent=2),
        before=serve_plainly,
    ),
    Case(
        "resets a reused connection without an answer, POST",
        hangs_up_once(Ending.RESET),
        Outcome(0, 0, Cause.RESET, kept=False),
        before=serve_plainly,
        method="POST",
        body_size=5,
        theirs=Outcome(0, 0, Cause.CLOSED, kept=False),
        why=Difference.RESET_IS_NOT_CLOSE,
    ),
    Case(
        "resets in the middle of the body",
        says(answer("Content-Length: 9", body=b"hello"), ending=Ending.RESET),
        Outcome(0, 0, Cause.RESET, kept=False),
        theirs=Outcome(200, 0, Cause.RESET, kept=False),
        why=Difference.STATUS_OF_HALF_AN_ANSWER,
    ),
    Case(
        "resets in the middle of a header",
        says(b"HTTP/1.1 200 OK\r\nContent-", ending=Ending.RESET),
        Outcome(0, 0, Cause.RESET, kept=False),
    ),
    Case(
        "closes in the middle of the status line",
        says(b"HTTP/1.1 20", ending=Ending.CLOSE),
        Outcome(0, 0, Cause.CUT, kept=False),
        theirs=NOT_HTTP,
        why=Difference.CUT_IS_NOT_GARBAGE,
    ),
    Case(
        "closes in the middle of the headers",
        says(b"HTTP/1.1 200 OK\r\nContent-", ending=Ending.CLOSE),
        Outcome(0, 0, Cause.CUT, kept=False),
        theirs=NOT_HTTP,
        why=Difference.CUT_IS_NOT_GARBAGE,
    ),
    Case(
        "500, then closes without saying so",
        says(sized(status="500 Internal Server Error"), ending=Ending.CLOSE),
        Outcome(500, 5, Cause.STATUS, kept=False),
    ),
    Case(
        "500, and stays open",
        says(sized(status="500 Internal Server Error")),
        Outcome(500, 5, Cause.STATUS, kept=False),
        theirs=Outcome(500, 5, Cause.STATUS),
        why=Difference.SERVER_ERRORS_END_CONNECTIONS,
    ),
    Case(
        "answers 413 before it has read the body, and reads on",
        says(sized(status="413 Content Too Large")),
        Outcome(413, 5, Cause.STATUS),
        method="POST",
        body_size=3_000_000,
        reads_bodies=False,
    ),
    Case(
        "answers 413 and closes with the body unread",
        says(
            sized(b"hello", "Connection: close", status="413 Content Too Large"),
            ending=Ending.CLOSE,
        ),
        Outcome(413, 5, Cause.STATUS, kept=False),
        method="POST",
        body_size=30_000_000,
        reads_bodies=False,
    ),
    Case(
        "answers 413, closes with the body unread and without saying so, and a POST follows",
        says(sized(status="413 Content Too Large"), ending=Ending.CLOSE),
        Outcome(413, 5, Cause.STATUS, kept=False),
        method="POST",
        body_size=8_000_000,
        reads_bodies=False,
        next_method="POST",
    ),
    Case("a request body of 3 MB", says(sized()), HELLO, method="POST", body_size=3_000_000),
    Case(
        "nobody listens",
        says(sized()),
        Outcome(0, 0, Cause.REFUSED, kept=False, sent=0, next_unharmed=False),
        listens=False,
    ),
)
