"""Values made for schemas."""

import json
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from jsonschema import Draft202012Validator, FormatChecker
from pydantic import BaseModel, ConfigDict, Field, HttpUrl, IPvAnyAddress

from codeoptix_performance.target.asking import with_fresh_values
from codeoptix_performance.target.compose import encoded
from codeoptix_performance.target.endpoint import UNIQUE, Request
from codeoptix_performance.target.openapi import read_api_document
from codeoptix_performance.target.schemas import Schemas, modern
from codeoptix_performance.target.values import Style, ValueMaker

CREATING = Style(complete=True, unique=True)
LEAN = Style(complete=False, unique=True)

COMPONENTS = {
    "components": {
        "schemas": {
            "Kind": {"type": "string", "enum": ["small", "large"]},
            "Address": {
                "type": "object",
                "required": ["street"],
                "properties": {"street": {"type": "string"}},
                "additionalProperties": False,
            },
            "Cat": {
                "type": "object",
                "required": ["lives"],
                "properties": {"kind": {"type": "string"}, "lives": {"type": "integer"}},
            },
            "Tree": {
                "type": "object",
                "required": ["value"],
                "properties": {
                    "value": {"type": "integer"},
                    "children": {
                        "type": "array",
                        "items": {"$ref": "#/components/schemas/Tree"},
                    },
                },
            },
        }
    }
}

SCHEMAS: dict[str, dict[str, Any]] = {
    "free text": {"type": "string"},
    "short text": {"type": "string", "maxLength": 3},
    "long text": {"type": "string", "minLength": 60, "maxLength": 70},
    "exactly eight": {"type": "string", "minLength": 8, "maxLength": 8},
    "exactly nine": {"type": "string", "minLength": 9, "maxLength": 9},
    "pattern": {"type": "string", "pattern": r"^[A-Z]{3}-\d{4}$"},
    "pattern with lengths": {"type": "string", "pattern": "^[a-z]+$", "minLength": 12},
    "negated class": {"type": "string", "pattern": r"^[^\s@]{4,9}$"},
    "email": {"type": "string", "format": "email"},
    "short email": {"type": "string", "format": "email", "maxLength": 20},
    "uuid": {"type": "string", "format": "uuid"},
    "date": {"type": "string", "format": "date"},
    "date-time": {"type": "string", "format": "date-time"},
    "time": {"type": "string", "format": "time"},
    "uri": {"type": "string", "format": "uri"},
    "ipv4": {"type": "string", "format": "ipv4"},
    "unknown format": {"type": "string", "format": "colour-name"},
    "integer bounds": {"type": "integer", "minimum": 1000, "maximum": 1001},
    "exclusive bounds": {"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 2},
    "negative only": {"type": "integer", "maximum": -5},
    "multiple of": {"type": "integer", "minimum": 3, "multipleOf": 7},
    "narrow number": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 0.001},
    "number at most 1": {"type": "number", "minimum": 0, "maximum": 1},
    "enum": {"enum": ["a", "b"]},
    "const": {"const": {"fixed": True}},
    "boolean": {"type": "boolean"},
    "null": {"type": "null"},
    "type list": {"type": ["string", "null"]},
    "reference": {"$ref": "#/components/schemas/Kind"},
    "all of": {
        "allOf": [
            {"$ref": "#/components/schemas/Address"},
            {"type": "object", "properties": {"street": {"minLength": 2}}},
        ]
    },
    "any of": {"anyOf": [{"type": "null"}, {"$ref": "#/components/schemas/Address"}]},
    "one of with tag": {
        "oneOf": [{"$ref": "#/components/schemas/Cat"}],
        "discriminator": {
            "propertyName": "kind",
            "mapping": {"tabby": "#/components/schemas/Cat"},
        },
    },
    "unique entries": {
        "type": "array",
        "items": {"type": "integer", "minimum": 1, "maximum": 3},
        "minItems": 3,
        "uniqueItems": True,
    },
    "bounded array": {"type": "array", "items": {"type": "string"}, "minItems": 5, "maxItems": 5},
    "tuple": {
        "type": "array",
        "prefixItems": [{"type": "integer"}, {"type": "string"}],
        "minItems": 2,
        "maxItems": 2,
    },
    "recursive": {"$ref": "#/components/schemas/Tree"},
    "map": {"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 2},
    "nested": {
        "type": "object",
        "required": ["outer"],
        "properties": {
            "outer": {
                "type": "object",
                "required": ["inner"],
                "properties": {"inner": {"type": "array", "items": {"type": "number"}}},
            }
        },
    },
}


def maker(seed: str = "7", known: dict[str, list[Any]] | None = None) -> ValueMaker:
    return ValueMaker(Schemas(COMPONENTS), seed, lambda name: (known or {}).get(name, []))


def is_valid(value: Any, schema: dict[str, Any]) -> bool:
    whole = {**COMPONENTS, **schema}
    return Draft202012Validator(whole, format_checker=FormatChecker()).is_valid(value)


@pytest.mark.parametrize("style", [CREATING, LEAN], ids=["complete", "lean"])
@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS.keys())
def test_every_value_is_valid_whatever_takes_the_place_of_the_marker(schema, style):
    """Ten values for each schema hold under jsonschema, with the marker and with counters."""
    make = maker()
    for _ in range(10):
        value, claimed = make.valid(schema, "thing", style)

        assert claimed
        for counter in (UNIQUE, "00000000", "zzzzzzzz", "k3v9x1q7"):
            assert is_valid(json.loads(json.dumps(value).replace(UNIQUE, counter)), schema)


def test_an_impossible_schema_is_told_from_a_possible_one():
    """What no value can meet is reported as not valid instead of being sent."""
    schema = {"type": "string", "minLength": 5, "maxLength": 2}

    assert not maker().valid(schema, "thing", CREATING)[1]


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "nonsense"},
        {"type": 7},
        {"$ref": "#/nowhere", "type": "integer", "multipleOf": 0},
        {"type": "string", "minLength": "many"},
        {"type": "string", "minLength": 10**12},
        {"type": "string", "pattern": "[", "format": ["email"]},
        {"type": "string", "pattern": r"^\p{L}+$"},
        {"type": "array", "minItems": 10**9},
        {"type": "object", "minProperties": 10**9},
        {"type": "object", "properties": ["a"]},
        {"type": "object", "required": [{}], "properties": {"a": None}},
        {"type": "integer", "minimum": "low"},
        {"enum": 3},
        {"anyOf": {"a": 1}},
        {"oneOf": [{"$ref": "http://elsewhere.example/x"}]},
        {"allOf": 5, "type": "object", "required": 5},
    ],
    ids=str,
)
def test_a_schema_that_makes_no_sense_yields_nothing_valid(schema):
    """The document comes from the app under test: it is refused without an error and soon."""
    assert not maker().valid({"allOf": [schema, {"not": {}}]}, "x", CREATING)[1]
    maker().valid(schema, "x", CREATING)


def test_a_schema_that_contains_itself_without_end_is_given_up():
    """Ten properties that each hold the whole again end after a bounded number of parts."""
    again = {"$ref": "#/components/schemas/Endless"}
    endless = {
        "type": "object",
        "required": list("abcdefghij"),
        "properties": dict.fromkeys("abcdefghij", again),
    }
    make = ValueMaker(Schemas({"components": {"schemas": {"Endless": endless}}}), "1")

    assert not make.valid(again, "", CREATING)[1]


def test_equal_seeds_give_equal_values():
    """The same seed repeats every value; another seed gives others."""
    schema = {"type": "array", "items": {"type": "integer"}, "minItems": 3}
    first = [maker("1").valid(schema, "n", CREATING)[0] for _ in range(3)]
    other = maker("2").valid(schema, "n", CREATING)[0]

    assert first[0] == first[1] == first[2]
    assert first[0] != other


@pytest.mark.parametrize(
    ("name", "schema", "marked"),
    [
        ("title", {"type": "string"}, True),
        ("email", {"type": "string", "format": "email"}, True),
        ("email", {"type": "string"}, True),
        ("username", {"type": "string", "pattern": "^[a-zA-Z0-9_]{3,20}$"}, True),
        ("currency", {"type": "string"}, False),
        ("kind", {"type": "string", "enum": ["a"]}, False),
        ("title", {"type": "string", "maxLength": 5}, False),
        ("digits", {"type": "string", "pattern": r"^\d{5}$"}, False),
    ],
    ids=lambda value: str(value)[:40],
)
def test_free_strings_carry_the_marker(name, schema, marked):
    """Free strings and emails are unique; closed vocabularies and short strings cannot be."""
    value, valid = maker().valid(schema, name, CREATING)

    assert valid
    assert marked == (UNIQUE in value)


@pytest.mark.parametrize("name", ["name", "q", "anything"])
def test_nothing_is_marked_where_uniqueness_is_not_asked_for(name):
    """Values for reads hold no marker."""
    assert UNIQUE not in maker().valid({"type": "string"}, name, Style())[0]


def test_strings_stay_small():
    """A string without bounds has at most 20 characters."""
    value = maker().valid({"type": "string"}, "a_rather_long_property_name", CREATING)[0]

    assert 20 >= len(value)


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "integer", "example": 41}, 41),
        ({"type": "integer", "examples": [42]}, 42),
        ({"type": "string", "default": "ready"}, "ready"),
        ({"type": "string", "example": "Springfield"}, "Springfield"),
    ],
    ids=["example", "examples", "default", "text example"],
)
def test_the_documents_own_example_comes_first(schema, expected):
    """A valid example or default is used as it stands."""
    assert expected == maker().valid(schema, "place", CREATING)[0]


def test_an_invalid_example_is_not_used():
    """An example that breaks its own schema is passed over."""
    value, valid = maker().valid({"type": "integer", "example": "many"}, "n", CREATING)

    assert valid
    assert isinstance(value, int)


def test_an_example_that_names_an_item_is_made_unique():
    """The example of a name or email gets the marker, so that it can be created repeatedly."""
    schema = {
        "type": "object",
        "example": {"name": "Widget", "email": "ada@example.com", "note": "hello"},
    }

    assert {
        "name": f"Widget-{UNIQUE}",
        "email": f"ada.{UNIQUE}@example.com",
        "note": "hello",
    } == maker().valid(schema, "", CREATING)[0]


def test_what_the_app_sets_itself_is_left_out():
    """Read-only properties, optional ids and time stamps are not sent."""
    schema = {
        "type": "object",
        "required": ["secret", "name"],
        "properties": {
            "secret": {"type": "string", "readOnly": True},
            "name": {"type": "string"},
            "id": {"type": "integer"},
            "created_at": {"type": "string", "format": "date-time"},
            "parent_id": {"type": "integer"},
            "note": {"type": "string"},
        },
    }
    made = maker()._make(schema, "", CREATING, 0)

    assert {"name", "note"} == made.keys()


def test_properties_that_point_to_items_hold_known_ids():
    """``user_id`` takes the id of a user that exists."""
    schema = {"type": "object", "properties": {"user_id": {"type": "integer"}}}

    assert {"user_id": 77} == maker(known={"user_id": [77]}).valid(schema, "", CREATING)[0]


@pytest.mark.parametrize(
    ("schema", "used_once"),
    [
        ({"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}, True),
        (
            {
                "type": "object",
                "required": ["sku"],
                "properties": {"sku": {"type": "string", "pattern": r"^[A-Z]{3}-\d{4}$"}},
            },
            True,
        ),
        ({"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}, False),
    ],
    ids=["integer id", "patterned sku", "plain number"],
)
def test_values_that_can_be_sent_once_only_are_told(schema, used_once):
    """Ids without room for the marker are reported, so that more variants are built."""
    make = maker()
    make.valid(schema, "", CREATING)

    assert used_once == make.used_once


def test_older_words_become_todays():
    """OpenAPI 3.0's nullable and exclusive flags are rewritten, wherever they stand."""
    old = {
        "properties": {
            "nullable": {"type": "string", "nullable": True},
            "price": {"type": "number", "minimum": 0, "exclusiveMinimum": True},
            "owner": {"$ref": "#/x", "nullable": True},
            "rank": {"type": "integer", "maximum": 9, "exclusiveMaximum": False},
        }
    }

    assert {
        "properties": {
            "nullable": {"type": ["string", "null"]},
            "price": {"type": "number", "exclusiveMinimum": 0},
            "owner": {"anyOf": [{"$ref": "#/x"}, {"type": "null"}]},
            "rank": {"type": "integer", "maximum": 9},
        }
    } == modern(old)


class _Kind(Enum):
    SMALL = "small"
    LARGE = "large"


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Address(_Closed):
    street: str = Field(min_length=2)
    zip: str = Field(pattern=r"^\d{5}$")


class _Cat(_Closed):
    species: Literal["cat"]
    lives: int = Field(ge=1, le=9)


class _Dog(_Closed):
    species: Literal["dog"]
    barks: bool


class _Everything(_Closed):
    name: str = Field(min_length=3, max_length=50)
    title: Annotated[str, Field(max_length=12)]
    price: float = Field(gt=0, le=100)
    cost: Decimal
    share: float = Field(ge=0, le=1)
    tags: set[str] = Field(min_length=1, max_length=5)
    kind: _Kind
    level: Literal[1, 2, 3]
    id: UUID
    when: datetime
    day: date
    at: clock_time
    lasting: timedelta
    url: HttpUrl
    address_of_host: IPvAnyAddress
    code: str = Field(pattern=r"^[A-Z]{3}-\d{4}$")
    address: _Address
    others: list[_Address] = Field(max_length=2)
    nickname: str | None = None
    either: int | str
    quantity: int = Field(ge=1, multiple_of=5)
    pet: Annotated[_Cat | _Dog, Field(discriminator="species")]
    counts: dict[str, int] = {}
    pair: tuple[int, str]
    yes: bool
    data: bytes
    anything: Any
    short: str = Field(max_length=3)
    long: str = Field(min_length=40)


def _strict_app() -> FastAPI:
    app = FastAPI()

    @app.post("/things", status_code=201)
    def create(_thing: _Everything) -> dict[str, bool]:
        return {"created": True}

    return app


@pytest.mark.slow
def test_generated_bodies_are_valid_and_taken_by_strict_models(serve_asgi):
    """Forty bodies for a model of many strict types hold under jsonschema and are answered 201."""
    app = _strict_app()
    document = read_api_document(app.openapi(), "http://127.0.0.1")
    body = document.operations[0].body
    base_url = serve_asgi(app)
    whole = {**app.openapi(), **body.schema}
    with httpx.Client(trust_env=False, base_url=base_url) as client:
        for number in range(40):
            make = ValueMaker(document.schemas, f"seed {number}")
            value, _ = make.valid(body.schema, "", CREATING if number % 2 else LEAN)
            request = Request("POST", "/things", (), encoded(value, body.media_type))
            sent = with_fresh_values(request)
            answer = client.post(
                "/things", content=sent.body, headers={"Content-Type": "application/json"}
            )

            assert Draft202012Validator(whole, format_checker=FormatChecker()).is_valid(value)
            assert 201 == answer.status_code, answer.text


def test_fresh_values_are_never_repeated():
    """Each sending of a marked request holds another counter of the same width."""
    request = Request("POST", f"/a?q={UNIQUE}", (), f'{{"n": "{UNIQUE}"}}'.encode())
    sent = [with_fresh_values(request) for _ in range(50)]

    assert 50 == len({one.body for one in sent})
    assert {len(request.body)} == {len(one.body) for one in sent}
    assert all(one.path[5:] in one.body.decode() for one in sent)
