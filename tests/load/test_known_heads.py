"""What a head that was met before means is what the parser makes of it, whatever the bytes are."""

import httptools
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codeoptix_performance.load.answer import Answer, AnswerParser
from codeoptix_performance.load.known_heads import LONGEST, MOST, KnownHeads

ORDINARY = b"HTTP/1.1 200 OK\r\nDate: now\r\nContent-Length: 5\r\n\r\n"
STATUS_LINES = (
    *(b"HTTP/1.1 200 OK",) * 12,
    *(b"HTTP/1.1 200", b"HTTP/1.0 200 OK", b"HTTP/2.0 200 OK", b"HTTP/1.1 099 Odd"),
    *(b"HTTP/1.1 %d Words" % status for status in (100, 101, 204, 302, 304, 404, 500, 999, 1000)),
    *(b"\r\nHTTP/1.1 200 OK", b"\r\n\r\nHTTP/1.1 200 OK"),
)
METHODS = ("GET", "GET", "POST", "HEAD")
LENGTHS = (*(b"Content-Length: 5",) * 4, b"Content-Length: 0", b"Transfer-Encoding: chunked")
HEADERS = (
    *(b"Date: Mon", b"X:", b"X : y", b"no colon", b" folded", b"N\0: l", b"U: \xff"),
    *(b"Content-Length: 5", b"Content-Length: 2", b"content-length: 5 ", b"Content-Length: 5, 5"),
    *(b"Content-Length: +5", b"Content-Length: ", b"Transfer-Encoding: chunked"),
    *(b"Transfer-Encoding: identity", b"Transfer-Encoding: gzip", b"Trailer: X"),
    *(b"Connection: close", b"Connection: keep-alive", b"Connection: upgrade", b"Upgrade: x"),
    *(b"Set-Cookie: a=1", b"Location: /b", b"Content-Encoding: gzip"),
)
BODIES = (
    *(b"", b"hello", b"world") * 3,
    *(b"ok", b"he\r\n\r", b"\r\n\r\n.", b"0\r\n\r\n", b"\r\n", b"\r\n\r\n", b"hello\r\n\r\n"),
    *(b"5\r\nhello\r\n0\r\n\r\n", b"4\r\nhell\r\n0\r\n\r\n.", b"fifteen letters"),
    *(ORDINARY, ORDINARY + b"hello", ORDINARY[:9], b"x" * len(ORDINARY), b"hello" + ORDINARY),
)
"""Some of one length that mean different things after one head."""


@st.composite
def heads(draw):
    """How an answer may begin, more or less well formed."""
    lines = [draw(st.sampled_from(STATUS_LINES)), draw(st.sampled_from(LENGTHS))]
    lines += draw(st.lists(st.sampled_from(HEADERS), max_size=2))
    lines = draw(st.sampled_from([lines] * 4 + [lines[:1] + lines[2:]]))
    line_end = draw(st.sampled_from([b"\r\n"] * 12 + [b"\n", b"\r"]))
    return line_end.join(lines) + line_end + draw(st.sampled_from([b"\r\n"] * 12 + [b"\n", b""]))


@st.composite
def conversations(draw):
    """Blocks in a row, each with the method it answers: few heads, so that they come again."""
    few = draw(st.lists(heads(), min_size=1, max_size=2))
    block = st.builds(bytes.__add__, st.sampled_from(few), st.sampled_from(BODIES))
    cut = st.sampled_from([None] * 12 + [-1, -2, -5, 20])
    block = st.builds(lambda whole, end: whole[:end], block, cut)
    return draw(st.lists(st.tuples(st.sampled_from(METHODS), block), min_size=2, max_size=12))


def parsed(parser, method, *pieces):
    """What ``parser`` makes of a block: its answer, if whole, and whether another may follow."""
    parser.expect(method, keep_body=False)
    try:
        for piece in pieces:
            parser.feed(piece)
    except httptools.HttpParserError:
        return "not HTTP", False
    return parser.answer() if parser.complete else "not whole", parser.kept


# A busy machine may take as long as it likes.
@settings(
    max_examples=500,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
    database=None,
)
@given(conversations(), st.sampled_from([None, 0, 20]))
def test_nobody_can_tell_whether_a_head_was_known(conversation, cut):
    """With the heads of all answers before it, each block means what it means to a new parser.

    So it is where the answers before it came in two pieces: head and body, or cut elsewhere.
    """
    known, of_a_line = KnownHeads(), AnswerParser()
    for method, block in conversation:
        expected = parsed(AnswerParser(), method, block)
        told = None if method == "HEAD" else known.answer(block)
        if told is not None:
            assert expected == (told, True)
            continue
        place = cut or block.find(b"\r\n\r\n") + 4 if cut is not None else len(block)
        assert expected == parsed(of_a_line, method, block[:place], block[place:])
        if of_a_line.complete:
            known.learn(block, of_a_line)
        if not of_a_line.kept:
            of_a_line = AnswerParser()


def after(*seen):
    """The heads of these blocks, which all answered a GET."""
    known = KnownHeads()
    for block in seen:
        parser = AnswerParser()
        parsed(parser, "GET", block)
        known.learn(block, parser)
    return known


@pytest.mark.parametrize(
    ("expected", "block"),
    [
        pytest.param(Answer(200, 5, None), ORDINARY, id="a success"),
        pytest.param(
            Answer(404, 5, "404 Not Found"),
            b"HTTP/1.1 404 Nothing\r\nServer: x\r\nContent-Length: 5\r\n\r\n",
            id="a failure, with its cause",
        ),
        pytest.param(
            Answer(200, 5, None),
            b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\n",
            id="kept alive by an old server",
        ),
    ],
)
def test_a_head_is_known_from_the_second_time_on(expected, block):
    """Whatever the body is: its length follows from the head."""
    assert KnownHeads().answer(block + b"hello") is None
    assert after(block + b"hello").answer(block + b"world") == expected


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
def test_answers_without_a_body_are_known(status):
    """Their head is all there is."""
    block = b"HTTP/1.1 " + status + b"\r\nDate: now\r\n\r\n"

    assert after(block).answer(block) == Answer(int(status[:3]), 0, None)


@pytest.mark.parametrize(
    "block",
    [
        pytest.param(ORDINARY + b"hell", id="the last byte is still to come"),
        pytest.param(ORDINARY + b"hello!", id="a byte too many"),
        pytest.param(ORDINARY[:-1], id="an empty line cut short"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_only_a_whole_answer_is_told(block):
    """Anything more or less than was known is left to the parser."""
    assert after(ORDINARY + b"hello").answer(block) is None


@pytest.mark.parametrize(
    "header",
    [
        *(b"Set-Cookie: a=1", b"Location: /b", b"Content-Encoding: gzip", b"Connection: close"),
        b"X: " + b"x" * LONGEST,
    ],
)
def test_answers_that_tell_more_are_never_known(header):
    """Cookies, redirects, packed bodies and goodbyes are the parser's to read each time."""
    block = b"HTTP/1.1 200 OK\r\n" + header + b"\r\nContent-Length: 5\r\n\r\nhello"

    assert after(block).answer(block) is None


@pytest.mark.parametrize("before", [b"HTTP/1.1 103 Early Hints\r\n\r\n", b"\r\n\r\n"])
def test_what_only_precedes_an_answer_is_not_its_head(before):
    """After an interim answer, or empty lines, anything may follow."""
    block = before + ORDINARY + b"hello"

    assert after(block).answer(before + b"x" * (len(block) - len(before))) is None


def test_a_head_that_came_alone_is_told_from_nothing_and_from_an_answer():
    """Whoever reads may then wait for the body before it asks again."""
    nothing = b"HTTP/1.1 204 No Content\r\n\r\n"
    known = after(ORDINARY + b"hello", nothing)

    assert known.is_head(ORDINARY)
    for block in (b"", ORDINARY[:-1], ORDINARY + b"hello", nothing):
        assert not known.is_head(block)


def test_nothing_is_not_known():
    """A connection that ends gives no bytes, whatever was seen of the answer before it."""
    parser = AnswerParser()
    parsed(parser, "GET", b"HTTP/1.1 204 No Content\r\n\r\n")
    known = KnownHeads()
    known.learn(b"", parser)

    assert known.answer(b"") is None


def test_an_error_of_the_app_is_never_known():
    """A status of 500 and above ends the connection, which is the parser's to say."""
    block = b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"

    assert after(block).answer(block) is None


def test_heads_without_end_take_bounded_memory():
    """An app whose heads never come again is parsed as ever, and old heads are let go."""
    answers = [
        b"HTTP/1.1 200 OK\r\nX-Request-Id: %d\r\nContent-Length: 0\r\n\r\n" % number
        for number in range(3 * MOST + 1)
    ]

    known = after(*answers)

    assert 1 <= sum(known.answer(block) is not None for block in answers) <= MOST
    assert known.answer(answers[-1]) == Answer(200, 0, None)
