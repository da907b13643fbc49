"""Operations read from documents."""

import pytest

from codeoptix_performance.target.openapi import is_api_document, read_api_document

ITEM = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}

HANDWRITTEN = {
    "openapi": "3.0.3",
    "servers": [
        {"url": "https://elsewhere.example/{version}", "variables": {"version": {"default": "v2"}}}
    ],
    "paths": {
        "/items/{item_id}": {
            "parameters": [{"$ref": "#/components/parameters/ItemId"}],
            "get": {"parameters": [{"name": "full", "in": "query", "schema": {"type": "boolean"}}]},
            "head": {},
            "put": {
                "parameters": [
                    {
                        "name": "item_id",
                        "in": "path",
                        "required": True,
                        "schema": {"type": "string"},
                    },
                    {"name": "Authorization", "in": "header", "required": True, "schema": {}},
                    {
                        "name": "X-Tenant",
                        "in": "header",
                        "required": True,
                        "schema": {"type": "string"},
                    },
                ],
                "requestBody": {"$ref": "#/components/requestBodies/Item"},
            },
        },
        "x-extension": {"get": {}},
    },
    "components": {
        "parameters": {
            "ItemId": {
                "name": "item_id",
                "in": "path",
                "required": True,
                "example": 5,
                "schema": {"type": "integer", "minimum": 0, "exclusiveMinimum": True},
            }
        },
        "requestBodies": {
            "Item": {
                "content": {
                    "text/csv": {"schema": {"type": "string"}},
                    "application/json; charset=utf-8": {
                        "schema": {"$ref": "#/components/schemas/Item"},
                        "examples": {"one": {"value": {"name": "Lamp"}}},
                    },
                }
            }
        },
        "schemas": {"Item": ITEM},
    },
}

SWAGGER = {
    "swagger": "2.0",
    "basePath": "/api",
    "paths": {
        "/items": {
            "post": {
                "parameters": [
                    {"name": "item", "in": "body", "schema": {"$ref": "#/definitions/Item"}}
                ]
            }
        },
        "/login": {
            "post": {
                "consumes": ["application/x-www-form-urlencoded"],
                "parameters": [
                    {"name": "user", "in": "formData", "type": "string", "required": True}
                ],
            }
        },
        "/upload": {"post": {"parameters": [{"name": "f", "in": "formData", "type": "file"}]}},
        "/find": {
            "get": {
                "parameters": [{"name": "q", "in": "query", "required": True, "type": "string"}]
            }
        },
    },
    "definitions": {"Item": ITEM},
}


def operations(content, base_url="http://127.0.0.1:1"):
    document = read_api_document(content, base_url)
    return {operation.name: operation for operation in document.operations}


def test_every_method_of_every_path_is_an_operation_below_the_servers_path():
    """Only the path of the first server counts; HEAD and extensions are left out."""
    assert ["GET /v2/items/{item_id}", "PUT /v2/items/{item_id}"] == list(operations(HANDWRITTEN))


def test_a_prefix_that_the_base_url_has_already_is_not_doubled():
    """With the address given down to the prefix, paths start after it."""
    found = operations(HANDWRITTEN, "http://127.0.0.1:1/v2")

    assert "GET /items/{item_id}" in found


def test_parameters_of_the_path_hold_unless_the_operation_has_its_own():
    """References are followed, 3.0's words are today's, and an operation's own parameter wins."""
    found = operations(HANDWRITTEN)

    assert {"type": "integer", "exclusiveMinimum": 0, "example": 5} == found[
        "GET /v2/items/{item_id}"
    ].schema_of("item_id")
    assert {"type": "string"} == found["PUT /v2/items/{item_id}"].schema_of("item_id")


def test_headers_that_the_client_sends_itself_are_no_parameters():
    """``Authorization`` is not made up; ``X-Tenant`` is."""
    names = [p.name for p in operations(HANDWRITTEN)["PUT /v2/items/{item_id}"].parameters]

    assert ["item_id", "X-Tenant"] == names


def test_optional_query_parameters_are_marked_as_such():
    """A query parameter is required only if the document says so."""
    full = operations(HANDWRITTEN)["GET /v2/items/{item_id}"].parameters[1]

    assert ("full", "query", False) == (full.name, full.place, full.required)


def test_json_is_preferred_among_media_types():
    """The body is described in JSON where the app takes it, with the document's examples."""
    body = operations(HANDWRITTEN)["PUT /v2/items/{item_id}"].body

    assert ("application/json", ({"name": "Lamp"},)) == (body.media_type, body.examples)


@pytest.mark.parametrize(
    ("name", "media_type", "required"),
    [
        ("POST /api/items", "application/json", None),
        ("POST /api/login", "application/x-www-form-urlencoded", ["user"]),
        ("POST /api/upload", "multipart/form-data", []),
    ],
    ids=["body", "form", "file"],
)
def test_swagger_2_bodies_are_understood(name, media_type, required):
    """Bodies, forms and files of the older document, below its base path."""
    body = operations(SWAGGER)[name].body

    assert media_type == body.media_type
    assert required == body.schema.get("required")


def test_swagger_2_parameters_hold_their_schema_inline():
    """The type stands beside the name there."""
    assert {"type": "string"} == operations(SWAGGER)["GET /api/find"].parameters[0].schema


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"openapi": "3.1.0", "paths": {}}, True),
        ({"swagger": "2.0", "paths": {}}, True),
        ({"openapi": "3.1.0"}, False),
        ({"paths": {}}, False),
        (["openapi"], False),
        (None, False),
    ],
    ids=["3.1", "2.0", "no paths", "no version", "list", "nothing"],
)
def test_a_document_is_told_from_other_json(content, expected):
    """It calls itself one and lists paths."""
    assert expected is is_api_document(content)


def test_a_document_with_nonsense_in_it_is_read_as_far_as_it_makes_sense():
    """Wrong types where objects belong neither raise nor hide the rest."""
    content = {
        "openapi": "3.1.0",
        "servers": [],
        "paths": {
            "/a": {"get": {"parameters": "none", "requestBody": []}},
            "/b": [],
            "/c": {"post": {"requestBody": {"content": {"application/json": None}}}},
            "/d": {"get": {"parameters": [{"$ref": "#/nowhere"}, None]}},
        },
    }

    assert ["GET /a", "POST /c", "GET /d"] == list(operations(content))
