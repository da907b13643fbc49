"""Packed bodies, and addresses of every kind."""

from conformance.case import Case, answer, chunked, says, sized
from conformance.differences import Difference
from conformance.outcomes import SHOWN, Cause, Outcome
from conformance.raw_server import Ending, serve_plainly

HELLO = Outcome(200, 5)
PLAIN_TEXT = "hello " * 1000
# Written out, because every zlib packs in its own way and the page names these sizes.
PACKED = bytes.fromhex(
    "1f8b08000000000002ffedc4310d00000803302b9823e15882ff0f11bcedd1e9646b6cdbb66ddbb66ddbf6e303c137"
    "0c4070170000"
)
DEFLATED = bytes.fromhex(
    "789cedc4310d00000803302b9823e15882ff0f11bcedd1e9646b6cdbb66ddbb66ddbf6e303b2029b99"
)
RAW_DEFLATED = DEFLATED[2:-4]
BROKEN = PACKED[:20] + bytes(20)
PACKED_LETTERS = bytes.fromhex("ecc13101000000c2a0da8b6f0d0fa0" + "00" * 96 + "8057030000ffff")
"""A hundred thousand times the letter x, as a block that may be followed by others."""
BOMB = PACKED_LETTERS * 1000 + b"\x03\x00"

ENCODINGS = (
    Case(
        "gzip and chunked, and the body is read",
        says(chunked(PACKED[:20], PACKED[20:], headers=("Content-Encoding: gzip",))),
        Outcome(200, len(PACKED), content=PLAIN_TEXT[:SHOWN]),
        keep_body=True,
        theirs=Outcome(200, 6000, content=PLAIN_TEXT[:SHOWN]),
        why=Difference.BYTES_AS_THEY_TRAVELLED,
    ),
    Case(
        "gzip",
        says(sized(PACKED, "Content-Encoding: gzip")),
        Outcome(200, len(PACKED)),
        theirs=Outcome(200, 6000),
        why=Difference.BYTES_AS_THEY_TRAVELLED,
    ),
    Case(
        "gzip, and the body is read",
        says(sized(PACKED, "Content-Encoding: gzip")),
        Outcome(200, len(PACKED), content=PLAIN_TEXT[:SHOWN]),
        keep_body=True,
        theirs=Outcome(200, 6000, content=PLAIN_TEXT[:SHOWN]),
        why=Difference.BYTES_AS_THEY_TRAVELLED,
    ),
    Case(
        "deflate, and the body is read",
        says(sized(DEFLATED, "Content-Encoding: deflate")),
        Outcome(200, len(DEFLATED), content=PLAIN_TEXT[:SHOWN]),
        keep_body=True,
        theirs=Outcome(200, 6000, content=PLAIN_TEXT[:SHOWN]),
        why=Difference.BYTES_AS_THEY_TRAVELLED,
    ),
    Case(
        "deflate without its frame, and the body is read",
        says(sized(RAW_DEFLATED, "Content-Encoding: deflate")),
        Outcome(200, len(RAW_DEFLATED), content=PLAIN_TEXT[:SHOWN]),
        keep_body=True,
        theirs=Outcome(200, 6000, content=PLAIN_TEXT[:SHOWN]),
        why=Difference.BYTES_AS_THEY_TRAVELLED,
    ),
    Case(
        "deflate, 100 MB packed into 118 kB, and the body is read",
        says(sized(BOMB, "Content-Encoding: deflate")),
        Outcome(200, len(BOMB), content="x" * SHOWN),
        keep_body=True,
        theirs=Outcome(200, 100_000_000, content="x" * SHOWN),
        why=Difference.BYTES_AS_THEY_TRAVELLED,
    ),
    Case(
        "broken gzip",
        says(sized(BROKEN, "Content-Encoding: gzip")),
        Outcome(200, len(BROKEN)),
        theirs=Outcome(200, 0, Cause.ENCODING),
        why=Difference.BYTES_AS_THEY_TRAVELLED,
    ),
    Case(
        "broken gzip, and the body is read",
        says(sized(BROKEN, "Content-Encoding: gzip")),
        Outcome(200, len(BROKEN), Cause.ENCODING, content=""),
        keep_body=True,
        theirs=Outcome(200, 0, Cause.ENCODING, content=""),
        why=Difference.BYTES_AS_THEY_TRAVELLED,
    ),
    Case(
        "gzip cut short, and the body is read",
        says(sized(PACKED[:-9], "Content-Encoding: gzip")),
        Outcome(200, len(PACKED) - 9, Cause.ENCODING, content=""),
        keep_body=True,
        theirs=Outcome(200, 0, Cause.ENCODING, content=""),
        why=Difference.BYTES_AS_THEY_TRAVELLED,
    ),
    Case(
        "an encoding nobody knows, and the body is read",
        says(sized(b"hello", "Content-Encoding: rot13")),
        Outcome(200, 5, content="hello"),
        keep_body=True,
        theirs=Outcome(0, 0, Cause.RAISED, content=""),
        why=Difference.UNKNOWN_ENCODING,
    ),
    Case(
        "a plain body that is read", says(sized()), Outcome(200, 5, content="hello"), keep_body=True
    ),
)


ADDRESSES = (
    Case("an IPv6 address", says(sized()), HELLO, host="::1"),
    Case("TLS, a certificate that is trusted", says(sized()), HELLO, certificate="trusted"),
    Case(
        "TLS, a certificate nobody vouches for",
        says(sized()),
        Outcome(0, 0, Cause.CERTIFICATE, kept=False, sent=0, next_unharmed=False),
        certificate="self-signed",
        theirs=Outcome(200, 5),
        why=Difference.CERTIFICATES_ARE_VERIFIED,
    ),
    Case(
        "TLS, ended by closing without a length",
        says(answer(body=b"hello"), ending=Ending.CLOSE),
        Outcome(200, 5, kept=False),
        certificate="trusted",
    ),
    Case(
        "TLS, closes a reused connection without an answer",
        lambda line, asked: serve_plainly(line, asked) if line.number else Ending.CLOSE,
        Outcome(200, 2, sent=2),
        before=serve_plainly,
        certificate="trusted",
    ),
    Case(
        "TLS, had closed the idle connection, POST",
        says(sized()),
        HELLO,
        before=says(sized(b"ok"), ending=Ending.CLOSE),
        idle=True,
        method="POST",
        body_size=5,
        certificate="trusted",
    ),
)
