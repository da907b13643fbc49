"""Where an answer sends its user next, and what the user takes along."""

import time

from conformance.case import Case, answer, says, sized
from conformance.differences import Difference
from conformance.outcomes import Cause, Outcome
from conformance.raw_server import Ending, serve_plainly


def leads_to(location, status="302 Found", *headers):
    """A script that sends on to ``location``, in which ``{port}`` is the server's own."""

    def script(line, asked):  # noqa: ARG001 # a script
        line.send(
            sized(b"", f"Location: {location.format(port=line.port)}", *headers, status=status)
        )
        return Ending.SERVE

    return script


def leads_to_slowly(location, *headers):
    """As ``leads_to``, after 0.65 seconds; to nowhere with an empty location."""
    lead = leads_to(location, "302 Found", *headers) if location else serve_plainly

    def script(line, asked):
        time.sleep(0.65)
        return lead(line, asked)

    return script


def says_its_cookie(line, asked):
    line.send(sized(asked.cookie.encode(), "Set-Cookie: a=1", "Set-Cookie: b=2; Path=/; HttpOnly"))
    return Ending.SERVE


def says_its_method(line, asked):
    line.send(sized(asked.method.encode()))
    return Ending.SERVE


def says_its_cookie_elsewhere(line, asked):
    line.send(sized(asked.cookie.encode()))
    return Ending.SERVE


def says_nothing_to_a_head(line, asked):
    line.send(sized() if asked.method != "HEAD" else answer("Content-Length: 5"))
    return Ending.SERVE


def sets(cookie):
    """A script that sets a cookie and answers with the one it got."""

    def script(line, asked):
        line.send(sized(asked.cookie.encode(), f"Set-Cookie: {cookie}"))
        return Ending.SERVE

    return script


REDIRECTS = (
    Case(
        "302 to a path of its own",
        leads_to("/elsewhere"),
        Outcome(200, 2, sent=2),
        as_user=True,
        elsewhere=serve_plainly,
    ),
    Case(
        "302 to a relative path",
        leads_to("elsewhere"),
        Outcome(200, 2, sent=2),
        as_user=True,
        elsewhere=serve_plainly,
    ),
    Case(
        "302 to its own whole address",
        leads_to("http://127.0.0.1:{port}/elsewhere"),
        Outcome(200, 2, sent=2),
        as_user=True,
        elsewhere=serve_plainly,
    ),
    Case(
        "302 to another origin",
        leads_to("http://localhost:{port}/elsewhere"),
        Outcome(302, 0),
        as_user=True,
        elsewhere=serve_plainly,
        theirs=Outcome(200, 2, kept=False, sent=2),
        why=Difference.LOAD_STAYS_AT_HOME,
    ),
    Case(
        "302, and on to itself for ever",
        leads_to("/elsewhere"),
        Outcome(302, 0, Cause.REDIRECTS, sent=6),
        as_user=True,
        elsewhere=leads_to("/elsewhere"),
        theirs=Outcome(0, 0, Cause.REDIRECTS, sent=31),
        why=Difference.FIVE_HOPS,
    ),
    Case(
        "302 without `Location`",
        says(sized(b"", status="302 Found")),
        Outcome(302, 0),
        as_user=True,
    ),
    Case(
        "302 to a path that answers 404",
        leads_to("/elsewhere"),
        Outcome(404, 4, Cause.STATUS, sent=2),
        as_user=True,
        elsewhere=says(sized(b"none", status="404 Not Found")),
    ),
    Case(
        "302 after a POST becomes a GET",
        leads_to("/elsewhere"),
        Outcome(200, 3, sent=2),
        as_user=True,
        method="POST",
        body_size=5,
        elsewhere=says_its_method,
    ),
    Case(
        "303 after a POST becomes a GET",
        leads_to("/elsewhere", "303 See Other"),
        Outcome(200, 3, sent=2),
        as_user=True,
        method="POST",
        body_size=5,
        elsewhere=says_its_method,
    ),
    Case(
        "307 after a POST stays a POST",
        leads_to("/elsewhere", "307 Temporary Redirect"),
        Outcome(200, 4, sent=2),
        as_user=True,
        method="POST",
        body_size=5,
        elsewhere=says_its_method,
    ),
    Case(
        "308 after a PUT stays a PUT",
        leads_to("/elsewhere", "308 Permanent Redirect"),
        Outcome(200, 3, sent=2),
        as_user=True,
        method="PUT",
        body_size=5,
        elsewhere=says_its_method,
    ),
    Case(
        "a cookie set by a redirect travels to where it leads",
        leads_to("/elsewhere", "302 Found", "Set-Cookie: a=1"),
        Outcome(200, 3, sent=2),
        as_user=True,
        elsewhere=says_its_cookie_elsewhere,
    ),
    Case(
        "302 to an address with a fragment",
        leads_to("/elsewhere#part"),
        Outcome(200, 2, sent=2),
        as_user=True,
        elsewhere=serve_plainly,
    ),
    Case(
        "302 to an address with a space and an umlaut in its query",
        leads_to("/elsewhere?q=a \xe4"),
        Outcome(200, 2, sent=2),
        as_user=True,
        elsewhere=serve_plainly,
    ),
    Case(
        "302 to its own host without a scheme",
        leads_to("//127.0.0.1:{port}/elsewhere"),
        Outcome(200, 2, sent=2),
        as_user=True,
        elsewhere=serve_plainly,
    ),
    Case(
        "301 after a DELETE becomes a GET",
        leads_to("/elsewhere", "301 Moved Permanently"),
        Outcome(200, 3, sent=2),
        as_user=True,
        method="DELETE",
        elsewhere=says_its_method,
    ),
    Case(
        "302 after a HEAD stays a HEAD",
        leads_to("/elsewhere"),
        Outcome(200, 0, sent=2),
        as_user=True,
        method="HEAD",
        elsewhere=says_nothing_to_a_head,
    ),
    Case(
        "302, closing each time",
        leads_to("/elsewhere", "302 Found", "Connection: close"),
        Outcome(200, 2, sent=2),
        as_user=True,
        elsewhere=serve_plainly,
    ),
    Case(
        "302 with an empty `Location`",
        leads_to(""),
        Outcome(302, 0),
        as_user=True,
    ),
    Case(
        "201 with a `Location`",
        leads_to("/elsewhere", "201 Created"),
        Outcome(201, 0),
        as_user=True,
        elsewhere=serve_plainly,
    ),
    Case(
        "304 with a `Location`",
        leads_to("/elsewhere", "304 Not Modified"),
        Outcome(304, 0),
        as_user=True,
        elsewhere=serve_plainly,
    ),
    Case(
        "redirects that together take longer than the timeout",
        leads_to_slowly("/elsewhere"),
        Outcome(0, 0, Cause.TIMEOUT, kept=False, sent=2),
        timeout=1.2,
        as_user=True,
        elsewhere=leads_to_slowly(""),
        theirs=Outcome(200, 2, sent=2),
        why=Difference.TIMEOUT_OF_THE_WHOLE,
    ),
    Case(
        "redirects that close each time, and together take longer than the timeout",
        leads_to_slowly("/elsewhere", "Connection: close"),
        Outcome(0, 0, Cause.TIMEOUT, kept=False, sent=2),
        timeout=1.2,
        as_user=True,
        elsewhere=leads_to_slowly(""),
        theirs=Outcome(200, 2, sent=2),
        why=Difference.TIMEOUT_OF_THE_WHOLE,
    ),
    Case(
        "302 to its own IPv6 address",
        leads_to("http://[::1]:{port}/elsewhere"),
        Outcome(200, 2, sent=2),
        host="::1",
        as_user=True,
        elsewhere=serve_plainly,
    ),
)

COOKIES = (
    Case(
        "a cookie of another path is not sent",
        sets("a=1; Path=/other"),
        Outcome(200, 0),
        as_user=True,
    ),
    Case(
        "a cookie of another domain is not sent",
        sets("a=1; Domain=example.org"),
        Outcome(200, 0),
        as_user=True,
    ),
    Case(
        "a cookie that is over at once is not sent",
        sets("a=1; Max-Age=0"),
        Outcome(200, 0),
        as_user=True,
    ),
    Case(
        "a `Secure` cookie travels over plain HTTP as well",
        sets("a=1; Secure"),
        Outcome(200, 3),
        theirs=Outcome(200, 0),
        why=Difference.SECURE_COOKIES_TRAVEL,
        as_user=True,
    ),
    Case(
        "two cookies, sent back with the next request",
        says_its_cookie,
        Outcome(200, 8),
        as_user=True,
    ),
)
