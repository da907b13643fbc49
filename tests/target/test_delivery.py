"""Folders and answers as agents deliver them, started for real."""

import json
from pathlib import Path

import pytest

from codeoptix_performance.errors import PreparationError, SettingsError, TargetError
from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.target.asking import Asker
from codeoptix_performance.target.start import start_app

DELIVERIES = Path(__file__).parent.parent / "apps" / "deliveries"
ITEM = ("GET", "/items/{item_id}")


def tree_of(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory, monkeypatch):
    """What is made for these apps is not left in the user's cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))


def asked(app, path):
    with Asker(app.base_url, seconds_each=10, seconds_in_all=10, doorway=app.doorway) as asker:
        return asker.get(path)


def answer_of(app, path="/items/3"):
    return asked(app, path).json


def page_of(app, path="/"):
    return asked(app, path).body.decode()


STARTED = {
    "node_plain": ("JavaScript app: node server.js", set()),
    "dockerfile": ("Dockerfile: node service/main/start.mjs --port 8080", set()),
    "procfile_waitress": (
        "Procfile: waitress-serve --host=0.0.0.0 --port=$PORT --threads=2 service:app",
        {ITEM},
    ),
    "express": (
        "package.json: node server.js, with the packages of package.json",
        {("GET", "/items"), ("POST", "/items"), ("GET", "/items/{id}")},
    ),
    "src_layout": ("Flask app in src/catalog/__init__.py", {ITEM}),
    "django_migrations": ("Django app in manage.py", {ITEM, ("GET", "/items/")}),
}


@pytest.mark.parametrize("name", STARTED)
def test_a_folder_is_started_the_way_its_files_say(name):
    """Nothing is written to it."""
    description, routes = STARTED[name]
    before = tree_of(DELIVERIES / name)

    with start_app(Settings(workspace=DELIVERIES / name)) as app:
        assert 200 == asked(app, "/items/3" if name != "express" else "/items/1").status
        assert (description, routes) == (app.description, set(app.routes))

    assert before == tree_of(DELIVERIES / name)


def test_a_file_of_a_package_runs_with_its_relative_imports(tmp_path):
    """Named by itself, without the folder around it."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "store.py").write_text("ITEM = {'id': 3}\n")
    (tmp_path / "shop" / "main.py").write_text(
        "from flask import Flask\nfrom .store import ITEM\napp = Flask(__name__)\n\n"
        "@app.get('/items/<item_id>')\ndef item(item_id):\n    return ITEM\n"
    )

    with start_app(Settings(workspace=tmp_path / "shop" / "main.py")) as app:
        assert {"id": 3} == answer_of(app)
        assert "Flask app in shop/main.py" == app.description


def test_a_server_in_a_folder_of_its_own_is_started_there(tmp_path):
    """Beside the page that it serves."""
    for path, text in {
        "client/package.json": '{"scripts": {"start": "vite"}}',
        "server/package.json": '{"scripts": {"start": "node .", "prestart": "node made.js"}}',
        "server/made.js": "require('fs').writeFileSync('made.json', '{\"id\": 3}')",
        "server/index.js": SERVER.replace(
            "'{\"id\": 3}'", "require('fs').readFileSync('made.json')"
        ),
    }.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)

    with start_app(Settings(workspace=tmp_path)) as app:
        assert {"id": 3} == answer_of(app)


SERVER = """\
const http = require('http');
http.createServer((request, response) => response.end('{"id": 3}')).listen(process.env.PORT);
"""
ANSWERS = {
    "named": f"```javascript server.js\n{SERVER}```",
    "unnamed": f"Here is the server:\n\n```js\n{SERVER}```\n\nRun it with `node server.js`.",
    "as a module": "```js\n"
    + SERVER.replace("const http = require(", "import http from (")
    + "```",
}
ANSWERS["as a module"] = ANSWERS["as a module"].replace("from ('http')", "from 'http'")


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_in_javascript_is_started_too(answer):
    """By node, which is found on the path."""
    with start_app(Settings(code=answer)) as app:
        assert {"id": 3} == answer_of(app)


OBJECTS = {
    "an object": ("inner.other:second", "second = Flask('x')\n"),
    "a factory": ("inner.other:make()", "def make():\n    return Flask('x')\n"),
    "a factory without its brackets": ("inner.other:make", "def make():\n    return Flask('x')\n"),
    "a part of an object": (
        "inner.other:Holder.app",
        "class Holder:\n    app = Flask('x')\n",
    ),
    "a bare callable": (
        "inner.other:Bare()",
        "class Bare:\n    def __call__(self, environ, start_response):\n        return []\n",
    ),
}


@pytest.mark.parametrize(("named", "text"), OBJECTS.values(), ids=OBJECTS)
def test_the_named_object_is_served_and_no_other(tmp_path, named, text):
    """The file has another app under the usual name, and the folder a better-looking entry."""
    (tmp_path / "src" / "inner").mkdir(parents=True)
    decoy = "from flask import Flask\napp = None\n"
    (tmp_path / "main.py").write_text(f"{decoy}raise SystemExit(3)\n")
    (tmp_path / "src" / "inner" / "other.py").write_text(decoy + text)

    with start_app(Settings(workspace=tmp_path, app=named)) as app:
        assert app.description.endswith("app in src/inner/other.py")
        assert app.exit() is None


def test_an_object_whose_module_is_not_there_is_the_users_mistake(tmp_path):
    """Nothing is started."""
    (tmp_path / "main.py").write_text("import flask\n")

    refused = (
        r"^app is 'shop\.main:app'; there is no shop/main\.py and no shop/main/__init__\.py\.$"
    )
    with (
        pytest.raises(SettingsError, match=refused),
        start_app(Settings(workspace=tmp_path, app="shop.main:app")),
    ):
        pass


@pytest.mark.parametrize(
    ("named", "words"),
    [("main:nothing", "has no attribute 'nothing'"), ("main:number", "is no web app but int")],
)
def test_an_object_that_is_no_app_is_the_apps_failure(tmp_path, named, words):
    """Its own last words say what it is."""
    (tmp_path / "main.py").write_text("import flask\nnumber = 3\n")

    with (
        pytest.raises(TargetError, match=words),
        start_app(Settings(workspace=tmp_path, app=named)),
    ):
        pass


ECHO = """\
import os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer

class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        names = ("MADE", "SECRET_KEY", "OPENAI_API_KEY", "DEBUG")
        text = open("made.txt").read() if os.path.exists("made.txt") else ""
        self.wfile.write(repr([text, *map(os.environ.get, names)]).encode())

HTTPServer(("", int(os.environ["PORT"])), Page).serve_forever()
"""


def test_variables_reach_the_app_and_its_set_up_and_no_others_do(tmp_path, monkeypatch):
    """Set-up commands run in the copy, in their order, with the same variables and their own."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    (tmp_path / "app.py").write_text(ECHO)
    write = "python -c \"import os; open('made.txt', 'a').write(os.environ['{0}'])\""
    setup = (write.format("SECRET_KEY"), f"MADE=two {write.format('MADE')}")

    with start_app(
        Settings(workspace=tmp_path, env={"SECRET_KEY": "one", "DEBUG": "true"}, setup=setup)
    ) as app:
        assert "['onetwo', None, 'one', None, 'true']" == page_of(app)

    assert ["app.py"] == [path.name for path in tmp_path.iterdir()]


def refusal_of(**settings):
    with pytest.raises(TargetError) as caught, start_app(Settings(**settings)):
        pass
    return caught.value.failure


def test_a_set_up_that_fails_is_why_the_app_did_not_start(tmp_path):
    """With its code and its last words."""
    (tmp_path / "app.py").write_text(ECHO)
    fail = "python -c \"import sys; sys.exit('no such table')\""

    failure = refusal_of(workspace=tmp_path, setup=("python -c pass", fail))

    assert ("did-not-start", 1) == (failure.kind, failure.exit_code)
    assert failure.sentence.startswith("The app did not start: its set-up command 'python -c")
    assert failure.sentence.endswith("exited with code 1: no such table.")


def test_a_set_up_that_does_not_end_is_bounded_by_the_time_to_start(tmp_path):
    """The app itself is not blamed for not listening."""
    (tmp_path / "app.py").write_text(ECHO)

    failure = refusal_of(workspace=tmp_path, setup=("sleep 60",), startup_timeout=1.0)

    assert failure.sentence.endswith("its set-up command 'sleep 60' had not ended after 1 s.")


def test_a_set_up_command_that_is_nowhere_is_the_users_mistake(tmp_path):
    """As a command that is nowhere."""
    (tmp_path / "app.py").write_text(ECHO)

    refused = r"^setup is 'no-such x'; its program 'no-such' was not found"
    with (
        pytest.raises(SettingsError, match=refused),
        start_app(Settings(workspace=tmp_path, setup=("no-such x",))),
    ):
        pass


def test_a_program_that_files_name_and_nobody_has_is_not_the_apps_fault(tmp_path):
    """It was not tested."""
    (tmp_path / "Procfile").write_text("web: no-such-server app:app\n")

    failure = refusal_of(workspace=tmp_path)

    assert "not-prepared" == failure.kind
    assert "'no-such-server', which its Procfile names" in failure.sentence


def test_migrations_run_before_an_app_that_a_server_of_its_own_serves(tmp_path):
    """Not only before Django's own server; on the database of this run."""
    for path in (DELIVERIES / "django_migrations").rglob("*.py"):
        place = tmp_path / path.relative_to(DELIVERIES / "django_migrations")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(path.read_bytes())
    (tmp_path / "Procfile").write_text("web: waitress-serve --port=$PORT shop.wsgi:application\n")

    with start_app(Settings(workspace=tmp_path)) as app:
        assert {"id": 3} == answer_of(app)
        assert {ITEM, ("GET", "/items/")} == set(app.routes)

    assert not (tmp_path / "db.sqlite3").exists()


WARMING = """\
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

started = time.monotonic()

class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        warm = time.monotonic() - started > 1 and self.path == "/health"
        self.send_response(200 if warm else 503)
        self.end_headers()
        self.wfile.write(str(time.monotonic() - started).encode())

HTTPServer(("", 8000), Page).serve_forever()
"""


def test_an_app_is_up_when_its_own_path_says_so():
    """It answers 503 until then, which would do without the path."""
    with start_app(Settings(code=WARMING, ready_path="/health")) as app:
        assert float(page_of(app, "/health")) > 1


def test_an_app_whose_own_path_never_says_so_is_not_up():
    """The path is named."""
    failure = refusal_of(code=WARMING, ready_path="/ready", startup_timeout=2.0)

    assert "never-answered" == failure.kind
    assert failure.sentence.endswith("but was not ready within 2 s: /ready answered 503.")


def test_an_environment_that_lacks_something_is_not_held_against_the_app(tmp_path, monkeypatch):
    """An install script that was not run may be why the app does not start."""
    modules = tmp_path / "cached" / "node_modules"
    modules.mkdir(parents=True)
    lock = {"packages": {"node_modules/shapes": {"hasInstallScript": True}}}
    (modules / ".package-lock.json").write_text(json.dumps(lock))
    monkeypatch.setattr(
        "codeoptix_performance.target.environment.environment.node_packages",
        lambda _files: modules.parent,
    )
    (tmp_path / "server.js").write_text("require('shapes').listen()")

    refused = r"Cannot find module.*those of shapes\.$"
    with pytest.raises(PreparationError, match=refused), start_app(Settings(workspace=tmp_path)):
        pass
