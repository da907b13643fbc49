import socket

import pytest

from codeoptix_performance.errors import EngineError
from codeoptix_performance.load.server_address import resolve_address

V4, V6 = socket.AF_INET, socket.AF_INET6


def _resolve(_, port, *__):
    addresses = [(V6, ("::1", port, 0, 0)), (V4, ("127.0.0.1", port))]
    return [(family, 1, 6, "", address) for family, address in addresses for _ in range(2)]


@pytest.mark.parametrize(
    ("expected", "url"),
    [
        pytest.param(
            ("localhost", False, "localhost:80", "", 80), "http://localhost:80", id="http"
        ),
        pytest.param(("localhost", True, "localhost", "", 443), "https://localhost", id="https"),
        pytest.param(("::1", False, "[::1]:5", "/v1", 5), "http://[::1]:5/v1/", id="IPv6, prefix"),
    ],
)
def test_parts_of_the_url(expected, url):
    """Host, TLS, Host header, path prefix and port come from the URL."""
    found = resolve_address(url, _resolve)

    parts = (found.host, found.tls, found.host_header, found.path_prefix)
    assert expected == (*parts, found.candidates[0][1][1])


def test_each_address_once():
    """Every address of the host is a candidate, in the resolver's order."""
    found = resolve_address("http://localhost:1", _resolve)

    assert found.candidates == ((V6, ("::1", 1, 0, 0)), (V4, ("127.0.0.1", 1)))


def test_a_host_without_address():
    """A name that leads nowhere is one clear error."""

    def fail(*_):
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(EngineError, match=r"http://nowhere\.invalid has no address"):
        resolve_address("http://nowhere.invalid", fail)
