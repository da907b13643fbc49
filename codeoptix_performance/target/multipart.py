"""``multipart/form-data`` bodies: form fields, and small files of the kind their name asks for."""

from __future__ import annotations

import json
import re
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from codeoptix_performance.target.operation import Schema

MULTIPART = "multipart/form-data"
_BOUNDARY = "----codeoptix-performance-7MA4YWxkTrZu0gW"
CONTENT_TYPE = f"{MULTIPART}; boundary={_BOUNDARY}"
_IMAGE = re.compile(r"image|img|photo|picture|avatar|logo|icon|thumbnail|cover")


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    media_type: str
    content: bytes


def multipart_body(fields: Mapping[str, Any], files: frozenset[str]) -> bytes:
    """The fields as parts; those named in ``files`` become files, lists one part per entry."""
    parts = [part for name, value in fields.items() for part in _parts(name, value, files)]
    end = f"--{_BOUNDARY}--\r\n".encode()
    return b"".join(parts) + end


def file_fields(schema: Schema, flat: Callable[[Any], Schema]) -> frozenset[str]:
    """The properties of ``schema`` that are files or lists of them; ``flat`` follows references."""
    properties = flat(schema).get("properties")
    found = properties.items() if isinstance(properties, Mapping) else ()
    return frozenset(name for name, inner in found if _is_file(inner, flat))


def _is_file(schema: Any, flat: Callable[[Any], Schema]) -> bool:
    plain = flat(schema)
    if plain.get("format") == "binary" or "contentMediaType" in plain:
        return True
    branches = plain.get("anyOf") or plain.get("oneOf")
    inner = [plain["items"]] if "items" in plain else branches
    return any(_is_file(one, flat) for one in inner) if isinstance(inner, list) else False


def _parts(name: str, value: Any, files: frozenset[str]) -> Iterator[bytes]:
    if isinstance(value, list):
        for entry in value:
            yield from _parts(name, entry, files)
    elif name in files:
        file = _file_for(name)
        disposition = f'name="{name}"; filename="{file.name}"'
        yield _part(disposition, file.content, f"Content-Type: {file.media_type}\r\n")
    elif value is not None:
        text = value if isinstance(value, str) else json.dumps(value)
        yield _part(f'name="{name}"', text.encode())


def _part(disposition: str, content: bytes, more: str = "") -> bytes:
    head = f"--{_BOUNDARY}\r\nContent-Disposition: form-data; {disposition}\r\n{more}\r\n"
    return head.encode() + content + b"\r\n"


def _file_for(field: str) -> _File:
    plain = field.lower()
    if _IMAGE.search(plain):
        return _File("sample.png", "image/png", _png())
    if "csv" in plain:
        return _File("sample.csv", "text/csv", b"name,value\namber,1\nbirch,2\n")
    if "json" in plain:
        return _File("sample.json", "application/json", b'{"name": "amber", "value": 1}')
    return _File("sample.txt", "text/plain", b"A small text, made for a test of speed.\n")


def _png() -> bytes:
    """A grey picture of 16 by 16 pixels (PNG, ISO/IEC 15948)."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)

    side = 16
    rows = (b"\x00" + b"\x80" * side) * side
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    data = zlib.compress(rows)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts
