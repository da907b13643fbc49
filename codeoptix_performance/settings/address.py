"""Addresses that may be put under load: well-formed, and loopback unless more is allowed."""

from __future__ import annotations

import socket
from ipaddress import IPv6Address, ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit

from codeoptix_performance.settings.refusal import RefusedValueError


def address(value: Any) -> str:
    """``http://host:port/base`` without a trailing slash."""
    if not isinstance(value, str) or not value.strip():
        raise RefusedValueError('it must be a URL such as "http://localhost:8000"')
    url = value.strip()
    parts = _split(url)
    if parts.scheme not in ("http", "https"):
        raise RefusedValueError(_scheme_reason(url))
    if not parts.hostname:
        raise RefusedValueError('it names no host; write it like "http://localhost:8000"')
    if parts.query or parts.fragment:
        raise RefusedValueError("it must end before any ? or #; name queries under endpoints")
    if parts.username is not None:
        raise RefusedValueError(
            "it must hold no user name or password; send them as headers of endpoints",
            value=f"{parts.scheme}://…@{parts.hostname}",
        )
    return url.rstrip("/")


def check_loopback(url: str) -> None:
    """Nothing, where every address of the host is loopback; else raises ``RefusedValueError``.

    Only names are resolved, and only here: with ``allow_remote`` this is never called.
    """
    host = urlsplit(url).hostname or ""
    if host == "localhost" or all(_is_local(found) for found in _addresses(host)):
        return
    raise RefusedValueError(
        "only loopback addresses are put under load; "
        "set allow_remote to true if this host is yours to load"
    )


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise RefusedValueError(
            'its host or port cannot be read; write it like "http://localhost:8000"'
        ) from error
    return parts


def _scheme_reason(url: str) -> str:
    if "://" in url:
        return "only http:// and https:// can be put under load"
    return f'it has no scheme; write "http://{url.lstrip("/")}"'


def _addresses(host: str) -> set[str]:
    try:
        return {host} if _is_literal(host) else _resolve(host)
    except OSError as error:
        raise RefusedValueError(
            f"its host {host} has no known address ({error.strerror or error})"
        ) from error


def _is_literal(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _resolve(host: str) -> set[str]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise RefusedValueError(f"its host {host} is no host name") from error
    return {str(entry[4][0]) for entry in found}


def _is_local(text: str) -> bool:
    """True for loopback and for ``0.0.0.0`` and ``::``, which connect to this machine."""
    found = ip_address(text.partition("%")[0])
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return found.is_loopback or found.is_unspecified
