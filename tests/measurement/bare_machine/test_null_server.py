"""The server that answers at once, asked byte by byte."""

import socket
import threading
import time

import pytest

from codeoptix_performance.measurement.bare_machine.null_server import ANSWER, serve

REQUEST = b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"


@pytest.fixture(scope="module")
def port():
    """Of a server in a thread that ends with the tests."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = free.getsockname()[1]
    threading.Thread(target=serve, args=(number,), daemon=True).start()
    deadline = time.monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", number), 1).close()
        except ConnectionRefusedError:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        else:
            return number


@pytest.fixture
def connection(port):
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        yield connection


def read(connection, count):
    received = b""
    while len(received) < count * len(ANSWER):
        received += connection.recv(65536)
    return received


@pytest.mark.parametrize(
    ("chunks", "answers"),
    [
        pytest.param([REQUEST], 1, id="one"),
        pytest.param([REQUEST * 3], 3, id="three at once"),
        pytest.param([REQUEST[:10], REQUEST[10:26], REQUEST[26:]], 1, id="in pieces"),
        pytest.param([REQUEST + REQUEST[:9], REQUEST[9:]], 2, id="one and a half"),
    ],
)
def test_every_request_has_one_answer(connection, chunks, answers):
    """However its bytes arrive; a piece has none."""
    for chunk in chunks:
        connection.sendall(chunk)
        time.sleep(0.02)

    assert ANSWER * answers == read(connection, answers)
    connection.settimeout(0)
    with pytest.raises(BlockingIOError):
        connection.recv(1)


def test_many_are_served_at_once(port):
    """Whoever hangs up, or says nothing, is nobody's loss."""
    crowd = [socket.create_connection(("127.0.0.1", port), 10) for _ in range(20)]
    try:
        for one in crowd[5:]:
            one.sendall(REQUEST)
        for one in crowd[:5]:
            one.close()

        assert [ANSWER] * 15 == [read(one, 1) for one in crowd[5:]]
    finally:
        for one in crowd:
            one.close()
