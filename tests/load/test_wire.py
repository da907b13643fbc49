import re

import pytest

from codeoptix_performance.errors import EngineError
from codeoptix_performance.load.server_address import ServerAddress
from codeoptix_performance.load.wire import encode_request, encode_target, next_unique
from codeoptix_performance.target.endpoint import UNIQUE, Request

ADDRESS = ServerAddress("127.0.0.1", tls=False, host_header="127.0.0.1:8000", path_prefix="",
                        candidates=())  # fmt: skip
COMMON = (
    b"Host: 127.0.0.1:8000\r\nUser-Agent: codeoptix-performance\r\n"
    b"Accept: */*\r\nAccept-Encoding: gzip, deflate\r\n"
)


@pytest.mark.parametrize(
    ("expected", "request_"),
    [
        pytest.param(
            b"GET /a?b=c HTTP/1.1\r\n" + COMMON + b"\r\n", Request("GET", "/a?b=c"), id="get"
        ),
        pytest.param(
            b"POST /a HTTP/1.1\r\n" + COMMON + b"Content-Length: 2\r\nContent-Type: x\r\n\r\n{}",
            Request("POST", "/a", (("Content-Type", "x"),), b"{}"),
            id="body",
        ),
        pytest.param(
            b"PUT /a HTTP/1.1\r\n" + COMMON + b"Content-Length: 0\r\n\r\n",
            Request("put", "/a"),
            id="method in capitals, and an empty body where one is meant",
        ),
        pytest.param(
            b"GET /a HTTP/1.1\r\n" + COMMON.replace(b"*/*", b"text/html") + b"\r\n",
            Request("GET", "/a", (("Accept", "text/html"),)),
            id="a header of the request replaces ours",
        ),
        pytest.param(
            b"POST /a HTTP/1.1\r\n" + COMMON + b"Content-Length: 1\r\n\r\nx",
            Request("POST", "/a", (("content-length", "99"),), b"x"),
            id="a wrong length is set right",
        ),
    ],
)
def test_bytes(expected, request_):
    """A request is encoded once, complete."""
    assert expected == encode_request(request_, ADDRESS).encoded()


@pytest.mark.parametrize(
    ("expected", "path"),
    [
        pytest.param(b"/a%20b", "/a b", id="space"),
        pytest.param(b"/%C3%BC?q=%C3%A4", "/ü?q=ä", id="letters"),
        pytest.param(b"/a%20b", "/a%20b", id="already escaped"),
        pytest.param(b"/a%0D%0AX:1", "/a\r\nX:1", id="no second line"),
        pytest.param(b"/a", "/a#part", id="no fragment"),
    ],
)
def test_targets(expected, path):
    """Nothing reaches the request line that may not stand in it."""
    assert expected == encode_target(path)


@pytest.mark.parametrize("value", ["a\r\nb: c", "a\nb", "\u20ac"], ids=["crlf", "lf", "euro sign"])
def test_a_header_that_cannot_be_sent(value):
    """A header is refused before any load, with the request's name."""
    with pytest.raises(EngineError, match="POST /a"):
        encode_request(Request("POST", "/a", (("X", value),)), ADDRESS)


def test_markers_become_one_new_value_per_request():
    """Path and body of a request carry the same value, the next request another one."""
    marked = Request("POST", f"/u/{UNIQUE}", (), f'{{"name": "{UNIQUE}"}}'.encode())
    wire = encode_request(marked, ADDRESS)

    found = [re.findall(rb"(?:/u/|: \")([0-9a-z]{8})", wire.encoded()) for _ in range(2)]

    assert [2, 2] == [len(values) for values in found]
    assert [1, 1] == [len(set(values)) for values in found]
    assert found[0] != found[1]
    assert b"Content-Length: 20\r\n" in wire.encoded()
    assert UNIQUE.encode() not in wire.encoded()


def test_unique_values():
    """Values do not repeat, and keep the marker's width and alphabet."""
    values = {next_unique() for _ in range(10_000)}

    assert len(values) == 10_000
    assert all(re.fullmatch(rb"[0-9a-z]{8}", value) for value in values)


def test_cookies_and_another_target():
    """Cookies are a header line of their own, and a target given takes the place of the path."""
    wire = encode_request(Request("DELETE", "/items/{id}"), ADDRESS)

    sent = wire.encoded(target=b"/items/7", lines=b"Cookie: a=1; b=2\r\n")

    assert b"DELETE /items/7 HTTP/1.1\r\n" + COMMON + b"Cookie: a=1; b=2\r\n\r\n" == sent
