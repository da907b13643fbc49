"""The body of an answer as its author meant it: without its content encoding."""

from __future__ import annotations

import zlib

LONGEST_BODY = 2**20
"""Bytes of a body that are kept, before and after decoding; what follows is let go."""
_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32
_RAW_DEFLATE = -zlib.MAX_WBITS


def decoded(body: bytes, encoding: str, *, whole: bool = True) -> bytes:
    """``body`` without ``gzip`` or ``deflate``, as it came with anything else.

    Raises ``ValueError`` for one that is broken, or ends too soon where it is the ``whole`` one;
    the first ``LONGEST_BODY`` bytes of a longer one are enough.
    """
    match encoding.strip().lower():
        case "gzip" | "x-gzip":
            ways: tuple[int, ...] = (_GZIP_OR_ZLIB,)
        case "deflate":
            ways = (_GZIP_OR_ZLIB, _RAW_DEFLATE)  # RFC 9110 8.4.1.2: some send it without its frame
        case _:
            return body
    for way in ways:
        decoder = zlib.decompressobj(way)
        try:
            plain = decoder.decompress(body, LONGEST_BODY)
        except zlib.error:
            continue
        if decoder.eof or not whole or len(plain) >= LONGEST_BODY:
            return plain
    raise ValueError(f"its body cannot be decoded as {encoding.strip()}")
