"""Schemas of a document that says whatever its author likes."""

import socket
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil
import pytest

from codeoptix_performance.target import effort
from codeoptix_performance.target.schemas import Schemas
from codeoptix_performance.target.values import Style, ValueMaker

CURRENCY = {"type": "string", "pattern": "^[A-Z]{3}$"}


@pytest.mark.timeout(20)
def test_a_schema_elsewhere_is_not_fetched():
    """A reference to an address of this machine is none: nobody there is asked."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.0)
        port = listener.getsockname()[1]

        assert not Schemas().accepts(7, {"$ref": f"http://127.0.0.1:{port}/item.json"})
        with pytest.raises(BlockingIOError):
            listener.accept()


@pytest.mark.filterwarnings("ignore")  # who opens the file warns that this is going to end
def test_a_schema_in_a_file_is_not_opened(tmp_path):
    """What a file of the evaluator's holds is no part of the document."""
    file = tmp_path / "seven.json"
    file.write_text('{"const": 7}')

    assert not Schemas().accepts(7, {"$ref": file.as_uri()})
    assert not Schemas().accepts(7, {"$id": file.as_uri(), "$ref": "seven.json#/const"})


def _doubling(keyword: str) -> dict[str, Any]:
    """Forty schemas, each of which asks twice for the next."""
    schemas: dict[str, Any] = {
        f"S{step}": {keyword: [{"$ref": f"#/components/schemas/S{step + 1}"}] * 2}
        for step in range(40)
    }
    return {"components": {"schemas": {**schemas, "S40": {"type": "integer"}}}}


def _endless_breadth() -> dict[str, Any]:
    itself = {"$ref": "#/components/schemas/S0"}
    return {"components": {"schemas": {"S0": {"allOf": [itself] * 20}}}}


FIRST = {"$ref": "#/components/schemas/S0"}
LONG_EXAMPLE = {"type": "string", "example": "a" * 100_000}
NAMES = [f"field{number}" for number in range(300)]
COSTLY: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "parts of itself": (_endless_breadth(), FIRST),
    "parts that double": (_doubling("allOf"), FIRST),
    "alternatives that double": (_doubling("anyOf"), FIRST),
    "what must not be doubles": (_doubling("anyOf"), {"type": "string", "not": FIRST}),
    "long enumerations": (
        {},
        {"allOf": [{"enum": [*range(50_000)]}, {"enum": [*range(50_000, 10**5)]}]},
    ),
    "one long example in many places": (
        {"components": {"schemas": {"S0": LONG_EXAMPLE}}},
        {"type": "object", "required": NAMES, "properties": dict.fromkeys(NAMES, FIRST)},
    ),
    "an endless pattern": ({}, {"const": "a" * 60, "pattern": r"^(\w|\w\w)+é$"}),
    "an endless pattern of names": (
        {},
        {
            "type": "object",
            "required": ["a" * 60],
            "patternProperties": {r"^(\w|\w\w)+é$": {"type": "integer"}},
            "additionalProperties": False,
        },
    ),
    "a pattern of a thousand million letters": (
        {},
        {"type": "string", "pattern": "((a{1000}){1000}){1000}"},
    ),
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize(("document", "schema"), COSTLY.values(), ids=COSTLY)
def test_a_schema_that_asks_for_too_much_is_given_up(document, schema):
    """Nothing valid is made for it, and the next schema of the document is read as ever."""
    with closing(Schemas(document)) as schemas:
        _, valid = ValueMaker(schemas, "1").valid(schema, "", Style())

        assert not valid
        assert ("USD", True) == ValueMaker(schemas, "1").valid(CURRENCY, "", Style())


@pytest.mark.timeout(20)
def test_many_schemas_that_ask_for_too_much_are_not_all_tried(monkeypatch):
    """After some seconds of it a document is read no further."""
    monkeypatch.setattr(effort, "_SECONDS_IN_ALL", 1.0)
    with closing(Schemas(_endless_breadth())) as schemas:
        for _ in range(100):
            assert not ValueMaker(schemas, "1").valid(FIRST, "", Style())[1]


def test_no_process_stays_behind_a_pattern():
    """The process that tries patterns ends with the schemas that it tried them for."""
    schemas = Schemas()
    assert schemas.accepts("USD", CURRENCY)
    (pid,) = _pattern_programs()

    schemas.close()

    assert not Path(f"/proc/{pid}").exists()


def test_no_process_is_started_without_a_pattern():
    """Most documents have none."""
    with closing(Schemas()) as schemas:
        assert schemas.accepts("USD", {"type": "string", "maxLength": 3})
        assert [] == _pattern_programs()


def _pattern_programs() -> list[int]:
    children = psutil.Process().children()
    return [child.pid for child in children if "pattern_program" in " ".join(child.cmdline())]
