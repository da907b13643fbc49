import gzip
import zlib
from random import Random

import pytest

from codeoptix_performance.load.answer import LONGEST_BODY, Answer, AnswerParser
from codeoptix_performance.load.redirects import redirected
from codeoptix_performance.load.server_address import ServerAddress
from codeoptix_performance.load.wire import encode_request
from codeoptix_performance.target.decoding import decoded
from codeoptix_performance.target.endpoint import Request

ADDRESS = ServerAddress("h", tls=False, host_header="h:8000", path_prefix="", candidates=())
FORM = encode_request(Request("POST", "/a/b?x=1", (("Content-Type", "t"),), b"body"), ADDRESS)
RAW_DEFLATE = zlib.compress(b"body")[2:-4]


@pytest.mark.parametrize(
    ("expected", "status", "location"),
    [
        pytest.param(("GET", b"/c"), 303, "/c", id="see other"),
        pytest.param(("GET", b"/a/c?y=2"), 302, "c?y=2", id="relative"),
        pytest.param(("GET", b"/"), 301, "http://h:8000", id="this very app"),
        pytest.param(("POST", b"/c"), 307, "/c#part", id="the method is kept"),
        pytest.param(("POST", b"/caf%C3%A9"), 308, "/café", id="escaped"),
        pytest.param(None, 302, "http://other:8000/c", id="another host"),
        pytest.param(None, 302, "http://h:8001/c", id="another port"),
        pytest.param(None, 302, "https://h:8000/c", id="another scheme"),
        pytest.param(None, 302, "//[", id="no address"),
        pytest.param(None, 302, "", id="an empty place"),
        pytest.param(("GET", b"/c"), 302, "HTTP://H:8000/c", id="this app in capitals"),
        pytest.param(None, 304, "/c", id="not modified"),
        pytest.param(None, 201, "/c", id="created"),
        pytest.param(None, 302, None, id="no place named"),
    ],
)
def test_where_a_redirect_leads(expected, status, location):
    """Redirects are followed within the app, as browsers follow them."""
    following = redirected(FORM, FORM.target, Answer(status, 0, None, location=location), ADDRESS)

    assert expected == (None if following is None else (following[0].method, following[1]))


def test_the_request_after_a_form_has_no_body():
    """A GET that follows a POST carries neither the body nor the headers that describe it."""
    following, target = redirected(
        FORM, FORM.target, Answer(303, 0, None, location="/c"), ADDRESS
    )  # fmt: skip
    wire = following.encoded(target=target)

    assert wire.startswith(b"GET /c HTTP/1.1\r\nHost: h:8000\r\n")
    assert b"ontent-" not in wire
    assert wire.endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    ("expected", "body", "encoding"),
    [
        pytest.param(b"body", gzip.compress(b"body"), "gzip", id="gzip"),
        pytest.param(b"body", zlib.compress(b"body"), " Deflate", id="deflate"),
        pytest.param(b"body", RAW_DEFLATE, "deflate", id="deflate without its frame"),
        pytest.param(b"body", b"body", "", id="none"),
        pytest.param(b"body", b"body", "br", id="one we do not ask for"),
    ],
)
def test_decoding(expected, body, encoding):
    """A body is given as its author meant it, as far as that can be found out."""
    assert expected == decoded(body, encoding, LONGEST_BODY)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"broken", id="no gzip"),
        pytest.param(gzip.compress(b"body" * 99)[:-9], id="cut short"),
    ],
)
def test_a_broken_body(body):
    """A body that is not what its header says has no meaning to guess at."""
    with pytest.raises(ValueError, match="cannot be decoded as gzip"):
        decoded(body, "gzip", LONGEST_BODY)


def test_a_long_body_that_hardly_shrinks_is_read_in_part():
    """As much is kept as of any other, and that it is not all is no failure."""
    plain = Random(7).randbytes(2 * LONGEST_BODY)  # noqa: S311 # repeatable, not secret
    packed = gzip.compress(plain)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
    parser = AnswerParser()
    parser.expect("GET", keep_body=True)
    parser.feed(head % len(packed))
    for begin in range(0, len(packed), 65536):
        parser.feed(packed[begin : begin + 65536])

    answer = parser.answer()

    assert (200, len(packed), None) == answer[:3]
    assert plain.startswith(answer.body)
    assert 0.9 * LONGEST_BODY < len(answer.body) <= LONGEST_BODY


def test_a_bomb_is_cut_off():
    """A small body that unpacks to a huge one is unpacked as far as anyone will look."""
    assert LONGEST_BODY == len(decoded(gzip.compress(bytes(2**24)), "gzip", LONGEST_BODY))
