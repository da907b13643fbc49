"""Apps with a login, started, logged in and loaded with no word but their code."""

from pathlib import Path

import pytest

from codeoptix_performance.assessment import assess
from codeoptix_performance.settings.sources import settings_from

APPS = Path(__file__).parent.parent / "apps"
USERS = 3

pytestmark = pytest.mark.slow


def assessed(code, **words):
    return assess(
        settings_from({"code": code, "users": USERS, "run_time": "3s", **words}, profile="api")
    )


@pytest.mark.parametrize(
    "name",
    [
        "fastapi_oauth2",
        "fastapi_projects",
        "fastapi_basic",
        "fastapi_accounts",
        "fastapi_realworld",
        "flask_token_header",
        "flask_session_login",
        "flask_api_key",
        "django_session_login",
    ],
)
def test_every_endpoint_behind_a_login_answers_under_load(name):
    """Each user is another one to the app, and nothing it asks for is refused."""
    result = assessed((APPS / f"{name}.py").read_text())

    failures = {one.name: one.causes for one in result.measurement.endpoints if one.failures}
    assert {} == failures
    assert result.coverage.answered == result.coverage.known
    requests = {one.name: one.requests for one in result.measurement.endpoints}
    assert all(USERS == requests[step.endpoint] for step in result.target.login.steps)


def test_tokens_that_run_out_are_renewed():
    """The run outlasts them several times, and no request fails for it."""
    code = (APPS / "fastapi_oauth2.py").read_text().replace('"1800"', '"1"')

    result = assessed(code, run_time="5s")

    requests = {one.name: one.requests for one in result.measurement.endpoints}
    assert 0 == result.measurement.total.failures
    assert requests["POST /token"] > USERS == requests["POST /register"]


def test_an_app_that_keeps_its_door_shut_is_not_passed():
    """One open page of many speaks for nobody."""
    closed = "".join(
        f"@app.get('/closed{number}')\ndef closed{number}():\n    raise HTTPException(403)\n\n"
        for number in range(4)
    )
    code = f"from fastapi import FastAPI, HTTPException\napp = FastAPI()\n\n{closed}"
    code += "@app.get('/health')\ndef health():\n    return {'ok': True}\n"

    result = assessed(code)

    assert "inconclusive" == result.verdict.outcome
    assert "barely-exercised" in {finding.id for finding in result.verdict.findings}
    assert (1, 5) == (result.coverage.answered, result.coverage.known)
