"""What is to be loaded, and in which order it is looked for."""

import json

import pytest

from codeoptix_performance.errors import SettingsError, TargetError
from codeoptix_performance.settings.settings import EndpointSetting, Settings
from codeoptix_performance.target.api_document import read_document_file
from codeoptix_performance.target.asking import Asker
from codeoptix_performance.target.discovery import discover

JSON = "application/json"
EMPTY = (200, JSON, "[]")


def document(*names, body=None):
    paths: dict = {}
    for name in names:
        method, path = name.split()
        paths.setdefault(path, {})[method.lower()] = {"requestBody": body} if body else {}
    return {"openapi": "3.1.0", "paths": paths}


def served(content):
    return (200, JSON, json.dumps(content))


def found(base_url, settings=None, routes=(), content=None):
    with Asker(base_url, seconds_each=5, seconds_in_all=10) as asker:
        discovery = discover(settings or Settings(), asker, routes, content)
    return discovery, [f"{op.name} {op.origin} {op.weight}" for op in discovery.operations]


def test_named_endpoints_are_taken_exactly_and_nothing_is_asked(serve_pages, asked):
    """With complete endpoints in the settings no discovery takes place."""
    named = EndpointSetting(method="POST", path="/a?b=1", weight=4, json_body={"c": None})
    discovery, names = found(serve_pages({}), Settings(endpoints=(named,)))

    assert ["POST /a?b=1 settings 4"] == names
    assert ("/a?b=1", (("Content-Type", JSON),), b'{"c": null}') == (
        discovery.operations[0].ready[0].path,
        discovery.operations[0].ready[0].headers,
        discovery.operations[0].ready[0].body,
    )
    assert [] == asked


def test_a_named_write_without_a_body_takes_the_documents(serve_pages):
    """What the user leaves open comes from the app's own description; headers are kept."""
    body = {"content": {JSON: {"schema": {"type": "object"}}}}
    base_url = serve_pages({"/openapi.json": served(document("POST /a", "GET /b", body=body))})
    named = EndpointSetting(method="POST", path="/a", headers={"X-Key": "k"})
    discovery, names = found(base_url, Settings(endpoints=(named,)))

    assert ["POST /a settings 1"] == names
    assert JSON == discovery.operations[0].body.media_type
    assert ["X-Key"] == [parameter.name for parameter in discovery.operations[0].parameters]


@pytest.mark.parametrize(
    "place",
    ["/openapi.json", "/api/openapi.json", "/schema/openapi.json", "/swagger.json"],
)
def test_documents_are_found_at_the_usual_places(serve_pages, place):
    """The document wins over the route table; reads weigh three times as much as writes."""
    base_url = serve_pages({place: served(document("GET /a", "POST /a", "DELETE /a/{id}"))})

    assert ["GET /a openapi 3", "POST /a openapi 1", "DELETE /a/{id} openapi 1"] == found(
        base_url, routes=(("GET", "/other"),)
    )[1]


def test_without_a_document_the_route_table_counts(serve_pages):
    """Documentation, static files and methods that are no work of the app are left out."""
    routes = (
        ("GET", "/a"),
        ("HEAD", "/a"),
        ("OPTIONS", "/a"),
        ("GET", "/docs"),
        ("GET", "/openapi.json"),
        ("GET", "/static/{filename}"),
        ("POST", "/logout"),
    )
    discovery, names = found(serve_pages({}), routes=routes)

    assert ["GET /a routes 3"] == names
    assert ["POST /logout"] == [skipped.name for skipped in discovery.skipped]


def test_without_document_and_routes_links_are_followed(serve_pages):
    """The last resort is a crawl from the front page."""
    base_url = serve_pages({"/": (200, "text/html", '<a href="/b">b</a>'), "/b": EMPTY})

    assert ["GET / crawl 3", "GET /b crawl 3"] == found(base_url)[1]


API_MIX = ["GET /api/users guide 5", "GET /api/posts guide 3", "POST /api/posts guide 1"]
API_LISTED = ("GET /api/users", "GET /api/posts", "POST /api/posts")


@pytest.mark.parametrize(
    ("profile", "listed", "expected"),
    [
        ("api", (*API_LISTED, "GET /more"), API_MIX),
        ("api", API_LISTED[:2], ["GET /api/users openapi 3", "GET /api/posts openapi 3"]),
        ("website", ("GET /", "GET /api/data"), ["GET / guide 1", "GET /api/data guide 3"]),
        ("website", ("GET /",), ["GET / openapi 3"]),
    ],
    ids=["api", "incomplete api", "website", "incomplete website"],
)
def test_the_guides_mix_is_loaded_where_the_app_has_all_of_it(
    serve_pages, profile, listed, expected
):
    """All endpoints of the mix, and then only those; otherwise what was found."""
    base_url = serve_pages({"/openapi.json": served(document(*listed))})

    assert expected == found(base_url, Settings(profile=profile))[1]


def test_the_guides_mix_is_not_loaded_where_the_app_needs_another_body(serve_pages):
    """A documented body that the guide's own does not meet is another endpoint."""
    schema = {"type": "object", "required": ["author"], "properties": {"author": {}}}
    body = {"content": {JSON: {"schema": schema}}}
    base_url = serve_pages({"/openapi.json": served(document(*API_LISTED, body=body))})

    assert "POST /api/posts openapi 1" in found(base_url)[1]


def test_the_guides_mix_is_asked_for_where_nothing_is_listed(serve_pages):
    """An app without document and routes has what it answers."""
    replies = {"/api/users": EMPTY, "/api/posts": EMPTY, "POST /api/posts": (201, JSON, "{}")}

    assert API_MIX == found(serve_pages(replies))[1]


def test_a_given_document_is_read_from_a_file(serve_pages, tmp_path):
    """JSON and YAML alike, before the app is started."""
    file = tmp_path / "api.yaml"
    file.write_text("openapi: 3.0.0\npaths:\n  /a:\n    get:\n      x-day: 2025-01-01\n")
    content = read_document_file(str(file))

    assert ["GET /a openapi 3"] == found(serve_pages({}), content=content)[1]


@pytest.mark.parametrize("openapi", ["/spec", "http://{host}/spec"])
def test_a_given_document_is_fetched_from_the_app(serve_pages, openapi):
    """An address on the app, with or without its host."""
    base_url = serve_pages({"/spec": served(document("GET /a"))})
    settings = Settings(openapi=openapi.replace("http://{host}", base_url))

    assert ["GET /a openapi 3"] == found(base_url, settings)[1]


@pytest.mark.parametrize(
    ("openapi", "words"),
    [
        ("/missing", "status 404"),
        ("http://elsewhere.example/openapi.json", "another host"),
    ],
    ids=["not there", "elsewhere"],
)
def test_a_given_document_that_cannot_be_taken_is_refused(serve_pages, openapi, words):
    """The sentence says why; no other host is asked."""
    with pytest.raises(TargetError, match=words):
        found(serve_pages({}), Settings(openapi=openapi))


@pytest.mark.parametrize(
    ("text", "words"),
    [(None, "no file"), ("<html>", "no OpenAPI document"), ("a: [", "no OpenAPI document")],
    ids=["missing", "html", "broken yaml"],
)
def test_a_given_file_without_a_document_is_refused(tmp_path, monkeypatch, text, words):
    """Before anything is started, naming the key."""
    monkeypatch.chdir(tmp_path)
    if text is not None:
        (tmp_path / "api.json").write_text(text)

    with pytest.raises(SettingsError, match=words) as refused:
        read_document_file("api.json")
    assert "openapi" == refused.value.key
