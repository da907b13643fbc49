"""Single questions to apps that answer as they like."""

import gzip
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from unittest import mock

import httpcore
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codeoptix_performance.target import asking
from codeoptix_performance.target.asking import Answer, Asker
from codeoptix_performance.target.endpoint import Request

MOST_BYTES = 4 * 2**20
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"


@contextmanager
def _serving(
    answer: Callable[[socket.socket], None], heard: list[bytes] | None = None
) -> Iterator[str]:
    """Answers each request with ``answer``, until the other side has left."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with connection, suppress(OSError):
                        request = connection.recv(65536)
                        if heard is not None:
                            heard.append(request)
                        answer(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(timeout=10)


def _hints_without_end(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        time.sleep(0.02)


def _head_without_end(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while True:
        connection.sendall(b"a")
        time.sleep(0.02)


def _body_without_end(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"\r\n")
    while True:
        connection.sendall(b"a")
        time.sleep(0.02)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("answer", [_hints_without_end, _head_without_end, _body_without_end])
def test_an_answer_that_goes_on_and_on_is_given_up(answer):
    """One deadline holds for a whole question, whatever comes before it."""
    with _serving(answer) as url, Asker(url, seconds_each=0.3, seconds_in_all=5) as asker:
        assert Answer(0, cause="no answer within 0.3 s") == asker.get("/")


@pytest.mark.timeout(20)
def test_a_question_that_is_read_slowly_is_given_up():
    """An app that takes a long body bit by bit has no more time than others."""

    def sip(connection: socket.socket) -> None:
        while connection.recv(512):
            time.sleep(0.02)

    long = Request("POST", "/", (), bytes(8 * 2**20))
    with _serving(sip) as url, Asker(url, seconds_each=0.3, seconds_in_all=5) as asker:
        answer = asker.ask(long)

    assert 0 == answer.status
    assert answer.cause.startswith("no answer within 0.")


def _deflated(plain: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(plain) + packer.flush()


ENCODED = {
    "gzip": ("gzip", gzip.compress(b"word"), b"word"),
    "deflate": ("deflate", zlib.compress(b"word"), b"word"),
    "deflate without its frame": ("deflate", _deflated(b"word"), b"word"),
    "one that is not known": ("br", b"\x8b\x01\x80word\x03", b"\x8b\x01\x80word\x03"),
    "without a body": ("gzip", b"", b""),
    "a bomb": ("gzip", gzip.compress(bytes(16 * MOST_BYTES)), bytes(MOST_BYTES)),
}


@pytest.mark.parametrize(("encoding", "sent", "read"), ENCODED.values(), ids=ENCODED)
def test_a_body_is_decoded_as_far_as_it_is_read(encoding, sent, read):
    """Four MiB at most, after decoding as before."""
    fields = f"Content-Encoding: {encoding}\r\nContent-Length: {len(sent)}\r\n\r\n".encode()
    with _asker_of(HEAD + fields + sent) as asker:
        assert read == asker.get("/").body


def test_a_spoilt_body_is_no_answer():
    """It says that it is compressed, and is not."""
    said = b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nword"
    with _asker_of(HEAD + said) as asker:
        assert Answer(0, cause="its body cannot be decoded as gzip") == asker.get("/")


def test_an_app_is_told_not_to_compress():
    """Then nothing has to be undone."""
    heard: list[bytes] = []

    def answer(connection: socket.socket) -> None:
        connection.sendall(HEAD + b"Content-Length: 0\r\n\r\n")

    with _serving(answer, heard) as url, Asker(url, seconds_each=5, seconds_in_all=5) as asker:
        assert 200 == asker.get("/").status

    assert b"accept-encoding: identity\r\n" in heard[0].lower()


PARTS_OF_ANSWERS = st.sampled_from(
    [
        *(b"HTTP/1.1 ", b"200 OK", b"302 Found", b"401", b"9" * 5000, b"\r\n", b"\r\n\r\n"),
        *(b"Location: ", b"http://[", b"//\xff/", b"Content-Type: ", b"text/html", b"Set-Cookie: "),
        *(b"a=b; Max-Age=" + b"9" * 5000, b"Content-Length: ", b"Transfer-Encoding: chunked"),
        *(b"Content-Encoding: ", b"gzip", b"deflate", gzip.compress(b"word"), b"[" * 5000),
    ]
)


@settings(max_examples=400, deadline=None, database=None)
@given(st.lists(PARTS_OF_ANSWERS | st.binary(max_size=20), max_size=12))
def test_whatever_comes_back_is_an_answer(parts):
    """No bytes that an app can send end the evaluation."""
    with _asker_of(b"HTTP/1.1 200 OK\r\n" + b"".join(parts)) as asker:
        answer = asker.get("/")

    assert isinstance(answer.json, object)
    assert (0 == answer.status) == (answer.cause is not None)


@contextmanager
def _asker_of(sent: bytes) -> Iterator[Asker]:
    """Asks an app that says ``sent`` to everything."""
    with (
        mock.patch.object(asking, "SyncBackend", return_value=httpcore.MockBackend([sent])),
        Asker("http://127.0.0.1:1", seconds_each=5, seconds_in_all=5) as asker,
    ):
        yield asker
