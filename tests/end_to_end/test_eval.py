"""The unmodified host's ``eval`` command on apps that a stand-in agent has just written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from host_command import CONTEXT, DEMO, Host

pytestmark = pytest.mark.slow
BLOCKING = str(DEMO / "blocking.py")
# Too little to decide on where other tests run beside: who asks for it must not expect a verdict.
LIGHT = {"users": 2, "spawn_rate": 2, "run_time": "1s", "min_requests": 1}


@pytest.mark.alone
@pytest.mark.parametrize("provider", ["openai", "ollama"])
@pytest.mark.parametrize(
    ("app", "code", "outcome"), [("sound", 0, "pass"), ("blocking", 1, "fail")]
)
def test_codex_is_judged(provider: str, app: str, code: int, outcome: str, host: Host) -> None:
    """Exit code 0 for a sound app, 1 for a slow one, and results.json says the same."""
    done = host.eval("--llm-provider", provider, CODEX_APP=str(DEMO / f"{app}.py"))
    assert done.returncode == code, done.stdout + done.stderr
    assert host.behavior()["passed"] is (outcome == "pass")
    assert host.behavior()["metadata"]["outcomes"] == [outcome]
    assert host.metadata()["outcome"] == outcome


@pytest.mark.alone
def test_a_slow_endpoint_is_named_first(host: Host) -> None:
    """Evolution reads three lines only: the decisive one names endpoint, figure and limit."""
    host.eval(CODEX_APP=BLOCKING)
    first = host.behavior()["evidence"][0]
    assert "/api/" in first
    assert "ms" in first
    assert "limit" in first


@pytest.mark.parametrize(
    ("agent", "provider"),
    [
        ("basic", "openai"),
        ("basic", "anthropic"),
        ("basic", "google"),
        ("basic", "ollama"),
        ("claude-code", "anthropic"),
    ],
)
def test_agents_of_every_provider_are_judged(agent: str, provider: str, host: Host) -> None:
    """The host's clients work, and the app is found in an answer full of prose and tests."""
    context = json.dumps(LIGHT)
    done = host.eval("--agent", agent, "--llm-provider", provider, "--context", context)
    assert "Evaluation Complete" in done.stdout, done.stdout + done.stderr
    assert {"GET /api/users", "POST /api/posts"} <= {
        endpoint["name"] for endpoint in host.metadata()["endpoints"]
    }


def test_beside_the_hosts_own_behavior(host: Host) -> None:
    """Both are evaluated; the host's own result keeps its shape."""
    done = host.run(
        *("eval", "--agent", "codex", "--behaviors", "insecure-code,api-performance"),
        *("--context", json.dumps(LIGHT)),
    )
    assert "Evaluation Complete" in done.stdout, done.stdout + done.stderr
    behaviors = host.results()["behaviors"]
    assert "passed" not in behaviors["insecure-code"]
    assert isinstance(behaviors["api-performance"]["passed"], bool)


@pytest.mark.parametrize("form", ["path", "@path", "inline"])
def test_the_context_reaches_the_load(form: str, host: Host) -> None:
    """However it is written, its users are the users of the run."""
    (host.folder / "context.json").write_text(json.dumps(LIGHT))
    written = {"path": "context.json", "@path": "@context.json", "inline": json.dumps(LIGHT)}
    done = host.eval("--context", written[form])
    assert "Evaluation Complete" in done.stdout, done.stdout + done.stderr
    assert host.metadata()["load"]["users"] == 2


@pytest.mark.parametrize(
    ("context", "code", "reason"),
    [
        ('{"users": 20', 2, "is not valid JSON"),
        ('{"users": 0}', 1, "users"),
        ('{"usres": 20}', 1, "did you mean 'users'?"),
        ('{"run_time": "soon"}', 1, "run_time"),
        ('{"url": "localhost:8000"}', 1, "url"),
        ('{"url": "http://192.0.2.1"}', 1, "allow_remote"),
        ('{"max_p95_response_time": -1}', 1, "max_p95_response_time"),
    ],
)
def test_bad_words_are_one_clear_sentence(context: str, code: int, reason: str, host: Host) -> None:
    """No traceback, and no result: nothing was started."""
    done = host.eval("--context", context)
    assert done.returncode == code
    assert reason in done.stderr
    assert "Traceback" not in done.stderr
    assert not (host.folder / "results.json").exists()


def test_settings_of_the_config_file_hold_and_the_context_wins(host: Host) -> None:
    """``evaluation.behaviors.api-performance`` takes severity and every setting of ours."""
    settings = {**LIGHT, "severity": "critical", "users": 3}
    config = host.config(evaluation={"behaviors": {"api-performance": settings}})
    done = host.eval("--config", config, "--context", '{"users": 2}')
    assert "Evaluation Complete" in done.stdout, done.stdout + done.stderr
    assert host.metadata()["load"]["users"] == 2
    assert host.metadata()["load"]["run_time_seconds"] == 1
    result = host.behavior()["scenario_results"][0]["behavior_result"]
    assert result["severity"] == "critical"


def test_a_behavior_that_is_not_enabled_is_not_run(host: Host) -> None:
    """The host's own word for it holds for ours."""
    config = host.config(evaluation={"behaviors": {"api-performance": {"enabled": False}}})
    done = host.eval("--config", config)
    assert done.returncode == 1
    assert "No enabled behaviors found" in done.stderr


def test_an_agent_that_failed_is_quoted(host: Host) -> None:
    """No code is never a pass, and the first line says what the agent's tool said."""
    done = host.eval(CODEX_FAILS="no credits left")
    assert done.returncode == 1
    assert "no credits left" in host.behavior()["evidence"][0]
    assert [finding["id"] for finding in host.metadata()["findings"]] == ["no-code"]


def test_reflection_and_evolution_run_on_our_results(host: Host) -> None:
    """The report shows our evidence; evolution measures new prompts with our behavior."""
    evaluation = {"behaviors": {"api-performance": {**LIGHT, "max_p95_response_time": 0.001}}}
    config = host.config(evaluation=evaluation)
    host.eval("--config", config)
    (results,) = (host.folder / ".codeoptix" / "artifacts").glob("results_*.json")
    run_id = results.stem.removeprefix("results_")
    reflected = host.run("reflect", "--input", run_id, "--output", "reflection.md")
    assert reflected.returncode == 0, reflected.stderr
    report = (host.folder / "reflection.md").read_text()
    assert host.behavior()["evidence"][0] in report
    assert "Agent not following planning artifacts" not in report
    evolved = host.run("evolve", "--input", run_id, "--iterations", "1", "--config", config)
    assert evolved.returncode == 0, evolved.stderr
    assert (host.folder / ".codeoptix" / "artifacts" / f"evolved_prompts_{run_id}.yaml").exists()


def test_inline_json_leaves_no_file(host: Host, tmp_path: Path) -> None:
    """The folder for temporary files is as empty after the run as before."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    host.eval("--context", json.dumps({**CONTEXT, **LIGHT}), TMPDIR=str(folder))
    assert host.behavior()["passed"] is True
    assert list(folder.iterdir()) == []
