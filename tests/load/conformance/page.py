"""``docs/http-client.md``, written from the table: ``python -m conformance.page > …`` makes it."""

from conformance.differences import Difference
from conformance.outcomes import Cause
from conformance.table import GROUPS

INTRODUCTION = """\
# The HTTP client

Load is sent by a client of this project's own: sockets on gevent's loop, answers parsed by
[llhttp](https://github.com/nodejs/llhttp), the parser of Node.js, through `httptools`. The head of
an ordinary answer is parsed once: where the same bytes come again, they mean the same. A load
generator shares the machine with the app it measures, so its client has to be cheap; it also has to
be right about answers that are not, because each mistake becomes a wrong verdict. This page says
what it makes of what a server can do, beside Locust's `FastHttpUser`. Tests hold both clients to
this table, and the table to this page.

## The rules

- A request **succeeds** when its answer came whole, in time, with a status from 200 to 399.
  Anything else is a failure with a cause in words.
- The **timeout** bounds the whole request: connecting, sending, redirects, and the last byte of the
  answer.
- The **size** is the bytes of the body as they travelled, without head and chunk framing. Without a
  whole answer status and size are 0.
- A **connection** is used again when the answer was whole and the server did not say otherwise,
  unless the status was 500 or above, or something nobody asked for came after the answer.
- A request is **sent again** in one case only: the server had closed the reused connection before
  the first byte of an answer, and the method is idempotent (GET, HEAD, PUT, DELETE, OPTIONS,
  TRACE).
- **Redirects** within the origin are followed, at most five; the request is recorded once, with the
  status and size of the last answer and the time of all of them.
- **Certificates** are verified against those the system trusts, unless `verify_tls` is off.

## The table

*Connection* says whether the next request goes over the same connection. *Sent* counts the requests
the server sees. The last column says what is different in FastHttpUser, with the number of the
reason [below](#why-the-differences-stay).
"""
HEADING = """\
| the server's answer | status | bytes | result | connection | sent | FastHttpUser |
|---|---|---|---|---|---|---|
"""


def page():
    """The page's text."""
    numbers = {difference: number for number, difference in enumerate(Difference, 1)}
    groups = (_group(title, cases, numbers) for title, cases in GROUPS.items())
    reasons = (f"{numbers[difference]}. {difference.value}\n" for difference in Difference)
    return "\n".join((INTRODUCTION, *groups, "## Why the differences stay\n", "".join(reasons)))


def _group(title, cases, numbers):
    rows = (_row(case, numbers) for case in cases)
    return f"### {title}\n\n{HEADING}{''.join(rows)}"


def _row(case, numbers):
    method = "" if case.method == "GET" or case.method in case.name else f" ({case.method})"
    cells = (
        case.name + method,
        _number(case.ours.status),
        _number(case.ours.size),
        case.ours.cause.value,
        _connection(case.ours),
        str(case.ours.sent),
        _differing(case, numbers),
    )
    return f"| {' | '.join(cells)} |\n"


def _differing(case, numbers):
    """What FastHttpUser does otherwise, in words."""
    ours, theirs = case.ours, case.theirs
    if theirs is None:
        return "the same"
    words = []
    if theirs.status != ours.status:
        words.append(f"status {_number(theirs.status)}")
    if theirs.size != ours.size:
        words.append(f"{_number(theirs.size)} bytes")
    if theirs.cause is not ours.cause:
        words.append(theirs.cause.value)
    if theirs.kept != ours.kept:
        words.append(f"connection {_connection(theirs)}")
    if theirs.sent != ours.sent:
        words.append(f"sent {theirs.sent} times")
    if theirs.content != ours.content and theirs.cause is Cause.NONE:
        words.append("another body")
    if theirs.next_unharmed != ours.next_unharmed:
        words.append(f"the next request {'fails' if ours.next_unharmed else 'succeeds'}")
    return f"{', '.join(words)} ({numbers[case.why]})"


def _number(value):
    return f"{value:,}" if value >= 1000 else str(value)


def _connection(outcome):
    return "kept" if outcome.kept else "closed"


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201 # into the page
