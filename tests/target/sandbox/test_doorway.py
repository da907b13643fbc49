"""Connections that come out of a sandbox, and what is refused on the way."""

import contextlib
import errno
import os
import socket
import struct
import threading
import time

import pytest
from held_apps import wait_for

from codeoptix_performance.target.process import Listener
from codeoptix_performance.target.sandbox.doorway import (
    ANSWER,
    Doorway,
    RefusedConnectionError,
    received_connection,
)

ECHO = """
    import socket, threading
    def serve(server):
        while True:
            connection, _ = server.accept()
            def echo(connection=connection):
                with connection:
                    while words := connection.recv(65536):
                        connection.sendall(words)
            threading.Thread(target=echo, daemon=True).start()
    threading.Thread(target=serve, args=(socket.create_server(("::1", 8001), family=10),)).start()
    serve(socket.create_server(("127.0.0.1", 8000), backlog=512))
"""
FULL = """
    import socket, time
    deaf = socket.create_server(("127.0.0.1", 8000), backlog=0)
    quick = socket.create_server(("127.0.0.1", 8001), backlog=100)
    while True:
        quick.accept()[0].sendall(b"quick")
"""


def descriptors():
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - no file


@pytest.fixture
def echo(bwrap):
    """The doorway to an app that says again what it is told."""
    with bwrap.running(ECHO) as app:
        assert wait_for(lambda: len(app.listeners()) == 2), app.log_tail()
        yield app.doorway(Listener("127.0.0.1", 8000))


def test_a_connection_carries_words_both_ways(echo):
    """It is an ordinary TCP connection, without Nagle's delay, and not inherited by programs."""
    with echo.connect(5) as connection:
        connection.sendall(b"hello")

        assert b"hello" == connection.recv(64)
        assert 1 == connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert not connection.get_inheritable()


def test_the_newer_protocol_is_reached_too(echo):
    """By its own loopback address."""
    six = Doorway(echo.source, "::1", 8001)
    with six.connect(5) as connection:
        connection.sendall(b"hello")

        assert b"hello" == connection.recv(64)


def test_a_port_nobody_listens_on_refuses(echo):
    """With the error that a dialer gets."""
    with pytest.raises(ConnectionRefusedError):
        Doorway(echo.source, "127.0.0.1", 9).connect(5)


def test_many_at_once_all_get_theirs(echo):
    """Eight clients with fifty connections each; no descriptor is lost."""
    before = descriptors()
    failures = []

    def client(number):
        try:
            for turn in range(50):
                with echo.connect(10) as connection:
                    words = f"{number} {turn}".encode()
                    connection.sendall(words)
                    assert words == connection.recv(64)
        except Exception as error:  # noqa: BLE001 - told below, in the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [] == failures
    assert before == descriptors()


def test_answers_come_in_the_order_asked(echo):
    """Also where one is an error and its neighbours are not."""
    with echo.open_channel() as channel:
        channel.settimeout(10)
        closed = Doorway(echo.source, "127.0.0.1", 9)
        for ask in (echo.ask, closed.ask, echo.ask):
            channel.send(ask)
        outcomes = []
        for _ in range(3):
            try:
                echo.receive(channel).close()
                outcomes.append("connected")
            except ConnectionRefusedError:
                outcomes.append("refused")

    assert ["connected", "refused", "connected"] == outcomes


def test_a_client_that_leaves_is_forgotten(echo):
    """What it had asked for does not reach anybody else."""
    for _ in range(20):
        channel = echo.open_channel()
        for _ in range(100):
            channel.send(echo.ask)
        channel.close()

    with echo.connect(10) as connection:
        connection.sendall(b"hello")
        assert b"hello" == connection.recv(64)


def test_a_message_that_is_no_question_ends_its_channel_only(echo):
    """The broker does not guess."""
    with echo.open_channel() as channel:
        channel.settimeout(10)
        channel.send(b"?")

        assert b"" == channel.recv(16)
    with echo.connect(10) as connection:
        assert connection.getpeername() == ("127.0.0.1", 8000)


def test_an_app_that_takes_nobody_does_not_keep_the_others_waiting(bwrap):
    """Connections to its full port wait; another client's go through meanwhile."""
    with bwrap.running(FULL) as app, contextlib.ExitStack() as stack:
        assert wait_for(lambda: len(app.listeners()) == 2)
        full = app.doorway(Listener("127.0.0.1", 8000))
        quick = app.doorway(Listener("127.0.0.1", 8001))
        stuck = stack.enter_context(full.open_channel())
        for _ in range(20):
            stuck.send(full.ask)
        started = time.monotonic()
        with quick.connect(10) as connection:
            assert b"quick" == connection.recv(16)
        assert time.monotonic() - started < 5
        assert any(not _is_taken(full, stack) for _ in range(5))


def _is_taken(doorway, stack):
    try:
        stack.enter_context(doorway.connect(0.3))
    except OSError:
        return False
    return True


def test_an_app_that_has_ended_refuses(bwrap):
    """At once, whatever the time-out."""
    with bwrap.running(ECHO) as app:
        assert wait_for(app.listeners)
        doorway = app.doorway(Listener("127.0.0.1", 8000))
        channel = doorway.open_channel()
    with channel, pytest.raises(ConnectionError):
        doorway.receive(channel)
    with pytest.raises(ConnectionRefusedError):
        doorway.connect(None)


@contextlib.contextmanager
def answered(words, *given):
    """What ``recvmsg`` gives of an answer with these descriptors."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        socket.send_fds(theirs, [words], [end.fileno() for end in given])
        yield ours.recvmsg(*ANSWER)[:3]


@pytest.fixture
def impostors(tmp_path):
    """What a broker in wrong hands might hand out."""
    with contextlib.ExitStack() as stack:
        keep = stack.enter_context
        listener = keep(socket.create_server(("127.0.0.1", 0)))
        other = keep(socket.create_server(("127.0.0.1", 0)))
        right = keep(socket.create_connection(listener.getsockname()))
        datagram = keep(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        datagram.connect(listener.getsockname())
        pair = socket.socketpair()
        yield (
            Doorway(keep(pair[0]), *listener.getsockname()),
            {
                "a file": [keep((tmp_path / "file").open("w"))],
                "a Unix socket": [keep(pair[1])],
                "a datagram socket": [datagram],
                "a socket that is not connected": [keep(socket.socket())],
                "a listening socket": [listener],
                "a connection elsewhere": [keep(socket.create_connection(other.getsockname()))],
                "the far end of a connection": [keep(listener.accept()[0])],
                "two connections": [right, right],
                "nothing": [],
                "more than there is room for": [right] * 20,
            },
            right,
        )


def _is_refused(doorway, answer):
    try:
        received_connection(doorway, *answer).close()
    except RefusedConnectionError:
        return True
    return False


def test_only_the_connection_that_was_asked_for_is_taken(impostors):
    """Everything else is refused with a word on what it was, and closed."""
    doorway, wrong, right = impostors
    before = descriptors()
    for name, given in wrong.items():
        with answered(struct.pack("!i", 0), *given) as answer:
            assert _is_refused(doorway, answer), name
        assert before == descriptors(), name
    with answered(struct.pack("!i", 0), right) as answer:
        connection = received_connection(doorway, *answer)
        assert doorway.port == connection.getpeername()[1]
        assert not connection.getblocking()
        connection.close()

    assert before == descriptors()


def test_answers_of_another_form_are_refused(impostors):
    """A length that was not agreed; an error that brings a descriptor with it."""
    doorway, _, right = impostors
    before = descriptors()
    with answered(b"!", right) as answer, pytest.raises(RefusedConnectionError):
        received_connection(doorway, *answer)
    with (
        answered(struct.pack("!i", errno.ECONNREFUSED), right) as answer,
        pytest.raises(ConnectionRefusedError),
    ):
        received_connection(doorway, *answer)

    assert before == descriptors()
