"""What comes too late, and what comes without having been asked for."""

from conformance.case import GIVEN_UP, SOON, Case, answer, says, sized
from conformance.differences import Difference
from conformance.outcomes import Cause, Outcome
from conformance.raw_server import PLAIN, Ending

HELLO = Outcome(200, 5)
REJECTED_YET_KEPT = Outcome(0, 0, Cause.NOT_HTTP)
TIMEOUT = Outcome(0, 0, Cause.TIMEOUT, kept=False)


def drips_for_ever(line, asked):  # noqa: ARG001 # a script
    line.send(answer("Content-Length: 1000000"))
    while True:
        line.send_slowly([b"."], 0.02)


def drips_headers_for_ever(line, asked):  # noqa: ARG001 # a script
    line.send(b"HTTP/1.1 200 OK\r\n")
    while True:
        line.send_slowly([b"X: y\r\n"], 0.02)


def answers_before_it_reads(line, asked):  # noqa: ARG001 # a script
    line.send(sized(bytes(30_000_000)))
    return Ending.SERVE


SURPLUS = (
    Case(
        "garbage after the answer, in the same packet",
        says(sized() + b"garbage\r\n\r\n"),
        Outcome(200, 5, kept=False),
        timeout=SOON,
        theirs=REJECTED_YET_KEPT,
        why=Difference.SURPLUS_SPOILS_THE_CONNECTION,
    ),
    Case("a line break after the answer", says(sized() + b"\r\n"), HELLO, timeout=SOON),
    Case(
        "a second answer in the same packet",
        says(sized() + sized(b"none", status="404 Not Found")),
        Outcome(200, 5, kept=False),
        timeout=SOON,
        theirs=Outcome(404, 9, Cause.STATUS),
        why=Difference.SURPLUS_SPOILS_THE_CONNECTION,
    ),
    Case(
        "half a second answer in the same packet",
        says(sized() + b"HTTP/1.1 404 Not"),
        Outcome(200, 5, kept=False),
        timeout=SOON,
        theirs=Outcome(0, 0, Cause.TIMEOUT),
        why=Difference.SURPLUS_SPOILS_THE_CONNECTION,
    ),
    Case(
        "an interim answer after the answer",
        says(sized() + answer(status="103 Early Hints")),
        Outcome(200, 5, kept=False),
        timeout=SOON,
        theirs=Outcome(0, 0, Cause.TIMEOUT),
        why=Difference.SURPLUS_SPOILS_THE_CONNECTION,
    ),
    Case(
        "an answer nobody asked for before the request",
        says(sized()),
        HELLO,
        before=says(PLAIN, sized(b"none", status="404 Not Found"), pause=0.002),
        idle=True,
    ),
    Case(
        "garbage nobody asked for before the request",
        says(sized()),
        HELLO,
        before=says(PLAIN, b"garbage", pause=0.002),
        idle=True,
    ),
)

WAITING = (
    Case(
        "slow, but done in time",
        says(answer("Content-Length: 5"), *(bytes([x]) for x in b"hello"), pause=0.03),
        HELLO,
    ),
    Case("silent", says(ending=Ending.SILENCE), TIMEOUT, timeout=GIVEN_UP),
    Case(
        "silent after half a status line",
        says(b"HTTP/1.1 20", ending=Ending.SILENCE),
        TIMEOUT,
        timeout=GIVEN_UP,
    ),
    Case(
        "silent after the headers",
        says(answer("Content-Length: 5"), ending=Ending.SILENCE),
        TIMEOUT,
        timeout=GIVEN_UP,
        theirs=Outcome(200, 0, Cause.TIMEOUT, kept=False),
        why=Difference.STATUS_OF_HALF_AN_ANSWER,
    ),
    Case(
        "silent within a body that ends by closing",
        says(answer(body=b"hello"), ending=Ending.SILENCE),
        TIMEOUT,
        timeout=GIVEN_UP,
        theirs=Outcome(200, 0, Cause.TIMEOUT, kept=False),
        why=Difference.STATUS_OF_HALF_AN_ANSWER,
    ),
    Case(
        "a body that trickles for ever",
        drips_for_ever,
        TIMEOUT,
        timeout=GIVEN_UP,
        theirs=Outcome(0, 0, Cause.ENDLESS, kept=False),
        why=Difference.TIMEOUT_OF_THE_WHOLE,
    ),
    Case(
        "headers that trickle for ever",
        drips_headers_for_ever,
        TIMEOUT,
        timeout=GIVEN_UP,
        theirs=Outcome(0, 0, Cause.ENDLESS, kept=False),
        why=Difference.TIMEOUT_OF_THE_WHOLE,
    ),
    Case(
        "reads no more of the request than its head",
        says(ending=Ending.SILENCE),
        TIMEOUT,
        timeout=GIVEN_UP,
        method="POST",
        body_size=30_000_000,
        reads_bodies=False,
    ),
    Case(
        "answers 30 MB before it reads a request of 30 MB",
        answers_before_it_reads,
        TIMEOUT,
        timeout=GIVEN_UP,
        method="POST",
        body_size=30_000_000,
        reads_bodies=False,
    ),
)
