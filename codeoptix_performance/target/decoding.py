"""The body of an answer as its author meant it: without its content encoding, and bounded."""

from __future__ import annotations

import zlib

_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32
_RAW_DEFLATE = -zlib.MAX_WBITS


def decoded(body: bytes, encoding: str, most: int, *, whole: bool = True) -> bytes:
    """The first ``most`` bytes of ``body`` without ``gzip`` or ``deflate``; else as it came.

    Raises ``ValueError`` for one that is broken, or ends too soon where it is the ``whole`` one.
    """
    if not body:
        return body
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
            plain = decoder.decompress(body, most)
        except zlib.error:
            continue
        if decoder.eof or not whole or len(plain) >= most:
            return plain
    raise ValueError(f"its body cannot be decoded as {encoding.strip()}")
