"""The lines of a log that say something about the app: not one line a request."""

from __future__ import annotations

import re

_METHOD = r"(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE)"
_STATUS = r"[1-5]\d\d"
_VERSION = r"(?: (?:HTTP/)?\d(?:\.\d)?)?"
_ACCESS = re.compile(
    rf"[\"']{_METHOD} \S+{_VERSION}[\"']\W+(?:{_STATUS})\b"  # uvicorn, Apache's format, Django
    rf"|\b{_STATUS} {_METHOD} /\S* \("  # Tornado
    rf"|\b{_METHOD} (?:https?:/)?/\S* +{_STATUS}\b"  # morgan, Sanic
    rf"|\| +{_STATUS} +\|.*\b{_METHOD} +\"?/"  # Gin
)


def telling_lines(text: str, most: int) -> list[str]:
    """At most the last ``most`` lines, lines of an access log only where there are no others."""
    lines = [line for line in text.splitlines() if line.strip()]
    return ([line for line in lines if not is_access_line(line)] or lines)[-most:]


def is_access_line(line: str) -> bool:
    """Whether a server wrote the line for one request."""
    return _ACCESS.search(line) is not None
