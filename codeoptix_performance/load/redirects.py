"""Where an answer sends its user next."""

from __future__ import annotations

from urllib.parse import SplitResult, urljoin, urlsplit

from codeoptix_performance.load.answer import Answer
from codeoptix_performance.load.server_address import ServerAddress
from codeoptix_performance.load.wire import WireRequest, encode_target

MOST_REDIRECTS = 5
"""Hops a user follows for one request: enough for any login, few enough to name a loop."""
TOO_MANY = f"redirected more than {MOST_REDIRECTS} times"
_KEEP_METHOD = frozenset({307, 308})
_REDIRECTS = frozenset({301, 302, 303}) | _KEEP_METHOD


def redirected(
    request: WireRequest, asked: bytes, answer: Answer, address: ServerAddress
) -> tuple[WireRequest, bytes] | None:
    """What to ask next, and its target, after ``answer`` to ``asked``; None without a redirect.

    One that leads to another scheme, host or port is not followed: only the app is under load.
    """
    if not answer.location or answer.status not in _REDIRECTS:
        return None
    here = f"{'https' if address.tls else 'http'}://{address.host_header}{asked.decode('ascii')}"
    try:
        there = urlsplit(urljoin(here, answer.location))
        if _origin(there) != _origin(urlsplit(here)):
            return None
    except ValueError:
        return None
    target = encode_target(f"{there.path or '/'}{'?' if there.query else ''}{there.query}")
    if answer.status in _KEEP_METHOD or request.method in {"GET", "HEAD"}:
        return request, target
    return request.as_get(), target


def _origin(url: SplitResult) -> tuple[str, str | None, int]:
    """RFC 6454, section 4: scheme, host in lower case, and port, written out or not."""
    return url.scheme, url.hostname, url.port or (443 if url.scheme == "https" else 80)
