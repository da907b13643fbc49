"""Users who log in: once each, with their own values, and again when the app forgets them."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from codeoptix_performance.load.locust_engine import LocustEngine
from codeoptix_performance.load.plan import Arrivals, LoadPlan, steady_users
from codeoptix_performance.load.session import Sessions
from codeoptix_performance.settings.stages import Stage
from codeoptix_performance.target.endpoint import Creation, Endpoint, Request
from codeoptix_performance.target.login import Echo, Login, Step
from codeoptix_performance.target.operation import Guard

JSON = (("Content-Type", "application/json"),)
FORM = (("Content-Type", "application/x-www-form-urlencoded"),)
BEARER = Guard("header", "Authorization", "Bearer")
REGISTER = Request("POST", "/register", JSON, b'{"name": "azq0uniq0", "password": "pzq0uniq0"}')
LOGIN = Request("POST", "/login", JSON, b'{"name": "azq0uniq0", "password": "pzq0uniq0"}')
STEPS = (Step("POST /register", REGISTER), Step("POST /login", LOGIN))


class Club:
    """Lets members in; ``lasts`` is how many requests a token is good for."""

    def __init__(self):
        self.lock = threading.Lock()
        self.passwords, self.tokens, self.owners = {}, {}, {}
        self.lasts = 1_000_000
        self.closed = set()
        self.gone = set()
        self.asked = []
        self.numbers = iter(range(1, 1_000_000))

    def answer(self, method, path, headers, body):
        """Status, document, and headers."""
        with self.lock:
            self.asked.append((method, path))
            if path == "/page":
                form = '<form method="post" action="/form"><input type=hidden name=csrf value=tok>'
                return 200, form + "</form>", {"Set-Cookie": "csrftoken=echo; Path=/"}
            if path == "/form":
                return self._form(headers, parse_qs(body.decode()))
            if path in ("/register", "/login"):
                return self._enter(path, json.loads(body))
            self.last = json.loads(body or b"{}")
            return self._members(method, path, self._who(path, headers))

    def _form(self, headers, fields):
        if fields.get("csrf") != ["tok"] or headers.get("X-CSRFToken") != "echo":
            return 403, {}, {}
        token = f"s{next(self.numbers)}"
        self.tokens[token] = [fields["name"][0], self.lasts]
        return 200, {}, {"Set-Cookie": f"session={token}; Path=/"}

    def _enter(self, path, wanted):
        if path == "/register":
            taken = wanted["name"] in self.passwords
            self.passwords.setdefault(wanted["name"], wanted["password"])
            return (409 if taken else 201), {}, {}
        if self.passwords.get(wanted["name"]) != wanted["password"]:
            return 401, {}, {}
        token = f"token{next(self.numbers)}"
        self.tokens[token] = [wanted["name"], self.lasts]
        return 200, {"data": {"token": token}}, {}

    def _who(self, path, headers):
        cookies = dict(one.split("=") for one in headers.get("Cookie", "").split("; ") if one)
        query = parse_qs(urlsplit(path).query)
        token = headers.get("Authorization", "").removeprefix("Bearer ") or cookies.get("session")
        entry = self.tokens.get(token or query.get("key", [""])[0])
        if entry is None or entry[1] <= 0:
            return None
        entry[1] -= 1
        return entry[0]

    def _members(self, method, path, who):
        if who is None or path in self.closed:
            return 401, {}, {}
        if method == "POST":
            number = str(next(self.numbers))
            self.owners[number] = who
            return 201, {"item": {"id": int(number)}}, {}
        numbers = [part for part in path.split("/") if part.isdigit()]
        if any(number in self.gone for number in numbers):
            return 404, {}, {}
        mine = all(self.owners.get(number) == who for number in numbers)
        return (200 if mine else 403), {"who": who}, {}


@pytest.fixture
def club():
    """The club's app on a port of its own; ``url`` is where."""
    club = Club()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, document, headers = club.answer(self.command, self.path, self.headers, body)
            text = document if isinstance(document, str) else json.dumps(document)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        do_POST = do_PUT = do_GET  # noqa: N815 - http.server's names

        def log_message(self, *_args):
            """Keeps quiet."""

        def handle(self):
            try:
                super().handle()
            except OSError:
                return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    club.url = f"http://127.0.0.1:{server.server_port}"
    yield club
    server.shutdown()
    thread.join()
    server.server_close()


class Told:
    """A sink that keeps what it is told, by endpoint's name."""

    def __init__(self, endpoints):
        self.names = [endpoint.name for endpoint in endpoints]
        self.begun, self.ended, self.order = [], {}, []

    def begin(self, endpoint, due, at):
        self.begun.append((self.names[endpoint], due, at))
        return len(self.begun) - 1

    def end(self, token, at, status, size, cause):  # noqa: ARG002 - the protocol's arguments
        self.ended.setdefault(self.begun[token][0], []).append((status, cause))
        self.order.append((self.begun[token][0], status, cause))

    def plan_begins(self, at):
        self.planned_from = at

    def users(self, count, at):
        """Not looked at here."""


def step_endpoints(login):
    parts = [(step.endpoint.split(" "), step.request) for step in login.steps]
    return tuple(Endpoint(*name, "openapi", (request,), weight=0) for name, request in parts)


def load(club, login, *endpoints, users=2, pause=0.01, seconds=0.5, arrivals=None, sessions=None):
    endpoints = (*endpoints, *step_endpoints(login))
    stages = steady_users(users, float("inf"), seconds)
    told = Told(endpoints)
    plan = LoadPlan(
        *(club.url, endpoints, stages, (pause, pause), 5.0, 0, arrivals),
        login=login,
        sessions=sessions or Sessions(),
    )
    report = LocustEngine().run(plan, told, lambda _: False)
    assert () == report.died == report.listener_errors
    return report, told


def read(path="/things"):
    return Endpoint("GET", path, "openapi", (Request("GET", path),))


def token_login(**changes):
    return Login(*STEPS, changes.get("guard", BEARER), "data.token")


def test_every_user_registers_and_logs_in_once(club):
    """With values of its own; the steps are told under their own endpoints."""
    _, told = load(club, token_login(), read(), users=3)

    assert 3 == len(club.passwords) == len(club.tokens)
    assert [(201, None)] * 3 == told.ended["POST /register"]
    assert [(200, None)] * 3 == told.ended["POST /login"]
    assert {(200, None)} == set(told.ended["GET /things"])


def test_a_forgotten_user_logs_in_again_and_repeats_the_request(club):
    """Both answers are told; the 401 that was mended is no failure."""
    club.lasts = 3

    _, told = load(club, token_login(), read(), users=1)

    seen = told.order
    first = seen.index(("GET /things", 401, None))
    assert ("POST /login", 200, None) == seen[first + 1]
    assert ("GET /things", 200, None) == seen[first + 2]
    assert {None} == {cause for _, _, cause in seen}
    assert 1 == len(club.passwords)


def test_the_next_load_finds_its_users_known_and_their_items_made(club):
    """Only who comes beyond them registers, logs in and makes an item."""
    sessions = Sessions()
    update = Endpoint(
        "PUT", "/things/{id}", "openapi", (Request("PUT", "/things/{id}", JSON, b"{}"),), 1,
        own("/things", kept=True),
    )  # fmt: skip
    load(club, token_login(), update, users=2, sessions=sessions)
    made = len(club.owners)

    _, told = load(club, token_login(), update, users=3, sessions=sessions)

    assert (2, 1, 3) == (made, len(told.ended["POST /login"]), sessions.free)
    assert 3 == len(club.owners) == len(club.passwords)
    assert {(200, None)} == set(told.ended["PUT /things/{id}"])


def test_a_session_that_the_app_has_forgotten_is_renewed_in_the_next_load(club):
    """The same user logs in again; the 401 is no failure."""
    sessions = Sessions()
    load(club, token_login(), read(), users=1, sessions=sessions)
    club.tokens.clear()

    _, told = load(club, token_login(), read(), users=1, sessions=sessions)

    assert [("GET /things", 401, None), ("POST /login", 200, None)] == told.order[:2]
    assert 1 == len(club.passwords)


def test_who_was_not_let_in_leaves_no_session(club):
    """The next load tries anew."""
    sessions = Sessions()
    wrong = Step("POST /login", Request("POST", "/login", JSON, b'{"name": "b", "password": "c"}'))

    load(club, Login(None, wrong, BEARER, "data.token"), read(), users=1, sessions=sessions)

    assert 0 == sessions.free


def test_a_second_401_is_a_failure(club):
    """Where a fresh login did not help it is not tried again and again."""
    club.closed = {"/things"}

    _, told = load(club, token_login(), read(), users=1)

    assert [(401, None), (401, "401 Unauthorized"), (401, "401 Unauthorized")] == told.ended[
        "GET /things"
    ][:3]
    assert 2 == len(told.ended["POST /login"])


def test_a_login_that_fails_is_told_and_so_is_what_follows(club):
    """An app that lets nobody in does not look well."""
    wrong = Step("POST /login", Request("POST", "/login", JSON, b'{"name": "b", "password": "c"}'))

    _, told = load(club, Login(None, wrong, BEARER, "data.token"), read(), users=1)

    assert (401, "401 Unauthorized") in told.ended["POST /login"]
    assert "401 Unauthorized" in {cause for _, cause in told.ended["GET /things"]}


def test_a_form_is_sent_with_what_its_page_hides(club):
    """The CSRF field of the page, the cookie's echo in a header, and the session's cookie."""
    request = Request("POST", "/form", FORM, b"name=azq0uniq0")
    login = Login(
        None, Step("POST /form", request, "/page"), None, echo=Echo("csrftoken", "X-CSRFToken")
    )

    _, told = load(club, login, read(), users=2)

    assert [(200, None)] * 2 == told.ended["POST /form"]
    assert {(200, None)} == set(told.ended["GET /things"])


@pytest.mark.parametrize("guard", [Guard("query", "key"), Guard("cookie", "session")])
def test_the_credential_stands_where_the_app_looks_for_it(club, guard):
    """In the query, or in a cookie of its own."""
    _, told = load(club, token_login(guard=guard), read(), users=1)

    assert {(200, None)} == set(told.ended["GET /things"])


def own(path, *, kept, before=None, placeholder="{id}"):
    request = Request("POST", path, JSON, b"{}")
    return Creation(f"POST {path}", request, "item.id", placeholder, kept, before)


def test_updates_ask_for_an_item_that_their_user_made(club):
    """One for all of them, below a parent of the same user."""
    parent = own("/things", kept=True, placeholder="{thing}")
    child = own("/things/{thing}/parts", kept=True, before=parent, placeholder="{part}")
    path = "/things/{thing}/parts/{part}"
    update = Endpoint("PUT", path, "openapi", (Request("PUT", path, JSON, b"{}"),), 1, child)
    create = Endpoint("POST", "/things", "openapi", (Request("POST", "/things", JSON, b"{}"),), 0)

    _, told = load(club, token_login(), update, create, users=3)

    assert {(200, None)} == set(told.ended[f"PUT {path}"])
    assert 3 == len(told.ended["POST /things"])
    assert 6 == len(club.owners)


def test_bodies_name_the_item_that_their_user_made(club):
    """The id stands in the body as the JSON it was; its length is told anew."""
    body = b'{"thing_id": {thing_id}, "word": "zq0uniq0"}'
    create = Endpoint(
        "POST", "/parts", "openapi", (Request("POST", "/parts", JSON, body),), 1,
        own("/things", kept=True, placeholder="{thing_id}"),
    )  # fmt: skip

    _, told = load(club, token_login(), create, users=1)

    assert {(201, None)} == set(told.ended["POST /parts"])
    assert {"thing_id": 2} == {key: value for key, value in club.last.items() if key != "word"}


def test_an_item_that_is_gone_is_made_anew(club):
    """The 404 is told; the next request finds a new one."""
    update = Endpoint(
        "PUT", "/things/{id}", "openapi", (Request("PUT", "/things/{id}", JSON, b"{}"),), 1,
        own("/things", kept=True),
    )  # fmt: skip
    club.gone = {"2"}  # the first item: 1 is the token

    _, told = load(club, token_login(), update, users=1)

    assert [(404, "404 Not Found"), (200, None)] == told.ended["PUT /things/{id}"][:2]
    assert 2 == len(club.owners)


def test_users_log_in_before_requests_begin_to_arrive(club):
    """The first arrival falls due when all of them have; logins are no arrivals."""
    arrivals = Arrivals((Stage(0.5, 60.0),))

    report, told = load(club, token_login(), read(), users=6, arrivals=arrivals)

    names = [name for name, _, _ in told.begun]
    assert "GET /things" not in names[:12]
    assert 0 < names.count("GET /things") == report.arrivals.due <= 30
    assert told.planned_from == report.phases[0].begins_at > report.started_at
    assert min(due for name, due, _ in told.begun if name == "GET /things") >= (
        report.phases[0].begins_at
    )
