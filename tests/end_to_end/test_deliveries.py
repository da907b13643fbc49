"""Folders as agents deliver them, each checked by one ``codeoptix-performance check FOLDER``.

The load is short by Locust's own variables; nothing is said of the app. Packages that are not here
come from the package index and the registry that this machine uses. Where those cannot be reached,
tests that need them are skipped, but not in continuous integration.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

APPS = Path(__file__).parents[1] / "apps"
COMMAND = Path(sys.executable).with_name("codeoptix-performance")
SHORT = {"LOCUST_USERS": "5", "LOCUST_RUN_TIME": "2s"}
DEADLINE = 150.0
NO_LIMIT_ON_TIMES = ("--max-avg-response-time=off", "--max-p95-response-time=off")
UNBROKEN = {"pass": 0, "inconclusive": 3}
"""On a busy machine so short a load may be too little to decide on; it breaks no limit anywhere."""

pytestmark = pytest.mark.slow

DELIVERIES = {
    "an Express app": ("deliveries/express", {"GET /items", "POST /items", "GET /items/{id}"}),
    "node without packages": ("deliveries/node_plain", {"GET /", "GET /items/{id}"}),
    "a Django project with migrations": (
        "deliveries/django_migrations",
        {"GET /items/", "GET /items/{item_id}"},
    ),
    "a FastAPI package with packages of its own": (
        "deliveries/fastapi_package",
        {"GET /items", "GET /items/{item_id}"},
    ),
    "a Procfile": ("deliveries/procfile_waitress", {"GET /items/{item_id}"}),
    "a layout with a src folder": ("deliveries/src_layout", {"GET /items/{item_id}"}),
}


NO_CONNECTION = re.compile(
    r"E(CONNREFUSED|CONNRESET|NOTFOUND|AI_AGAIN|TIMEDOUT|NETUNREACH|HOSTUNREACH)"
    r"|(dns|tcp connect) error|timed out"
)
"""What npm and uv say where nobody answers them."""


def skip_without_packages(result):
    """Skips, naming what npm or uv could not reach; what they were refused is no reason to."""
    told = [one["sentence"] for one in result["findings"] if one["id"] == "not-prepared"]
    if told and NO_CONNECTION.search(told[0]) and "CI" not in os.environ:
        pytest.skip(told[0])


def check(folder, cache):
    """The exit code and the result of checking a folder, with no word on what it is."""
    done = subprocess.run(
        [COMMAND, "check", folder, "--json", *NO_LIMIT_ON_TIMES],
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        env={**os.environ, **SHORT, "XDG_CACHE_HOME": str(cache)},
        check=False,
    )
    result = json.loads(done.stdout)
    skip_without_packages(result)
    return done.returncode, result, done.stderr


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """Environments of this test's own."""
    return tmp_path_factory.mktemp("cache")


@pytest.mark.parametrize(("folder", "endpoints"), DELIVERIES.values(), ids=DELIVERIES)
def test_a_folder_is_started_loaded_and_judged_by_one_command(folder, endpoints, cache):
    """Whatever it is written in, and wherever its packages come from."""
    code, result, page = check(APPS / folder, cache)

    loaded = {row["name"]: row for row in result["endpoints"]}
    assert endpoints == set(loaded), page
    assert all(row["requests"] > 0 and row["failures"] == 0 for row in loaded.values()), page
    assert UNBROKEN[result["outcome"]] == code, page


LOGINS = {
    "an OAuth2 app": (
        "fastapi_oauth2",
        "each user registers at POST /register and logs in at POST /token; Bearer token",
        {"GET /users/me", "GET /notes/{note_id}", "PUT /notes/{note_id}", "POST /token"},
    ),
    "an app with cookie sessions": (
        "flask_session_login",
        "each user registers at POST /register and logs in at POST /login; session cookie",
        {"GET /todos", "GET /todos/{todo_id}", "DELETE /todos/{todo_id}", "POST /login"},
    ),
}


@pytest.mark.parametrize(("name", "login", "behind"), LOGINS.values(), ids=LOGINS)
def test_a_folder_with_a_login_is_logged_in_by_the_same_command(
    name, login, behind, cache, tmp_path
):
    """Nobody says how: every endpoint behind it is asked, and none refuses."""
    (tmp_path / "main.py").write_text((APPS / f"{name}.py").read_text())

    code, result, page = check(tmp_path, cache)

    loaded = {row["name"]: row for row in result["endpoints"]}
    assert login in page
    assert behind <= set(loaded), page
    assert all(row["requests"] > 0 and row["failures"] == 0 for row in loaded.values()), page
    assert result["coverage"]["answered"] == result["coverage"]["known"], page
    assert UNBROKEN[result["outcome"]] == code, page


FRAMEWORKS = (
    "fastapi_main starlette_app flask_main django_single aiohttp_main quart_top litestar_app "
    "falcon_wsgi falcon_asgi bottle_run tornado_main sanic_main"
).split()


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_an_app_of_every_framework_is_loaded_from_its_folder(name, cache, tmp_path):
    """The folder holds nothing but the app."""
    (tmp_path / "main.py").write_text((APPS / f"{name}.py").read_text())

    code, result, page = check(tmp_path, cache)

    loaded = {row["name"] for row in result["endpoints"]}
    assert "GET /items/{item_id}" in loaded, page
    assert UNBROKEN[result["outcome"]] == code, page
