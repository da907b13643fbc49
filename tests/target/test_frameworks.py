"""Every framework's app, written the way agents write, is started for real and answers."""

from pathlib import Path

import pytest

from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.target.asking import Asker
from codeoptix_performance.target.start import start_app

APPS = Path(__file__).parent.parent / "apps"
ITEM = ("GET", "/items/{item_id}")

CASES = {
    "fastapi_main": ("FastAPI app", {ITEM, ("POST", "/items"), ("GET", "/")}),
    "fastapi_workers": ("FastAPI app", {ITEM}),
    "fastapi_object": ("FastAPI app", {ITEM}),
    "fastapi_factory": ("FastAPI app", {ITEM}),
    "starlette_app": ("Starlette app", {ITEM}),
    "flask_main": ("Flask app", {ITEM, ("PUT", "/items/{item_id}")}),
    "flask_factory": ("Flask app", {ITEM}),
    "flask_waitress": ("Flask app", {ITEM}),
    "django_single": ("Django app", {ITEM, ("DELETE", "/items/{item_id}")}),
    "django_wsgi": ("Django app", {ITEM}),
    "aiohttp_main": ("aiohttp app", {ITEM}),
    "aiohttp_factory": ("aiohttp app", {ITEM}),
    "quart_top": ("Quart app", {ITEM}),
    "litestar_app": ("Litestar app", {ITEM}),
    "falcon_wsgi": ("Falcon app", {ITEM}),
    "falcon_asgi": ("Falcon app", {ITEM}),
    "bottle_run": ("Bottle app", {ITEM}),
    "bottle_default": ("Bottle app", {ITEM}),
    "tornado_main": ("Tornado app", {ITEM}),
    "tornado_factory": ("Tornado app", {ITEM}),
    "sanic_main": ("Sanic app", {ITEM}),
    "sanic_object": ("Sanic app", {ITEM}),
    "hypercorn_main": ("Starlette app", {ITEM}),
    "http_server": ("http.server app", set()),
    "random_port": ("http.server app", set()),
    "child_server": ("Python web app", set()),
    "raw_asyncio": ("Python web app", set()),
    "raw_uvloop": ("Python web app", set()),
    "wsgi_callable": ("Python web app", set()),
    "asgi_callable": ("Python web app", set()),
}
"""What each app is called, and its routes; the set is empty where no framework keeps a table."""


def answer_of(app, path="/items/3"):
    with Asker(app.base_url, seconds_each=10, seconds_in_all=10, doorway=app.doorway) as asker:
        return asker.get(path).json


@pytest.mark.parametrize("name", CASES)
def test_an_app_of_every_framework_answers_and_tells_its_routes(name):
    """Ports, hosts and reloaders in the app do not matter: it answers where we look."""
    label, routes = CASES[name]
    code = (APPS / f"{name}.py").read_text()

    with start_app(Settings(code=code)) as app:
        found, answer = set(app.routes), answer_of(app)
        assert app.exit() is None

    assert {"id": 3} == answer
    assert f"{label} in app.py" == app.description
    assert routes == found


def test_a_django_project_runs_with_its_tables():
    """``manage.py`` is the entry; the database has the models' tables before the first request."""
    with start_app(Settings(workspace=APPS / "django_project")) as app:
        answer = answer_of(app)
        routes = set(app.routes)

    assert {"id": 3, "items": 0} == answer
    assert {ITEM, ("POST", "/items/new"), ("GET", "/old/{slug}/")} == routes
    assert "Django app in manage.py" == app.description
    assert not (APPS / "django_project" / "db.sqlite3").exists()


def test_a_package_runs_from_the_folder_above_it():
    """Relative imports and imports by the package's own name both work."""
    with start_app(Settings(workspace=APPS / "package")) as app:
        assert {"id": 3} == answer_of(app)
        assert "FastAPI app in blog/main.py" == app.description
        assert (ITEM,) == app.routes


def test_several_files_in_one_string_run():
    """The way the host's codex adapter joins files."""
    names = ("blog/__init__.py", "blog/main.py", "blog/store.py", "blog/routes.py")
    files = [f"# {name}\n{(APPS / 'package' / name).read_text()}" for name in names]

    with start_app(Settings(code="\n\n".join(files))) as app:
        assert {"id": 3} == answer_of(app)


def test_code_in_fences_inside_prose_runs():
    """The answer of a talkative agent."""
    code = (APPS / "flask_main.py").read_text()
    answer = (
        f"Sure! Here is the app:\n\n```python\n{code}```\n\nRun it:\n\n"
        "```bash\npip install flask\npython app.py\n```\n\nAnd a test:\n\n"
        "```python\nimport pytest\n\ndef test_it():\n    assert True\n```\n"
    )

    with start_app(Settings(code=answer)) as app:
        assert {"id": 3} == answer_of(app)


def test_an_apps_own_modules_do_not_collide_with_what_runs_beside_it():
    """An app may call its modules ``routes``, ``ports``, ``report``, ``find`` or ``serve``."""
    own = "".join(f"# {name}.py\nVALUE = 1\n\n" for name in ("find", "ports", "report", "serve"))
    main = (
        "# main.py\nimport find, ports, report, serve, routes\nfrom flask import Flask\n"
        "app = Flask(__name__)\n\n@app.get('/items/<item_id>')\ndef item(item_id):\n"
        "    return {'id': find.VALUE + ports.VALUE + report.VALUE * serve.VALUE}\n"
    )

    with start_app(Settings(code=f"{own}# routes.py\nVALUE = 1\n\n{main}")) as app:
        assert {"id": 3} == answer_of(app)


COMMANDS = {
    "with the port filled in": "uvicorn fastapi_object:app --port {port}",
    "on a port of its own": "LEVEL=1 python random_port.py",
    "through a shell": "sh -c 'exec uvicorn fastapi_object:app --port {port}'",
    "from the environment": "flask --app flask_main run",
}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_a_command_runs_in_a_copy_of_the_workspace(command):
    """The user's own command line, without a shell unless it asks for one."""
    with start_app(Settings(command=command, workspace=APPS)) as app:
        assert {"id": 3} == answer_of(app)
        assert f"command {command}" == app.description


def test_a_command_finds_the_agents_files_beside_it():
    """Without a workspace the agent's own code lies in the working directory."""
    code = (APPS / "fastapi_object.py").read_text()
    answer = f"```python service.py\n{code}```"

    with start_app(Settings(command="uvicorn service:app --port {port}", code=answer)) as app:
        assert {"id": 3} == answer_of(app)


def test_a_single_file_brings_the_neighbours_it_needs(tmp_path):
    """Imported modules and files named in the code are copied; nothing is written beside them."""
    (tmp_path / "store.py").write_text("import json\nITEM = json.load(open('seed.json'))\n")
    (tmp_path / "seed.json").write_text('{"id": 3}')
    (tmp_path / "unrelated.txt").write_text("not needed")
    (tmp_path / "app.py").write_text(
        "from flask import Flask\nfrom store import ITEM\napp = Flask(__name__)\n"
        "open('written.txt', 'w').close()\n\n"
        "@app.get('/items/<item_id>')\ndef item(item_id):\n    return ITEM\n"
    )
    before = sorted(path.name for path in tmp_path.iterdir())

    with start_app(Settings(workspace=tmp_path / "app.py")) as app:
        copied = {path.name for path in (app.process.folder / "app").iterdir()}
        assert {"id": 3} == answer_of(app)

    assert {"app.py", "store.py", "seed.json", "written.txt"} == copied
    assert before == sorted(path.name for path in tmp_path.iterdir())


def test_a_server_that_is_left_to_a_thread_is_not_served_twice():
    """The main block may end before its thread has bound the port."""
    definitions = """

def later():
    import time
    time.sleep(0.5)
    run()


def application(environ, start_response):
    raise SystemError("this is not what the author serves")


if __name__ == "__main__":
    import threading
    threading.Thread(target=later).start()
"""
    code = (APPS / "http_server.py").read_text().split("if __name__")[0] + definitions

    with start_app(Settings(code=code)) as app:
        assert {"id": 3} == answer_of(app)
