"""Endpoints asked once, with ids of items that exist."""

import itertools
import json
import time
from typing import Annotated
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI, Form, HTTPException, Response
from fastapi.responses import StreamingResponse
from flask import Flask, jsonify, request
from pydantic import BaseModel, ConfigDict, Field

from codeoptix_performance.settings.settings import EndpointSetting, Settings
from codeoptix_performance.target.asking import Asker
from codeoptix_performance.target.compose import Composer
from codeoptix_performance.target.discovery import discover
from codeoptix_performance.target.endpoint import UNIQUE
from codeoptix_performance.target.probe import probe


def probed(base_url, settings=None, routes=(), seconds_each=5.0, seconds_in_all=15.0):
    settings = settings or Settings()
    with Asker(base_url, seconds_each=seconds_each, seconds_in_all=seconds_in_all) as asker:
        found = discover(settings, asker, routes)
        composer = Composer(found.schemas, found.known, asker, settings.seed)
        outcome = probe(found.operations, composer, asker)
    endpoints = {endpoint.name: endpoint for endpoint in outcome.endpoints}
    return endpoints, {skipped.name: skipped.reason for skipped in outcome.skipped}


def paths(endpoint):
    return [request.path for request in endpoint.requests]


class NewUser(BaseModel):
    """What creates a user."""

    model_config = ConfigDict(extra="forbid")
    username: str = Field(pattern=r"^\w{3,20}$")
    age: int | None = None


class NewPost(BaseModel):
    """What creates a post."""

    title: str
    user_id: int


def shop(*, users=0):  # noqa: C901 - one small app, read as a whole
    """Users with unique names, and posts that belong to one of them; both empty but for users."""
    app = FastAPI()
    numbers = itertools.count(101)
    known = {number: {"id": number, "username": f"u{number}"} for number in range(1, users + 1)}
    posts: dict[str, dict] = {}

    @app.get("/users")
    def list_users():
        return {"total": len(known), "items": list(known.values())}

    @app.post("/users", status_code=201)
    def create_user(user: NewUser):
        if any(one["username"] == user.username for one in known.values()):
            raise HTTPException(409)
        number = next(numbers)
        known[number] = {"id": number, **user.model_dump()}
        return known[number]

    @app.get("/users/{user_id}")
    @app.put("/users/{user_id}")
    def one_user(user_id: int):
        if user_id not in known:
            raise HTTPException(404)
        return known[user_id]

    @app.delete("/users/{user_id}", status_code=204)
    def delete_user(user_id: int):
        if known.pop(user_id, None) is None:
            raise HTTPException(404)

    @app.post("/posts", status_code=201)
    def create_post(post: NewPost):
        if post.user_id not in known:
            raise HTTPException(400)
        key = str(uuid4())
        posts[key] = {"id": key, **post.model_dump()}
        return posts[key]

    @app.get("/users/{user_id}/posts")
    def posts_of(user_id: int):
        return [post for post in posts.values() if post["user_id"] == user_id]

    @app.get("/users/{user_id}/posts/{post_id}")
    def post_of(user_id: int, post_id: UUID):
        post = posts.get(str(post_id))
        if post is None or post["user_id"] != user_id:
            raise HTTPException(404)
        return post

    app.state.known = known
    return app


def test_ids_come_from_the_list(serve_asgi):
    """``GET /users/{user_id}`` asks for every user that the list shows."""
    endpoints, _ = probed(serve_asgi(shop(users=5)))

    assert {f"/users/{number}" for number in range(1, 6)} <= set(
        paths(endpoints["GET /users/{user_id}"])
    )
    assert "GET" == endpoints["GET /users/{user_id}"].requests[0].method


def test_an_empty_list_is_filled_by_creating(serve_asgi):
    """With nothing there, a few users are created and asked for; all endpoints are loaded."""
    endpoints, skipped = probed(serve_asgi(shop()))

    assert {} == skipped
    assert 3 <= len(paths(endpoints["GET /users/{user_id}"]))
    assert all(
        int(path.rpartition("/")[2]) > 100 for path in paths(endpoints["GET /users/{user_id}"])
    )


def test_nested_items_belong_to_their_parents(serve_asgi):
    """Every path of a nested item names a post of that very user."""
    app = shop(users=2)
    base_url = serve_asgi(app)
    endpoints, _ = probed(base_url)
    nested = endpoints["GET /users/{user_id}/posts/{post_id}"]
    with Asker(base_url, seconds_each=5, seconds_in_all=10) as asker:
        statuses = {asker.ask(request).status for request in nested.requests}

    assert {200} == statuses


def test_a_deletion_gets_an_item_of_its_own(serve_asgi):
    """What it deletes is created before, so no item that others ask for goes away."""
    app = shop(users=4)
    endpoints, _ = probed(serve_asgi(app))
    deletion = endpoints["DELETE /users/{user_id}"]

    assert ("POST /users", "id", "{user_id}") == (
        deletion.creation.endpoint,
        deletion.creation.id_field,
        deletion.creation.placeholder,
    )
    assert ["/users/{user_id}"] == paths(deletion)
    assert UNIQUE.encode() in deletion.creation.request.body
    assert {1, 2, 3, 4} <= app.state.known.keys()


def test_bodies_of_creations_can_be_sent_again_and_again(serve_asgi):
    """Every prebuilt request is taken twice by an app with unique names."""
    base_url = serve_asgi(shop(users=3))
    endpoints, _ = probed(base_url)
    creations = endpoints["POST /users"].requests
    with Asker(base_url, seconds_each=5, seconds_in_all=10) as asker:
        statuses = [asker.ask(request).status for request in creations * 2]

    assert [201] * 2 * len(creations) == statuses


def test_weights_favour_reads(serve_asgi):
    """Reads 3, writes and deletions 1."""
    endpoints, _ = probed(serve_asgi(shop(users=3)))

    assert [3, 1, 1] == [
        endpoints[name].weight for name in ("GET /users", "POST /users", "DELETE /users/{user_id}")
    ]


def test_equal_settings_give_equal_requests(serve_asgi):
    """The same app and seed give the same endpoints down to the bytes; another seed does not."""
    outcomes = [
        [
            endpoints["POST /users"].requests
            for endpoints, _ in [probed(serve_asgi(shop(users=3)), Settings(seed=seed))]
        ]
        for seed in (1, 1, 2)
    ]

    assert outcomes[0] == outcomes[1]
    assert outcomes[0] != outcomes[2]


def odd_app():  # noqa: C901 - one small app, read as a whole
    app = FastAPI()
    paid = set()
    orders: dict[int, dict] = {}

    @app.get("/members")
    def members():
        return Response(status_code=302, headers={"Location": "/auth/login?next=/members"})

    @app.get("/login-only")
    def login_only():
        raise HTTPException(401)

    @app.get("/broken")
    def broken():
        return Response(status_code=500)

    @app.get("/moved")
    def moved():
        return Response(status_code=307, headers={"Location": "/elsewhere"})

    @app.get("/events")
    def events():
        def endless():
            while True:
                yield "data: x\n\n"
                time.sleep(0.05)

        return StreamingResponse(endless(), media_type="text/event-stream")

    @app.get("/fib/{n}")
    def fib(n: int):
        return n

    @app.get("/ghosts/{ghost_id}")
    def ghost(ghost_id: int):
        raise HTTPException(404, f"no ghost {ghost_id}")

    @app.get("/search")
    def search(q: str, kind: Annotated[str, Field(pattern="^(a|b)$")]):
        return [q, kind]

    @app.post("/strange")
    def strange(amount: Annotated[int, Form()]):
        return amount

    @app.post("/picky")
    def picky(user: NewUser):
        if user.age is not None:
            raise HTTPException(422)
        return {}

    @app.get("/orders")
    def list_orders():
        return list(orders.values())

    @app.post("/orders", status_code=201)
    def order():
        orders[len(orders) + 1] = {"order_id": len(orders) + 1}
        return {"order_id": len(orders)}

    @app.post("/orders/{order_id}/pay")
    def pay(order_id: int):
        if order_id in paid:
            raise HTTPException(409)
        paid.add(order_id)
        return {}

    @app.delete("/orders")
    def delete_all():
        orders.clear()

    @app.post("/reset")
    def reset():
        orders.clear()

    return app


@pytest.fixture
def odd(serve_asgi):
    """The outcome of probing an app with endpoints of every kind."""
    return probed(serve_asgi(odd_app()))


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("GET /login-only", "asks for a login (401)"),
        ("GET /members", "asks for a login (redirects to /auth/login)"),
        ("GET /events", "streams events without an end"),
        ("GET /ghosts/{ghost_id}", "no item that exists is known, and a made-up one answered 404"),
        ("DELETE /orders", "would delete more than one item of its own"),
    ],
)
def test_what_cannot_be_exercised_is_skipped_with_a_reason(odd, name, reason):
    """One clause says why."""
    endpoints, skipped = odd

    assert reason == skipped[name]
    assert name not in endpoints


@pytest.mark.parametrize(
    "name",
    ["GET /broken", "GET /moved", "GET /fib/{n}", "GET /search", "POST /strange", "POST /picky"],
)
def test_what_answers_or_fails_by_itself_is_kept(odd, name):
    """2xx, 3xx and the app's own failures go under load."""
    assert name in odd[0]


def test_what_the_app_refuses_among_optional_properties_is_left_out(odd):
    """Where the full body is refused and the required part is taken, only that is sent."""
    assert all("age" not in json.loads(one.body) for one in odd[0]["POST /picky"].requests)


def test_an_action_that_works_once_gets_an_item_of_its_own(odd):
    """Paying an order twice is refused, so each payment has a new order."""
    payment = odd[0]["POST /orders/{order_id}/pay"]

    assert ("POST /orders", "order_id") == (payment.creation.endpoint, payment.creation.id_field)
    assert ["/orders/{order_id}/pay"] == paths(payment)


ROUTES = (
    ("GET", "/notes"),
    ("POST", "/notes"),
    ("GET", "/notes/{note_id}"),
    ("DELETE", "/notes/{note_id}"),
    ("POST", "/contact"),
    ("POST", "/odd"),
)


def flask_app(*, notes):
    """An app without a document: unknown bodies, a list under its own name, ids as keys."""
    app = Flask(__name__)
    known = {str(number): {"title": f"note {number}"} for number in range(notes)}

    @app.get("/notes")
    def list_notes():
        return jsonify(notes=known)

    @app.post("/notes")
    def create():
        key = str(len(known) + 1000)
        known[key] = {"title": request.get_json()["title"]}
        return jsonify(id=key), 201

    @app.get("/notes/<note_id>")
    def one(note_id):
        return jsonify(known[note_id]) if note_id in known else ("", 404)

    @app.delete("/notes/<note_id>")
    def delete(note_id):
        return ("", 204) if known.pop(note_id, None) else ("", 404)

    @app.post("/contact")
    def contact():
        return jsonify(ok=request.form["message"])

    @app.post("/odd")
    def odd():
        return jsonify(ok=request.get_json()["very_special"])

    return app


@pytest.mark.parametrize("notes", [0, 5])
def test_an_app_without_a_document_is_exercised_by_its_routes(serve_wsgi, notes):
    """Bodies are guessed, as JSON and as a form; ids come from lists and creations."""
    endpoints, skipped = probed(serve_wsgi(flask_app(notes=notes)), routes=ROUTES)

    assert {name for name, _ in ((" ".join(route), 0) for route in ROUTES)} - {
        "POST /odd"
    } == endpoints.keys()
    assert (
        "application/x-www-form-urlencoded"
        == dict(endpoints["POST /contact"].requests[0].headers)["Content-Type"]
    )
    assert "to a guessed body" in skipped["POST /odd"]


def test_named_endpoints_are_never_dropped(serve_pages, asked):
    """What the user names is loaded even if it answers 404, and is not asked before."""
    settings = Settings(endpoints=(EndpointSetting(path="/missing"),))
    endpoints, skipped = probed(serve_pages({}), settings)

    assert (["GET /missing"], {}) == (list(endpoints), skipped)
    assert [] == asked


def test_a_named_template_is_filled_with_ids(serve_asgi):
    """``GET /users/{id}`` in the settings asks for users that exist."""
    settings = Settings(endpoints=(EndpointSetting(path="/users/{id}?full=1"),))
    endpoints, _ = probed(serve_asgi(shop(users=3)), settings)

    assert {f"/users/{number}?full=1" for number in (1, 2, 3)} == set(
        paths(endpoints["GET /users/{id}?full=1"])
    )


def test_linked_items_are_asked_where_their_links_lead(serve_pages):
    """Pages that differ in an id only are one endpoint, with the links' own paths."""
    shown = {"/": (200, "application/json", '{"links": ["/shows/7", "/shows/8"]}')}
    items = {f"/shows/{number}": (200, "application/json", "{}") for number in (7, 8)}
    endpoints, skipped = probed(serve_pages(shown | items))

    assert ["/shows/7", "/shows/8"] == paths(endpoints["GET /shows/{id}"])
    assert {} == skipped


def slow_app():
    app = FastAPI()
    for name in "abcdefghij":
        app.get(f"/{name}")(lambda: time.sleep(0.6))
    return app


def test_endpoints_that_do_not_answer_are_kept_within_the_bound(serve_asgi):
    """Ten hanging endpoints cost no more than the bound in all, and every one is loaded."""
    base_url = serve_asgi(slow_app())
    started = time.monotonic()
    endpoints, skipped = probed(base_url, seconds_each=0.3, seconds_in_all=1.0)

    assert (10, {}) == (len(endpoints), skipped)
    assert time.monotonic() - started < 5


def test_an_app_that_ends_during_the_probe_keeps_its_endpoints(serve_pages):
    """Nothing is asked any more, and what was found stays for the verdict to judge."""
    content = {"openapi": "3.1.0", "paths": {"/a": {"get": {}}, "/b": {"get": {}}}}
    base_url = serve_pages({"/openapi.json": (200, "application/json", json.dumps(content))})
    alive = iter([True] + [False] * 20)
    with Asker(base_url, seconds_each=5, seconds_in_all=5, alive=lambda: next(alive)) as asker:
        found = discover(Settings(), asker)
        composer = Composer(found.schemas, found.known, asker, 0)
        outcome = probe(found.operations, composer, asker)

    assert ["GET /a", "GET /b"] == [endpoint.name for endpoint in outcome.endpoints]
