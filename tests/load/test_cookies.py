import pytest

from codeoptix_performance.load.cookies import MOST, Cookies


@pytest.mark.parametrize(
    ("expected", "lines", "target"),
    [
        pytest.param(None, [], b"/", id="none"),
        pytest.param(b"a=1", ["a=1"], b"/", id="one"),
        pytest.param(b"a=1; b=2", ["a=1; Path=/", "b=2; HttpOnly"], b"/", id="two"),
        pytest.param(b"a=1", ["a=1; Secure"], b"/", id="secure, over http as on localhost"),
        pytest.param(None, ["a=1", "a=; Max-Age=0"], b"/", id="deleted"),
        pytest.param(b"a=2", ["a=1", "a=2"], b"/", id="replaced"),
        pytest.param(None, ["a=1; Path=/admin"], b"/", id="for another path"),
        pytest.param(b"a=1", ["a=1; Path=/admin"], b"/admin/x?y=1", id="for this path"),
        pytest.param(None, ["a=1; Domain=example.org"], b"/", id="for another host"),
    ],
)
def test_cookies(expected, lines, target):
    """What is sent is what a browser would send after these answers."""
    cookies = Cookies("http://127.0.0.1:8000")
    for line in lines:
        cookies.keep(b"/", [line])

    assert (expected and b"Cookie: %b\r\n" % expected) == cookies.line(target)


def test_cookies_without_end():
    """As many are kept as browsers keep; those that were set longest ago are let go."""
    cookies = Cookies("http://127.0.0.1:8000")
    for number in range(3 * MOST):
        cookies.keep(b"/", ["session=7; Path=/", f"a{number}=1; Path=/{number % 2 or ''}"])

    kept = {cookie.name for cookie in cookies}

    assert {"session", *(f"a{number}" for number in range(2 * MOST + 1, 3 * MOST))} == kept
