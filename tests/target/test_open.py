"""From settings to a target."""

import json
import socket

import pytest

from codeoptix_performance.errors import TargetError
from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.target.asking import Asker
from codeoptix_performance.target.open import open_target

FASTAPI_CODE = """
from fastapi import FastAPI

app = FastAPI()

@app.get("/items")
def items():
    return [{"id": 1}, {"id": 2}, {"id": 3}]

@app.get("/items/{item_id}")
def item(item_id: int):
    return {"id": item_id}
"""


def test_a_running_app_becomes_a_target(serve_pages):
    """It is not ours to watch, and has the endpoints that were found."""
    base_url = serve_pages({"/": (200, "text/html", "<p>hello</p>")})
    with open_target(Settings(url=base_url)) as target:
        assert (base_url, None) == (target.base_url, target.app)
        assert ["GET /"] == [endpoint.name for endpoint in target.endpoints]


def test_pages_behind_links_are_loaded_where_the_links_lead(serve_pages):
    """An id that stands in a link is known, and needs no guess."""
    links = '<a href="/items/30">one</a> <a href="/items/31">another</a>'
    page = (200, "text/html", "an item")
    base_url = serve_pages({"/": (200, "text/html", links), "/items/30": page, "/items/31": page})

    with open_target(Settings(url=base_url)) as target:
        paths = {one.name: [request.path for request in one.requests] for one in target.endpoints}

    assert {"GET /": ["/"], "GET /items/{id}": ["/items/30", "/items/31"]} == paths


def test_an_address_where_nothing_listens_is_unreachable():
    """One sentence with the address and the cause."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(TargetError) as refused, open_target(Settings(url=url)):
            pass

    assert "unreachable" == refused.value.failure.kind
    assert f"Nothing answers at {url}: connection refused." == str(refused.value)


def test_an_address_that_never_answers_is_unreachable():
    """A listener that accepts and says nothing costs one time-out."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        settings = Settings(url=url, request_timeout=0.3)
        with pytest.raises(TargetError, match=r"no answer within 0\.3 s") as refused:
            open_target(settings).__enter__()

    assert "unreachable" == refused.value.failure.kind


ADVICE = "name what to load, and what to send, under endpoints."
REFUSED = "answered 404 to a request made from its schema"
DOCUMENT = {"openapi": "3.1.0", "paths": {f"/{name}": {"get": {}} for name in "abcd"}}


@pytest.mark.parametrize(
    ("replies", "sentence"),
    [
        (
            {"/": (401, "text/plain", "")},
            f"No endpoint could be exercised: GET / answered 401 to a link; {ADVICE}",
        ),
        (
            {"/openapi.json": (200, "application/json", json.dumps(DOCUMENT))},
            (
                f"No endpoint could be exercised: GET /a {REFUSED}; GET /b {REFUSED}; "
                f"GET /c {REFUSED} (and 1 more); {ADVICE}"
            ),
        ),
    ],
    ids=["front page refuses", "all refuse"],
)
def test_an_app_without_usable_endpoints_is_nothing_to_load(serve_pages, replies, sentence):
    """The first three are named with what they answered."""
    with (
        pytest.raises(TargetError) as refused,
        open_target(Settings(url=serve_pages(replies))),
    ):
        pass

    assert "nothing-to-load" == refused.value.failure.kind
    assert sentence == str(refused.value)


@pytest.mark.slow
def test_agent_code_becomes_a_target():
    """The app is started, watched while it is ours, and gone afterwards."""
    with open_target(Settings(code=FASTAPI_CODE)) as target:
        names = [endpoint.name for endpoint in target.endpoints]
        assert target.app is not None
        assert target.app.exit() is None
        assert "FastAPI" in target.description

    assert ["GET /items", "GET /items/{item_id}"] == names
    with Asker(target.base_url, seconds_each=5, seconds_in_all=5) as asker:
        assert "connection refused" == asker.get("/items").cause
