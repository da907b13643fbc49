"""The entry file and the way to run it, from what the files show."""

import pytest

from codeoptix_performance.errors import TargetError
from codeoptix_performance.target.recipe import find_recipe
from codeoptix_performance.target.source import SourceFile

OBJECT = "from fastapi import FastAPI\napp = FastAPI()\n"
MAIN = 'import uvicorn\nif __name__ == "__main__":\n    uvicorn.run("{}:app")\n'
MANAGE = (
    "from django.core.management import execute_from_command_line\n"
    'if __name__ == "__main__":\n    execute_from_command_line([])\n'
)
WSGI = "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n"
RUNSERVER = ("runserver", "127.0.0.1:{port}", "--noreload")


def recipe_of(files):
    return find_recipe(tuple(SourceFile(path, text) for path, text in files.items()))


RECIPES = {
    "an app object is imported": ({"app.py": OBJECT}, ("app.py", ".", "app", "module")),
    "a main block is run": (
        {"app.py": OBJECT + MAIN.format("app")},
        ("app.py", ".", "app", "script"),
    ),
    "a server started at the top is run": (
        {"app.py": "from bottle import run\nrun()\n"},
        ("app.py", ".", "app", "script"),
    ),
    "a factory is imported": (
        {"api.py": "import flask\ndef create_app():\n    return flask.Flask('x')\n"},
        ("api.py", ".", "api", "module"),
    ),
    "the starter wins over the object": (
        {"server/app.py": OBJECT, "run.py": MAIN.format("server.app")},
        ("run.py", ".", "run", "script"),
    ),
    "a starter that only imports the app": (
        {
            "blog/__init__.py": "import flask\ndef create_app():\n    return flask.Flask('x')\n",
            "run.py": "from blog import create_app\napp = create_app()\n"
            'if __name__ == "__main__":\n    app.run()\n',
        },
        ("run.py", ".", "run", "script"),
    ),
    "main before other names": (
        {"zebra.py": OBJECT, "main.py": OBJECT},
        ("main.py", ".", "main", "module"),
    ),
    "models and routes are not the entry": (
        {
            "models.py": "from pydantic import BaseModel\n",
            "routes.py": "from fastapi import APIRouter\nrouter = APIRouter()\n",
            "service.py": "import routes\n" + OBJECT,
        },
        ("service.py", ".", "service", "module"),
    ),
    "a package with relative imports": (
        {"shop/main.py": f"from .db import x\n{OBJECT}", "shop/db.py": "x = 1\n"},
        ("shop/main.py", ".", "shop.main", "module"),
    ),
    "a package imported by its name": (
        {"src/shop/main.py": f"from shop.db import x\n{OBJECT}", "src/shop/db.py": "x = 1\n"},
        ("src/shop/main.py", "src", "shop.main", "module"),
    ),
    "a folder around everything": (
        {"project/main.py": f"from db import x\n{OBJECT}", "project/db.py": "x = 1\n"},
        ("project/main.py", "project", "main", "module"),
    ),
    "a package's own init": (
        {"shop/__init__.py": OBJECT},
        ("shop/__init__.py", ".", "shop", "module"),
    ),
    "tests, docs and clients are aside": (
        {
            "tests/main.py": OBJECT + MAIN.format("main"),
            "test_main.py": OBJECT + MAIN.format("main"),
            "client.py": OBJECT + MAIN.format("main"),
            "thing.py": OBJECT,
        },
        ("thing.py", ".", "thing", "module"),
    ),
    "a django project": (
        {"manage.py": MANAGE, "shop/wsgi.py": WSGI, "shop/settings.py": "DEBUG = True\n"},
        ("manage.py", ".", "manage", "script"),
    ),
    "a bare application": (
        {"wsgi.py": "def application(environ, start_response):\n    return []\n"},
        ("wsgi.py", ".", "wsgi", "module"),
    ),
}


@pytest.mark.parametrize(("files", "expected"), RECIPES.values(), ids=RECIPES)
def test_the_entry_and_how_it_is_run(files, expected):
    """Entry, folder on the path, module name, and as a script or a module."""
    recipe = recipe_of(files)

    assert expected == (recipe.entry, recipe.root, recipe.module, recipe.run_as)


@pytest.mark.parametrize(
    ("code", "arguments"),
    [(MANAGE, RUNSERVER), (WSGI, ()), (OBJECT, ())],
    ids=["django's commands", "django's wsgi", "fastapi"],
)
def test_only_djangos_commands_get_arguments(code, arguments):
    """``runserver`` on the port, without its reloader."""
    assert arguments == recipe_of({"app.py": code}).arguments


@pytest.mark.parametrize(
    ("files", "label"),
    [
        ({"main.py": OBJECT}, "FastAPI app in main.py"),
        ({"main.py": "import starlette, fastapi\n"}, "FastAPI app in main.py"),
        ({"main.py": MAIN.format("api"), "api.py": OBJECT}, "FastAPI app in main.py"),
        ({"main.py": "import http.server\n"}, "http.server app in main.py"),
        ({"main.py": "import asyncio\n"}, "Python web app in main.py"),
    ],
)
def test_the_description_is_what_people_call_it(files, label):
    """The framework may be imported by a file that the entry imports."""
    assert label == recipe_of(files).description


FAULTS = {
    "no web": ({"app.py": "print(1)\n", "b.py": ""}, "no-app", "app.py, b.py import no web"),
    "no python": ({"index.html": "<p>"}, "no-app", "it holds neither a Python file nor"),
    "only tests": ({"test_app.py": OBJECT}, "no-app", "No web app was found"),
    "the entry": (
        {"app.py": "import flask\nx = (\n"},
        "did-not-start",
        "SyntaxError in app.py line 2: '(' was never closed",
    ),
    "indentation": (
        {"app.py": "import flask\nif 1:\nx = 1\n"},
        "did-not-start",
        "IndentationError in app.py line 3",
    ),
    "an import of an import": (
        {"app.py": f"import a\n{OBJECT}", "a.py": "import b\n", "b.py": "def\n"},
        "did-not-start",
        "SyntaxError in b.py line 1: invalid syntax",
    ),
    "more than a parser can follow": (
        {"app.py": "import flask\nx = " + "-" * 20_000 + "1"},
        "did-not-start",
        "SyntaxError in app.py line 1: the code is nested too deeply",
    ),
    "a zero byte": ({"app.py": "import flask\0\n"}, "did-not-start", "app.py"),
}


@pytest.mark.parametrize(("files", "kind", "words"), FAULTS.values(), ids=FAULTS)
def test_what_can_not_run_is_refused_before_anything_is_started(files, kind, words):
    """With the kind and a sentence that names the file."""
    with pytest.raises(TargetError) as caught:
        recipe_of(files)

    assert kind == caught.value.failure.kind
    assert words in caught.value.failure.sentence


def test_a_broken_file_that_nothing_imports_is_no_fault():
    """An agent's leftovers do not stop its app."""
    assert "app.py" == recipe_of({"app.py": OBJECT, "notes.py": "def\n"}).entry
