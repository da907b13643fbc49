"""What is quoted of an app's log."""

import pytest

from codeoptix_performance.target.last_words import is_access_line, telling_lines

ACCESS = {
    "uvicorn": 'INFO:     127.0.0.1:53044 - "GET /items?q=1 HTTP/1.1" 200 OK',
    "werkzeug": '127.0.0.1 - - [21/Nov/2026 07:00:00] "GET / HTTP/1.1" 200 -',
    "gunicorn": '127.0.0.1 - - [21/Nov/2026:07:00:00 +0000] "POST /x HTTP/1.1" 500 12 "-" "curl"',
    "django": '[21/Nov/2026 07:00:00] "GET /items/3 HTTP/1.1" 404 179',
    "hypercorn": '[2026-11-21 07:00:00 +0000] [7] [INFO] 127.0.0.1:5 - "GET / 1.1" 200 2 "-"',
    "tornado": "[I 261121 07:00:00 web:2271] 200 GET / (127.0.0.1) 0.55ms",
    "tornado, failing": "ERROR:tornado.access:500 GET /x (127.0.0.1) 1.20ms",
    "sanic": "[2026-11-21 07:00:00] [INFO] [127.0.0.1:5]: GET http://127.0.0.1:8000/ 200 2",
    "morgan": "GET /items/1 200 1.020 ms - 24",
    "gin": '[GIN] 2026/11/21 - 07:00:00 | 200 |      12.3µs |       127.0.0.1 | GET      "/"',
}


@pytest.mark.parametrize("line", ACCESS.values(), ids=ACCESS)
def test_a_line_of_an_access_log_is_recognised(line):
    """In the words of every server."""
    assert is_access_line(line)


@pytest.mark.parametrize(
    "line",
    [
        "ValueError: cannot GET /items",
        "requests.exceptions.HTTPError: 404 Client Error: Not Found for url: http://x/y",
        "INFO:     Uvicorn running on http://127.0.0.1:8000 (Press CTRL+C to quit)",
        "listening on port 200",
        'KeyError: "GET /items"',
        "PUT the key into DB_URL",
    ],
)
def test_other_lines_are_none(line):
    """Even where they speak of a request."""
    assert not is_access_line(line)


def test_access_lines_do_not_crowd_out_the_last_words():
    """What an app said before a thousand requests is still there."""
    log = "\n".join(["connecting", "ValueError: bad", *[ACCESS["uvicorn"]] * 1000])

    assert ["connecting", "ValueError: bad"] == telling_lines(log, 20)


def test_an_app_that_says_nothing_else_is_quoted_with_its_access_log():
    """Better than nothing."""
    assert [ACCESS["morgan"]] * 20 == telling_lines("\n\n".join([ACCESS["morgan"]] * 50), 20)


def test_the_last_of_many_lines_are_kept():
    """In their order."""
    assert ["3", "4"] == telling_lines("1\n2\n\n3\n4\n", 2)
