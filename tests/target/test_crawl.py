"""Endpoints found by following links."""

import pytest

from codeoptix_performance.target.asking import Asker
from codeoptix_performance.target.crawl import crawl

HTML = "text/html; charset=utf-8"
FRONT = """
<a href="/items/1">one</a> <a href="items/2?full=1#top">two</a> <a href="/logout">bye</a>
<a href="http://elsewhere.example/x">out</a> <a href="mailto:a@example.com">mail</a>
<a href="/broken">broken</a> <a href="/gone">gone</a> <a href="/old">old</a>
<a href="/static/app.js">script</a> <a href="http://[">bad</a> <a href="/file" download>file</a>
<form action="/search"><input name="q"><input type="hidden" name="page" value="2">
<select name="by"><option value="">-</option><option value="price">p</option></select>
<input type="submit" name="go"></form>
<form action="/buy" method="post"><input name="n"></form>
"""


def crawled(base_url):
    with Asker(base_url, seconds_each=5, seconds_in_all=10) as asker:
        return crawl(asker)


def test_links_and_get_forms_become_endpoints(serve_pages, asked):
    """Ids and queries are folded; other hosts, logouts, files and POST forms are never asked."""
    page = (200, HTML, "ok")
    base_url = serve_pages(
        {
            "/": (200, HTML, FRONT),
            "/items/1": page,
            "/items/2?full=1": page,
            "/broken": (500, HTML, "sorry"),
            "/old": (302, "/new", ""),
            "/new": page,
            "/search?q=amber&page=2&by=price": page,
        }
    )
    found = crawled(base_url)

    assert {"/", "/items/{id}", "/broken", "/old", "/new", "/search"} == {
        operation.path for operation in found.operations
    }
    assert ["/items/1", "/items/2?full=1"] == [
        request.path
        for operation in found.operations
        if operation.path == "/items/{id}"
        for request in operation.ready
    ]
    assert ["GET /gone"] == [skipped.name for skipped in found.skipped]
    assert not {"GET /logout", "GET /buy", "GET /static/app.js", "GET /file"} & set(asked)


def test_links_in_json_are_followed(serve_pages):
    """Strings that are paths of the app lead on."""
    base_url = serve_pages(
        {
            "/": (200, "application/json", '{"links": [{"href": "/a"}, "/b c", "relative", 7]}'),
            "/a": (200, "application/json", "{}"),
        }
    )

    assert ["/", "/a"] == [operation.path for operation in crawled(base_url).operations]


def test_links_stay_below_the_base_urls_path(serve_pages, asked):
    """With ``http://host/app`` only pages below ``/app`` are asked, and paths leave it out."""
    base_url = serve_pages(
        {
            "/app/": (200, HTML, '<a href="/app/in">in</a><a href="/out">out</a>'),
            "/app/in": (200, HTML, ""),
        }
    )

    assert ["/", "/in"] == [operation.path for operation in crawled(base_url + "/app").operations]
    assert "GET /out" not in asked


@pytest.mark.parametrize(
    ("replies", "most"),
    [
        ({"/": "".join(f'<a href="/p{n}x">x</a>' for n in range(80))}, 50),
        ({f"/{'a' * n}": f'<a href="/{"a" * (n + 1)}">x</a>' for n in range(9)}, 4),
    ],
    ids=["pages", "depth"],
)
def test_a_crawl_ends(serve_pages, asked, replies, most):
    """At most 50 pages, and three links from the front page."""
    crawled(serve_pages({path: (200, HTML, body) for path, body in replies.items()}))

    assert most == len(asked)


def test_a_front_page_that_refuses_is_told(serve_pages):
    """Without a front page there is nothing, and the reason is kept."""
    found = crawled(serve_pages({}))

    assert () == found.operations
    assert ["GET / answered 404 to a link"] == [f"{s.name} {s.reason}" for s in found.skipped]
