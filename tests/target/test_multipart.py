"""Uploads: files and fields as a strict server takes them."""

from typing import Annotated
from uuid import UUID

import pytest
from fastapi import FastAPI, File, Form, HTTPException, UploadFile
from flask import Flask, request
from pydantic import AnyUrl, AwareDatetime, BaseModel, ConfigDict, Field

from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.target.multipart import file_fields
from codeoptix_performance.target.open import open_target
from codeoptix_performance.target.openapi import read_api_document
from codeoptix_performance.target.schemas import Schemas


def exercised(url):
    with open_target(Settings(url=url)) as target:
        return {endpoint.name for endpoint in target.endpoints}, target.skipped


def test_files_are_uploaded_with_their_fields(serve_asgi):
    """A picture where a picture is asked for, several files for a list, numbers as text."""
    app, seen = FastAPI(), []

    @app.post("/pictures")
    async def picture(
        image: UploadFile, title: Annotated[str, Form()], size: Annotated[int, Form()]
    ):
        content = await image.read()
        if not content.startswith(b"\x89PNG\r\n\x1a\n") or image.content_type != "image/png":
            raise HTTPException(415)
        seen.append((image.filename, title, size))

    @app.post("/papers")
    async def papers(documents: Annotated[list[UploadFile], File()]):
        if not all([await one.read() for one in documents]):
            raise HTTPException(422)

    @app.post("/raw")
    async def raw(data: Annotated[bytes, File()]):
        return {"size": len(data)}

    names, skipped = exercised(serve_asgi(app))

    assert ({"POST /pictures", "POST /papers", "POST /raw"}, ()) == (names, skipped)
    assert all(name == "sample.png" and title and size for name, title, size in seen)


def test_an_upload_is_guessed_from_its_path(serve_wsgi):
    """Where only the route is known."""
    app = Flask(__name__)

    @app.post("/upload")
    def upload():
        if "file" not in request.files:
            return {"error": "no file"}, 400
        return {"size": len(request.files["file"].read())}, 201

    url = serve_wsgi(app)
    from codeoptix_performance.target.asking import Asker
    from codeoptix_performance.target.compose import Composer
    from codeoptix_performance.target.discovery import discover
    from codeoptix_performance.target.probe import probe

    with Asker(url, seconds_each=5.0, seconds_in_all=15.0) as asker:
        found = discover(Settings(), asker, (("POST", "/upload"),))
        probed = probe(found.operations, Composer(found.schemas, found.known, asker, 0), asker)

    assert ["POST /upload"] == [endpoint.name for endpoint in probed.endpoints]


class Strict(BaseModel):
    """Refuses whatever is not exactly right."""

    model_config = ConfigDict(extra="forbid")
    code: str = Field(pattern=r"^[A-Z]{3}-\d{4}$")
    email: str = Field(pattern=r"^[^@\s]+@[^@\s]+\.[a-z]{2,}$", max_length=40)
    reference: UUID
    site: AnyUrl
    at: AwareDatetime
    kind: str = Field(json_schema_extra={"enum": ["new", "old"]})
    share: float = Field(gt=0, lt=1)
    tags: set[str] = Field(min_length=2, max_length=3)
    pair: tuple[int, str]
    note: str = Field(min_length=30, max_length=60)


def test_a_strict_validator_is_satisfied(serve_asgi):
    """Formats, patterns, bounds, sets and tuples together, again and again."""
    app = FastAPI()

    @app.post("/strict", status_code=201)
    def create(body: Strict):
        return body

    with open_target(Settings(url=serve_asgi(app))) as target:
        assert ["POST /strict"] == [endpoint.name for endpoint in target.endpoints]
        assert 10 <= len(target.endpoints[0].requests)


@pytest.mark.parametrize(
    ("files", "property_schema"),
    [
        ({"it"}, {"type": "string", "format": "binary"}),
        ({"it"}, {"type": "string", "contentMediaType": "application/octet-stream"}),
        ({"it"}, {"type": "array", "items": {"type": "string", "format": "binary"}}),
        ({"it"}, {"anyOf": [{"type": "string", "format": "binary"}, {"type": "null"}]}),
        (set(), {"type": "string"}),
        (set(), {"type": "array", "items": {"type": "string"}}),
    ],
)
def test_files_are_told_from_text(files, property_schema):
    """In the words of OpenAPI 3.0 and 3.1, optional or in lists."""
    schema = {"type": "object", "properties": {"it": property_schema}}

    assert files == file_fields(schema, Schemas().flat)


def test_a_file_of_swagger_2_is_a_file():
    """``type: file`` is no type of JSON Schema."""
    fields = [{"in": "formData", "name": "paper", "type": "file", "required": True}]
    document = {"swagger": "2.0", "paths": {"/papers": {"post": {"parameters": fields}}}}

    body = read_api_document(document, "http://h").operations[0].body

    assert "multipart/form-data" == body.media_type
    assert {"paper"} == file_fields(body.schema, Schemas().flat)
