"""Addresses: well-formed, and loopback unless more is allowed."""

from __future__ import annotations

import socket

import pytest

from codeoptix_performance.settings.address import address, check_loopback
from codeoptix_performance.settings.refusal import RefusedValueError


@pytest.mark.parametrize(
    ("expected", "value"),
    [
        ("http://localhost:8000", "http://localhost:8000/"),
        ("https://example.org/api", " https://example.org/api/ "),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("HTTP://localhost", "HTTP://localhost"),
    ],
)
def test_an_address_is_kept_without_trailing_slash(expected, value):
    """Paths are joined to it later."""
    assert expected == address(value)


@pytest.mark.parametrize(
    ("reason", "value"),
    [
        ("it has no scheme; write", "localhost:8000"),
        ("it has no scheme; write", "example.org/x"),
        ("it has no scheme; write", "//localhost"),
        ("only http:// and https://", "ftp://localhost"),
        ("only http:// and https://", "file:///etc/passwd"),
        ("it names no host", "http://"),
        ("it names no host", "http:///x"),
        ("its host or port cannot be read", "http://localhost:99999"),
        ("its host or port cannot be read", "http://localhost:x"),
        ("its host or port cannot be read", "http://[::1"),
        ("it must end before any", "http://localhost/?a=1"),
        ("it must end before any", "http://localhost/#a"),
        ("it must hold no user name", "http://me:secret@localhost"),
        ("it must be a URL", ""),
        ("it must be a URL", 8000),
    ],
)
def test_what_is_no_address_is_refused_with_its_reason(reason, value):
    """Each fault has its own words."""
    with pytest.raises(RefusedValueError, match=reason):
        address(value)


def test_a_password_is_not_repeated():
    """The refused value is shown without what must stay secret."""
    with pytest.raises(RefusedValueError) as caught:
        address("http://me:secret@localhost")
    assert "secret" not in str(caught.value.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8000",
        "http://LOCALHOST",
        "http://127.0.0.1",
        "http://127.8.9.1:80",
        "http://[::1]:8000",
        "http://0.0.0.0:8000",
        "http://[::ffff:127.0.0.1]",
    ],
)
def test_this_machine_may_be_loaded(url):
    """Loopback in every spelling, and the wildcard that servers print."""
    assert check_loopback(url) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://192.0.2.1",
        "http://10.0.0.1",
        "http://[2001:db8::1]",
        "http://[::ffff:192.0.2.1]",
        "http://169.254.169.254/latest",
        "http://128.0.0.1",
    ],
)
def test_other_machines_may_not_be_loaded_unasked(url):
    """The sentence says which setting allows it."""
    with pytest.raises(RefusedValueError, match="set allow_remote to true"):
        check_loopback(url)


def resolving_to(*found):
    def getaddrinfo(_host, _port, **_kwargs):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (text, 0)) for text in found]

    return getaddrinfo


def test_a_name_is_fine_where_all_its_addresses_are_loopback(monkeypatch):
    """An entry in /etc/hosts is as good as localhost."""
    monkeypatch.setattr(socket, "getaddrinfo", resolving_to("127.0.0.1", "::1"))
    assert check_loopback("http://shop.test") is None


def test_a_name_is_refused_where_one_address_is_not_loopback(monkeypatch):
    """Which of them is used would be left to chance."""
    monkeypatch.setattr(socket, "getaddrinfo", resolving_to("127.0.0.1", "192.0.2.1"))
    with pytest.raises(RefusedValueError, match="only loopback"):
        check_loopback("http://shop.test")


def test_a_name_without_an_address_is_told_apart(monkeypatch):
    """A typing error is no remote host."""

    def unknown(*_args, **_kwargs):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(RefusedValueError, match=r"its host shop\.test has no known address"):
        check_loopback("http://shop.test")
