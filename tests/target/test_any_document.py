"""Documents of which any part may be anything."""

from contextlib import closing
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codeoptix_performance.errors import SettingsError
from codeoptix_performance.target import api_document
from codeoptix_performance.target.api_document import read_document_file
from codeoptix_performance.target.asking import Answer
from codeoptix_performance.target.compose import Composer
from codeoptix_performance.target.endpoint import Request
from codeoptix_performance.target.openapi import is_api_document, read_api_document

ODD = st.sampled_from(
    [
        *(None, True, 0, -1, 10**4000, 1e308, float("inf"), float("nan"), "", "\ud800", "\r\n"),
        *("9" * 5000, "{", "(", "//[", "#/components/schemas/A", "#/paths", "file:///dev/zero"),
        *([], {}, [[]], [{}], {"": {}}),
    ]
)
TYPES = st.sampled_from(["string", "integer", "number", "boolean", "array", "object", "null", 7])


def _schemas(inner):
    named = st.dictionaries(st.sampled_from(["a", "user_id", "name", "\ud800"]), inner, max_size=2)
    some = st.lists(inner, max_size=2)
    number = st.integers(-2, 3) | ODD
    return st.fixed_dictionaries(
        {},
        optional={
            "type": TYPES | st.lists(TYPES, max_size=2),
            "$ref": st.just("#/components/schemas/A") | ODD,
            **dict.fromkeys(("allOf", "anyOf", "oneOf", "enum", "prefixItems"), some | ODD),
            **dict.fromkeys(("properties", "patternProperties"), named | ODD),
            **dict.fromkeys(("items", "additionalProperties", "not"), inner | ODD),
            **dict.fromkeys(("minimum", "maximum", "multipleOf"), number),
            **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems"), number),
            **dict.fromkeys(("default", "example", "const", "format"), ODD),
            **dict.fromkeys(("required", "examples", "discriminator"), ODD),
            "uniqueItems": st.booleans(),
        },
    )


SCHEMA = st.recursive(ODD, _schemas, max_leaves=6)
PARAMETER = st.fixed_dictionaries(
    {"name": st.sampled_from(["id", "q", "X-A", "a\r\nb"]) | ODD},
    optional={
        "in": st.sampled_from(["path", "query", "header", "body", "formData"]) | ODD,
        "required": st.booleans(),
        "schema": SCHEMA,
        "example": ODD,
    },
)
MEDIA = st.sampled_from(
    ["application/json", "multipart/form-data", "application/x-www-form-urlencoded", "x"]
)
CONTENT = st.dictionaries(MEDIA, st.fixed_dictionaries({"schema": SCHEMA}), min_size=1)
OPERATION = st.fixed_dictionaries(
    {
        "parameters": st.lists(PARAMETER, max_size=2) | ODD,
        "requestBody": ODD | st.fixed_dictionaries({"content": CONTENT}),
    },
    optional={"security": ODD},
)
PATHS = st.sampled_from(["/a", "/a/{id}", "/a/{id", "/\ud800", "/ \r\n", ""])
DOCUMENT = st.fixed_dictionaries(
    {
        "openapi": st.sampled_from(["3.0.0", "3.1.0"]) | ODD,
        "paths": st.dictionaries(
            PATHS,
            ODD | st.fixed_dictionaries({"post": OPERATION}, optional={"get": ODD, "$ref": ODD}),
            min_size=1,
            max_size=2,
        ),
    },
    optional={
        "servers": ODD | st.just([{"url": "http://[x"}]),
        "security": ODD,
        "components": ODD | st.fixed_dictionaries({"schemas": st.just({}) | SCHEMA}),
        "definitions": ODD,
    },
)


class _OddApp:
    """Answers every question with the same odd words."""

    base_url = "http://127.0.0.1:8000"

    def ask(self, _request: Request) -> Answer:
        return Answer(200, {}, b'[{"id": "\\ud800", "name": 7}]')


@settings(
    max_examples=150, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
@given(DOCUMENT)
def test_whatever_a_document_says_requests_are_made_or_refused(document):
    """No document that an app can send ends the evaluation."""
    assert is_api_document(document)
    read = read_api_document(document, _OddApp.base_url)
    with closing(read.schemas):
        composer = Composer(read.schemas, read.operations, _OddApp(), 1)
        for operation in read.operations:
            composition = composer.compose(operation)

            assert bool(composition.requests) != bool(composition.refusal)
            assert all(map(_can_be_sent, composition.requests))


def _can_be_sent(request: Request) -> bool:
    words = (request.path, *(word for pair in request.headers for word in pair))
    return all(word.isprintable() for word in words)


@pytest.mark.parametrize(("levels", "read"), [(64, True), (65, False), (3000, False)])
def test_json_that_is_nested_too_deeply_is_none(levels, read):
    """Whatever walks it calls itself for each level."""
    body = b"[" * levels + b"]" * levels

    assert read == (Answer(200, {}, body).json is not None)
    assert read == is_api_document({"openapi": "3.1.0", "paths": {"/": _nested(levels - 2)}})


def _nested(levels: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(levels - 1):
        value = [value]
    return value


SPOILT_YAML = {
    "aliases that double": "a0: &a0 [x]\n"
    + "".join(f"a{step}: &a{step} [*a{step - 1}, *a{step - 1}]\n" for step in range(1, 40)),
    "an alias of itself": "a: &a [*a]",
    "deep": "[" * 5000,
    "a number of too many digits": "a: " + "9" * 5000,
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("text", SPOILT_YAML.values(), ids=SPOILT_YAML)
def test_spoilt_yaml_is_no_document(text, tmp_path, monkeypatch):
    """It is found out before it takes all memory."""
    monkeypatch.setattr(api_document, "_LONGEST_AS_JSON", 10**5)
    file = tmp_path / "openapi.yaml"
    file.write_text(f"openapi: 3.1.0\npaths: {{}}\n{text}")

    with pytest.raises(SettingsError, match="holds no OpenAPI document"):
        read_document_file(str(file))
