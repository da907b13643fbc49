"""How users become known to an app: found out by trying once, from what the app tells of itself."""

import os
from pathlib import Path
from typing import Annotated

import pytest
from fastapi import Depends, FastAPI, Header, HTTPException
from fastapi.security import HTTPBasic, HTTPBasicCredentials
from pydantic import BaseModel

from codeoptix_performance.settings.settings import EndpointSetting, Settings
from codeoptix_performance.target.html_form import hidden_fields, password_form
from codeoptix_performance.target.login import Login, at_field, token_fields
from codeoptix_performance.target.open import open_target
from codeoptix_performance.target.openapi import read_api_document
from codeoptix_performance.target.operation import Guard
from codeoptix_performance.target.told_credentials import texts_of, told_in

APPS = Path(__file__).parent.parent / "apps"
BEARER = Guard("header", "Authorization", "Bearer")

CASES = {
    "fastapi_oauth2": (
        "each user registers at POST /register and logs in at POST /token; Bearer token",
        9,
    ),
    "fastapi_projects": (
        (
            "each user registers at POST /api/auth/signup and logs in at POST /api/auth/login; "
            "Bearer token"
        ),
        10,
    ),
    "fastapi_accounts": (
        "each user registers at POST /auth/register and logs in at POST /auth/login; Bearer token",
        7,
    ),
    "fastapi_realworld": (
        "each user registers at POST /api/users and logs in at POST /api/users/login; Token token",
        7,
    ),
    "flask_token_header": (
        (
            "each user registers at POST /api/register and logs in at POST /api/login; "
            "header X-Access-Token"
        ),
        7,
    ),
    "flask_session_login": (
        "each user registers at POST /register and logs in at POST /login; session cookie",
        9,
    ),
    "django_session_login": (
        "each user registers at POST /signup/ and logs in at POST /accounts/login/; session cookie",
        7,
    ),
    "flask_api_key": (
        "each user sends header X-API-Key with credentials that the app's own text names",
        5,
    ),
    "fastapi_basic": (
        "each user sends basic authentication with credentials that the app's own text names",
        4,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_way_into_every_kind_of_app_is_found(name):
    """With no word but the code, every endpoint is exercised that does not end the session."""
    sentence, endpoints = CASES[name]

    with open_target(Settings(code=(APPS / f"{name}.py").read_text())) as target:
        skipped = [skip for skip in target.skipped if not skip.on_purpose]

    assert sentence == target.login.sentence
    assert [] == skipped
    assert endpoints == len(target.endpoints)
    steps = {step.endpoint for step in target.login.steps}
    assert steps == {endpoint.name for endpoint in target.endpoints if endpoint.weight == 0}


def test_items_of_a_user_are_made_by_each_user_parents_first():
    """Tasks belong to a project of the same user; what answers do wrap is looked through."""
    with open_target(Settings(code=(APPS / "fastapi_projects.py").read_text())) as target:
        by_name = {endpoint.name: endpoint for endpoint in target.endpoints}

    update = by_name["PUT /api/projects/{project_id}/tasks/{task_id}"].creation
    project = update.before
    assert ("POST /api/projects", "data.project.id", True) == (
        project.endpoint,
        project.id_field,
        project.kept,
    )
    assert "/api/projects/{project_id}/tasks" == update.request.path
    assert ("task.id", True) == (update.id_field, update.kept)
    assert not by_name["DELETE /api/projects/{project_id}/tasks/{task_id}"].creation.kept


def test_bodies_name_items_of_their_own_user():
    """``account_id`` of a transaction is that of an account which the same user opened before."""
    with open_target(Settings(code=(APPS / "fastapi_accounts.py").read_text())) as target:
        by_name = {endpoint.name: endpoint for endpoint in target.endpoints}

    create, read = by_name["POST /transactions"], by_name["GET /transactions/{transaction_id}"]
    assert all(b'"account_id": {account_id}' in request.body for request in create.requests)
    assert ("POST /accounts", "{account_id}", True) == (
        create.creation.endpoint,
        create.creation.placeholder,
        create.creation.kept,
    )
    assert "{account_id}" == read.creation.before.placeholder
    assert b"{account_id}" in read.creation.request.body


def guarded_by_basic(users):
    app = FastAPI()

    @app.get("/open")
    def everybody():
        return {"ok": True}

    @app.get("/closed")
    def members(credentials: Annotated[HTTPBasicCredentials, Depends(HTTPBasic())]):
        if users.get(credentials.username) != credentials.password:
            raise HTTPException(401, headers={"WWW-Authenticate": "Basic"})
        return {"ok": True}

    return app


def test_credentials_that_the_app_does_not_tell_are_not_guessed(serve_asgi):
    """Not even admin/admin: the closed endpoint is left out, with the reason."""
    url = serve_asgi(guarded_by_basic({"admin": "admin"}))

    with open_target(Settings(url=url)) as target:
        assert target.login is None
        assert [("GET /closed", "asks for a login (401)")] == [
            (skip.name, skip.reason) for skip in target.skipped
        ]


def test_an_app_that_lets_everybody_in_is_asked_for_no_login(serve_pages, asked):
    """Nothing is registered where no door is closed."""
    url = serve_pages({"/": (200, "text/html", "<a href='/login'>Log in</a> <a href='/items'>")})

    with open_target(Settings(url=url)) as target:
        assert target.login is None

    assert not [line for line in asked if line.startswith("POST /register")]


def test_a_user_who_says_what_to_send_is_believed(serve_asgi):
    """Named headers stand; no login is looked for beside them."""
    url = serve_asgi(guarded_by_basic({"admin": "admin"}))
    named = EndpointSetting(path="/closed", headers={"Authorization": "Basic YWRtaW46YWRtaW4="})

    with open_target(Settings(url=url, endpoints=(named,))) as target:
        assert target.login is None


class Account(BaseModel):
    """What registers a user, and what changes one."""

    username: str
    password: str


def test_requests_that_would_break_the_login_are_left_out(serve_asgi):
    """A changed password would lock the user out for the rest of the run."""
    app, known = FastAPI(), {}

    def me(x_token: Annotated[str, Header()] = ""):
        if x_token not in known:
            raise HTTPException(403)
        return x_token

    @app.post("/users")
    def sign_up(account: Account):
        known[account.username] = account.password
        return {"token": account.username}

    @app.get("/me")
    def read(user: Annotated[str, Depends(me)]):
        return {"user": user}

    @app.put("/me")
    def change(account: Account, user: Annotated[str, Depends(me)]):
        known[account.username] = known.pop(user)
        return {"user": account.username}

    with open_target(Settings(url=serve_asgi(app))) as target:
        names = {endpoint.name for endpoint in target.endpoints}
        skipped = {skip.name: skip.reason for skip in target.skipped}

    assert {"GET /me", "POST /users"} == names
    assert {"PUT /me": "would change what its user logs in with"} == skipped
    assert "each user registers at POST /users; header x-token" == target.login.sentence


@pytest.mark.parametrize(
    ("people", "text"),
    [
        ([("admin", "s3cret")], 'USERS = {"admin": "s3cret"}'),
        ([("ada", "pw12")], 'users = {"ada": generate_password_hash("pw12")}'),
        ([("ada", "pw12")], 'fake_users_db = {"ada": {"full_name": "Ada", "password": "pw12"}}'),
        ([("ada", "pw12")], 'db.add(User(username="ada", password=hash_password("pw12")))'),
        ([("ada@x.org", "pw12")], '{"email": "ada@x.org", "password": "pw12"}'),
        ([("root", "toor")], 'User.objects.create_superuser("root", "r@x.org", "toor")'),
        ([("demo", "demo123")], "Log in with `demo` / `demo123`."),
        ([], "def login(username: str, password: str): ..."),
        ([], "A shop with users and a password reset."),
    ],
)
def test_only_credentials_that_stand_in_the_text_are_told(people, text):
    """Tables, seeds and prose; a mere mention of a password names nobody."""
    found = [(one.identities[0], one.password) for one in told_in([text]).personas]

    assert people == found


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        (("abc-123-def",), 'API_KEY = "abc-123-def"'),
        (("abc-123-def",), 'api_key = os.environ.get("API_KEY", "abc-123-def")'),
        (("abc-123-def",), 'VALID_API_KEYS = {"abc-123-def": "ada"}'),
        ((), 'API_KEY = os.environ["API_KEY"]'),
    ],
)
def test_keys_that_stand_in_the_text_are_told(keys, text):
    """Also as the default of a variable that is not set here."""
    assert keys == told_in([text]).keys


def test_a_key_that_the_user_gives_the_app_is_told_too():
    """It stands in ``env`` and takes the place of the one in the code."""
    code = (APPS / "flask_api_key.py").read_text()

    with open_target(Settings(code=code, env={"API_KEY": "given-key-456"})) as target:
        assert "given-key-456" == target.login.fixed


def test_the_text_of_a_workspace_leaves_out_what_others_wrote(tmp_path):
    """Packages that were installed beside the app say nothing about its users."""
    (tmp_path / "node_modules" / "other").mkdir(parents=True)
    (tmp_path / "node_modules" / "other" / "index.js").write_text("users = {'x1': 'y1'}")
    (tmp_path / "README.md").write_text("the app's own")
    (tmp_path / "logo.png").write_bytes(b"no text")

    assert ["the app's own"] == list(texts_of(None, tmp_path))


def test_the_text_of_a_workspace_is_its_own(tmp_path):
    """Links that lead out are not followed, and a pipe keeps nobody waiting."""
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    (tmp_path / "key.txt").write_text("secret")
    (workspace / "app.py").write_text("app")
    (workspace / "linked.py").symlink_to("app.py")
    (workspace / "key.txt").symlink_to(tmp_path / "key.txt")
    os.mkfifo(workspace / "pipe.txt")
    (workspace / "through.txt").symlink_to("pipe.txt")

    assert ["app", "app"] == list(texts_of(None, workspace))
    assert ["app"] == list(texts_of(None, workspace / "linked.py"))


@pytest.mark.parametrize(
    ("guards", "scheme"),
    [
        (
            (Guard("header", "Authorization", "Bearer", "/v1/token"),),
            {"type": "oauth2", "flows": {"password": {"tokenUrl": "token", "scopes": {}}}},
        ),
        ((BEARER,), {"type": "http", "scheme": "bearer"}),
        ((BEARER,), {"type": "openIdConnect", "openIdConnectUrl": "/x"}),
        ((Guard("header", "Authorization", "Basic"),), {"type": "http", "scheme": "basic"}),
        ((Guard("query", "key"),), {"type": "apiKey", "in": "query", "name": "key"}),
        ((Guard("cookie", "sid"),), {"type": "apiKey", "in": "cookie", "name": "sid"}),
        ((), {"type": "mutualTLS"}),
        ((), "no scheme at all"),
    ],
)
def test_security_schemes_are_read_from_the_document(guards, scheme):
    """For the whole document; an operation may open itself to everybody."""
    document = {
        "openapi": "3.1.0",
        "servers": [{"url": "/v1"}],
        "security": [{"any": []}],
        "components": {"securitySchemes": {"any": scheme}},
        "paths": {"/closed": {"get": {}}, "/open": {"get": {"security": []}}},
    }

    found = {op.path: op.guards for op in read_api_document(document, "http://h").operations}

    assert {"/v1/closed": guards, "/v1/open": ()} == found


@pytest.mark.parametrize(
    ("fields", "answer"),
    [
        (["access_token"], {"access_token": "abcdefgh", "token_type": "bearer"}),
        (["data.accessToken"], {"data": {"accessToken": "abcdefgh"}}),
        (["user.token"], {"user": {"email": "a@b.c", "token": "abcdefgh"}}),
        (["access"], {"refresh": "abcdefgh", "access": "abcdefgh"}),
        (["token", "key"], {"key": "abcdefgh", "token": "abcdefgh"}),
        ([], {"token": None, "key": 7}),
        ([], ["abcdefgh"]),
    ],
)
def test_tokens_are_found_in_answers(fields, answer):
    """The likeliest name first, one level deep."""
    assert fields == token_fields(answer)
    assert all(at_field(answer, field) == "abcdefgh" for field in fields)


def test_basic_credentials_are_encoded_for_each_user():
    """The markers become the user's own value first."""
    guard = Guard("header", "Authorization", "Basic")
    login = Login(None, None, guard, fixed="azq0uniq0:b")

    assert "Basic YTEyMzQ1Njc4OmI=" == login.credential(None, "12345678")


def test_forms_tell_where_they_go_and_what_they_hide():
    """Fields outside a form, buttons and search forms are none of a login's."""
    page = b"""<input name=stray><form action=/search><input name=q></form>
    <form method=post action=?next=/x><input type=hidden name=csrf value=abc>
    <input name=user><input type=password name=word><button name=go></form>"""

    form = password_form(page)

    assert ("/login?next=/x", {"user": "", "word": ""}) == (form.path("/login"), form.fields)
    assert {"word"} == form.passwords
    assert {"csrf": "abc"} == hidden_fields(page, "/login")
    assert password_form(b"<form><input type=password name=p></form>") is None
