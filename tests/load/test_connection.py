import errno
import socket
import threading
import time
from contextlib import ExitStack

import pytest

from codeoptix_performance.load.locust_import import import_locust
from codeoptix_performance.load.server_address import ServerAddress, resolve_address

TIMEOUT = 1.0


def in_load_thread(work):
    """What ``work()`` returns in a thread with a gevent hub of its own, gone afterwards."""
    results = []

    def run():
        import gevent

        try:
            results.append(work())
        finally:
            gevent.get_hub().destroy(destroy_loop=True)

    import_locust()
    thread = threading.Thread(target=run)
    thread.start()
    thread.join(20)
    return results[0]


def exchange(url, *requests, candidates=None, keep_body=True, connect=None):
    """The answers to requests sent one after the other over one connection."""
    address = resolve_address(url)
    if candidates is not None:
        address = ServerAddress(address.host, address.tls, address.host_header, "", candidates)

    def work():
        from codeoptix_performance.load.connection import Connection
        from codeoptix_performance.load.dialing import Dialer
        from codeoptix_performance.load.known_heads import KnownHeads

        connection = Connection(
            connect or Dialer(address, None, TIMEOUT),
            KnownHeads(),
            timeout=TIMEOUT,
            encrypted=False,
        )
        try:
            return [
                connection.exchange(
                    method,
                    f"{method} {path} HTTP/1.1\r\nHost: h\r\n\r\n".encode(),
                    time.perf_counter(),
                    keep_body=keep_body,
                )
                for method, path in requests
            ]
        finally:
            connection.close()

    return in_load_thread(work)


@pytest.mark.parametrize(
    ("expected", "method", "path"),
    [
        pytest.param((200, 2, None), "GET", "/ok", id="ok"),
        pytest.param((200, 3, None), "GET", "/chunked", id="chunked"),
        pytest.param((200, 2, None), "GET", "/interim", id="an interim answer is not the answer"),
        pytest.param((200, 6, None), "GET", "/until-close", id="a body that ends with the stream"),
        pytest.param((200, 0, None), "HEAD", "/ok", id="head"),
        pytest.param((204, 0, None), "DELETE", "/items/1", id="no content"),
        pytest.param(
            (302, 0, None), "GET", "/redirect", id="a redirect is a success, not followed"
        ),
        pytest.param((404, 4, "404 Not Found"), "GET", "/missing", id="not found"),
        pytest.param((500, 5, "500 Internal Server Error"), "GET", "/error", id="error"),
        pytest.param((799, 0, "799 Tired"), "GET", "/odd-status", id="a status of its own"),
        pytest.param((799, 0, "799 " + 80 * "z"), "GET", "/endless-words", id="words without end"),
        pytest.param((0, 0, "no answer within 1 s"), "GET", "/hang", id="hang"),
        pytest.param((0, 0, "no answer within 1 s"), "GET", "/drip", id="never quite done"),
        pytest.param((0, 0, "connection reset by the app"), "GET", "/reset", id="reset"),
        pytest.param(
            (0, 0, "closed the connection without an answer"), "GET", "/close", id="closed"
        ),
        pytest.param(
            (0, 0, "closed the connection in the middle of an answer"), "GET", "/cut", id="cut"
        ),
        pytest.param(
            (0, 0, "answered something that is not HTTP"), "GET", "/garbage", id="garbage"
        ),
        pytest.param(
            (0, 0, "sent more than 2 MiB of headers"), "GET", "/endless-head", id="endless head"
        ),
    ],
)
def test_answers(app, expected, method, path):
    """Each way an app can answer, or not, has its status, size and cause in words."""
    (answer,) = exchange(app.url, (method, path))

    assert expected == (answer.status, answer.size, answer.cause)


def test_refused(closed_port):
    """Nobody listens: the connection is refused."""
    (answer,) = exchange(f"http://127.0.0.1:{closed_port}", ("GET", "/"))

    assert (0, 0, "connection refused") == (answer.status, answer.size, answer.cause)


def test_a_known_head_whose_body_is_late_or_never_comes(app):
    """The body is waited for; one that is cut off is a failure, and nothing is sent again."""
    paths = ["/late-body"] * 3 + ["/no-body", "/late-body"]

    answers = exchange(app.url, *(("GET", path) for path in paths), keep_body=False)

    cut = (0, 0, "closed the connection in the middle of an answer")
    assert [(200, 4, None)] * 3 + [cut, (200, 4, None)] == [answer[:3] for answer in answers]
    assert paths == [path for _, path, *_ in app.requests]


def test_the_connection_is_kept(app):
    """Request after request goes over one connection."""
    answers = exchange(app.url, *[("GET", "/ok")] * 5)

    assert [200] * 5 == [answer.status for answer in answers]
    assert app.connections == 1


def test_one_error_is_counted_once(app):
    """After a 500 whose connection the app closes unannounced, the next request is unharmed."""
    answers = exchange(app.url, *[("POST", "/error"), ("POST", "/ok")] * 5)

    assert [500, 200] * 5 == [answer.status for answer in answers]
    assert len(app.requests) == 10


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_a_connection_closed_between_requests(app, method):
    """A connection the app closed after its answer is replaced, and the request sent once more."""
    answers = exchange(app.url, (method, "/once"), (method, "/once"), (method, "/ok"))

    assert [None] * 3 == [answer.cause for answer in answers]
    assert app.connections == 3


def test_a_lost_post_is_not_repeated(app):
    """A request that may have changed something is sent once, and its loss is a failure."""
    answers = exchange(app.url, ("GET", "/ok"), ("POST", "/close"))

    assert [None, "closed the connection without an answer"] == [a.cause for a in answers]
    assert [("GET", "/ok"), ("POST", "/close")] == [request[:2] for request in app.requests]


def test_the_first_address_that_answers_is_kept(app, closed_port):
    """Where a host has several addresses, a refusing one costs nothing but the first attempt."""
    port = int(app.url.rpartition(":")[2])
    candidates = ((2, ("127.0.0.1", closed_port)), (2, ("127.0.0.1", port)))

    answers = exchange(app.url, ("GET", "/error"), ("GET", "/ok"), candidates=candidates)

    assert [500, 200] == [answer.status for answer in answers]


@pytest.fixture
def black_hole():
    """An address whose connections are neither taken nor refused: its queue is full."""
    with ExitStack() as kept:
        listener = kept.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(3):
            waiting = kept.enter_context(socket.socket())
            waiting.settimeout(0)
            waiting.connect_ex(listener.getsockname())
        yield 2, listener.getsockname()


def test_an_address_that_swallows_connections_leaves_time_for_the_next(app, black_hole):
    """Of two, each has half of the time; where all do, the timeout is the timeout."""
    good = (2, ("127.0.0.1", int(app.url.rpartition(":")[2])))
    began_at = time.perf_counter()

    (reached,) = exchange(app.url, ("GET", "/ok"), candidates=(black_hole, good))
    (lost,) = exchange(app.url, ("GET", "/ok"), candidates=(black_hole, black_hole))

    assert [None, "no answer within 1 s"] == [reached.cause, lost.cause]
    assert time.perf_counter() - began_at < 2.5 * TIMEOUT


def test_the_timeout_bounds_the_whole_exchange(app):
    """An app that keeps sending a little is given up as soon as one that sends nothing."""
    began_at = time.perf_counter()

    exchange(app.url, ("GET", "/drip"))

    assert time.perf_counter() - began_at < 10 * TIMEOUT


def test_time_spent_on_connecting_is_spent():
    """Whoever connects slowly has the less time left to answer."""
    began_at = time.perf_counter()

    (answer,) = exchange("http://127.0.0.1:1", ("GET", "/"), connect=silent_after(0.8 * TIMEOUT))

    assert "no answer within 1 s" == answer.cause
    assert time.perf_counter() - began_at < 1.5 * TIMEOUT


def silent_after(seconds):
    """A ``connect`` that takes so long and leads to nobody who answers."""

    def connect():
        import gevent

        gevent.sleep(seconds)
        ours, theirs = socket.socketpair()
        connect.kept = theirs
        ours.settimeout(0)
        return ours

    return connect


def test_the_middle_of_an_answer_is_never_taken_for_its_beginning(app):
    """However long the head is that was read in pieces."""
    answers = exchange(app.url, ("GET", "/long-head"), ("GET", "/its-end"), keep_body=False)

    assert [(200, 2, None), (0, 0, "answered something that is not HTTP")] == [
        answer[:3] for answer in answers
    ]


@pytest.mark.parametrize(
    ("expected", "error"),
    [
        pytest.param(
            "the load generator ran out of open files", OSError(errno.EMFILE, "x"), id="files"
        ),
        pytest.param(
            "the load generator ran out of ports", OSError(errno.EADDRNOTAVAIL, "x"), id="ports"
        ),
        pytest.param("No route to host", OSError(errno.EHOSTUNREACH, "x"), id="as the system says"),
        pytest.param("odd", OSError("odd"), id="as the error says"),
    ],
)
def test_causes_of_the_system(expected, error):
    """What the operating system refuses is said in words, and whose fault it is."""
    import_locust()
    from codeoptix_performance.load import connection

    assert expected == connection._cause(error)
