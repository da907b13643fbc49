"""Endpoints a user names."""

from __future__ import annotations

import pytest

from codeoptix_performance.settings.endpoints import endpoints
from codeoptix_performance.settings.refusal import RefusedValueError
from codeoptix_performance.settings.settings import EndpointSetting


@pytest.mark.parametrize(
    ("expected", "value"),
    [
        ([EndpointSetting(path="/a")], "/a"),
        ([EndpointSetting(path="/a?b=1")], ["GET /a?b=1"]),
        ([EndpointSetting(method="DELETE", path="/a/{id}")], ["delete  /a/{id}"]),
        ([EndpointSetting(path="/a"), EndpointSetting(path="/b")], ("/a", "/b")),
        ([], []),
        (
            [EndpointSetting(method="POST", path="/a", weight=3, json_body={"t": [1]})],
            {"method": "post", "path": "/a", "weight": "3", "json": {"t": [1]}},
        ),
        ([EndpointSetting(path="/a", weight=2)], ['{"path": "/a", "weight": 2}']),
        (
            [EndpointSetting(method="PUT", path="/a", headers={"X-N": "1"}, body="raw")],
            [{"method": "PUT", "path": "/a", "headers": {"X-N": 1}, "body": "raw"}],
        ),
    ],
)
def test_words_and_objects_name_endpoints(expected, value):
    """Order is kept; GET is meant where no method is said."""
    assert tuple(expected) == endpoints(value)


@pytest.mark.parametrize(
    ("place", "reason", "value"),
    [
        ("", "it must be a list such as", 5),
        ("[0]", 'it must be like "GET /api/users"', [5]),
        ("[0]", 'it must be like "GET /api/users"', ["GET /a b"]),
        ("[0]", "its method must be one of GET", ["FETCH /a"]),
        ("[1]", "its path must start with /", ["/a", "GET b"]),
        ("[0]", "its path must start with /", ["http://localhost/a"]),
        ("[0]", "its key 'pth' is unknown, did you mean 'path'", [{"pth": "/a"}]),
        ("[0]", "its key 'zz' is unknown, known are method", [{"zz": "/a"}]),
        ("[0]", "it must hold json or body, not both", [{"path": "/", "json": 1, "body": "x"}]),
        ("[0].path", "its path must start with /", [{"method": "GET"}]),
        ("[0].method", "its method must be one of", [{"path": "/", "method": 3}]),
        ("[0].weight", "it must be a whole number", [{"path": "/", "weight": 0}]),
        ("[0].headers", "it must be an object of header", [{"path": "/", "headers": "x"}]),
        (
            "[0].headers",
            "it must be an object of header",
            [{"path": "/", "headers": {"a": "b\r\nc"}}],
        ),
        ("[0].headers", "it must be an object of header", [{"path": "/", "headers": {"a b": "c"}}]),
        ("[0]", "this one is no JSON", ['{"path": ']),
        ("[0].body", "it must be a text", [{"path": "/", "body": {}}]),
    ],
)
def test_a_bad_endpoint_is_refused_with_its_place(place, reason, value):
    """In a list of fifty the index leads to the bad one."""
    with pytest.raises(RefusedValueError, match=reason) as caught:
        endpoints(value)
    assert place == caught.value.place
