"""JSON from an app: what is too deep to be walked is as good as none."""

from __future__ import annotations

import json

import pytest

from codeoptix_performance.errors import SettingsError
from codeoptix_performance.target.api_document import read_document_file
from codeoptix_performance.target.asking import Answer
from codeoptix_performance.target.json_text import read_json
from codeoptix_performance.target.openapi import read_api_document
from codeoptix_performance.target.schemas import Schemas
from codeoptix_performance.target.told import read_told

ITSELF = {"$ref": "#/components/schemas/A"}


def nested(depth):
    """``{"data": {"data": … [1]}}``, so many objects."""
    return '{"data": ' * depth + "[1]" + "}" * depth


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("[1, {}]", [1, {}]),
        ("7", 7),
        (nested(3), {"data": {"data": {"data": [1]}}}),
        (nested(2000), None),
        ("[" * 100_000, None),
        ("{", None),
    ],
    ids=["list", "number", "nested", "too deep to walk", "too deep to read", "no JSON"],
)
def test_json_is_read_where_it_can_be_walked(text, content):
    """What asked for it neither raises nor waits."""
    assert content == read_json(text)


def test_what_an_app_answers_and_tells_is_bounded(tmp_path):
    """An answer is none, what its process told is empty."""
    told = tmp_path / "told.json"
    told.write_text(nested(2000))

    assert Answer(200, body=nested(2000).encode()).json is None
    assert {} == read_told(told)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x: " + "[" * 300 + "]" * 300, id="deep"),
        pytest.param("x: &a [*a]", id="in itself"),
        pytest.param(
            "a0: &a0 [1]\n"
            + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)),
            id="aliases of aliases",
        ),
    ],
)
def test_yaml_that_stands_for_too_much_is_no_document(text, tmp_path):
    """A few lines can stand for more than fits into memory."""
    file = tmp_path / "openapi.yaml"
    file.write_text(f"openapi: 3.1.0\npaths: {{}}\n{text}")

    with pytest.raises(SettingsError, match="holds no OpenAPI document"):
        read_document_file(str(file))


def test_parts_of_a_schema_may_refer_to_each_other_in_circles():
    """Each further part of a circle adds nothing."""
    parts = [ITSELF] * 10
    document = {"components": {"schemas": {"A": {"title": "a", "allOf": parts}}}}

    assert {"title": "a"} == Schemas(document).flat(ITSELF)


def test_of_parts_that_differ_the_outer_one_counts():
    """What stands beside ``allOf`` first, then its parts in their order, each before its own."""
    schema = {
        "title": "own",
        "allOf": [{"title": "1", "format": "1", "allOf": [{"default": 11}]}, {"default": 2}],
    }

    assert {"title": "own", "format": "1", "default": 11} == Schemas().flat(schema)


def test_a_document_as_deep_as_can_be_read_has_operations():
    """Whoever calls may stand deep in the stack already."""
    text = json.dumps({"openapi": "3.0.0", "paths": {"/a": {"get": {}}}, "x-deep": 0})
    content = read_json(text.replace('"x-deep": 0', f'"x-deep": {nested(60)}'))

    assert ["GET /a"] == [one.name for one in read_api_document(content, "http://h").operations]
