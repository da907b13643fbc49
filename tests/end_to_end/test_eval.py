"""The unmodified host's ``eval`` command on apps that a stand-in agent has just written."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from host_command import CONTEXT, DEMO, LIGHT, Command, Host, evaluation

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def judged(shared_host):
    """A sound and a slow app, judged by the limits of the guide."""
    context = ("--context", json.dumps(CONTEXT))
    return shared_host.run_in_turn(
        {
            "sound": evaluation(*context, "--llm-provider", "ollama"),
            "blocking": evaluation(*context, CODEX_APP=str(DEMO / "blocking.py")),
        }
    )


@pytest.mark.alone
@pytest.mark.parametrize(
    ("app", "code", "outcome"), [("sound", 0, "pass"), ("blocking", 1, "fail")]
)
def test_codex_is_judged(app: str, code: int, outcome: str, judged) -> None:
    """Exit code 0 for a sound app, 1 for a slow one, and results.json says the same."""
    done = judged[app]
    assert done.returncode == code, done.stdout + done.stderr
    assert done.behavior()["passed"] is (outcome == "pass")
    assert done.behavior()["metadata"]["outcomes"] == [outcome]
    assert done.metadata()["outcome"] == outcome


@pytest.mark.alone
def test_a_slow_endpoint_is_named_first(judged) -> None:
    """Evolution reads three lines only: the cause comes first, then the limits it broke."""
    first, *next_two = judged["blocking"].behavior()["evidence"][:3]
    assert first.startswith("Failed: GET /api/users blocks all other requests")
    assert "blocking.py:23 (time.sleep(0.2)" in first
    assert all(line.startswith("GET /api/") and "(limit " in line for line in next_two)


INLINE, IN_A_FILE = json.dumps(LIGHT), {"context.json": LIGHT}
ASKED = {
    "basic openai": evaluation("--agent", "basic", "--context", INLINE),
    "basic anthropic": evaluation(
        *("--agent", "basic", "--llm-provider", "anthropic", "--context", "context.json"),
        files=IN_A_FILE,
    ),
    "basic google": evaluation(
        *("--agent", "basic", "--llm-provider", "google", "--context", "@context.json"),
        files=IN_A_FILE,
    ),
    "basic ollama": evaluation(
        *("--agent", "basic", "--llm-provider", "ollama", "--context", INLINE)
    ),
    "claude-code anthropic": evaluation(
        *("--agent", "claude-code", "--llm-provider", "anthropic", "--context", INLINE)
    ),
}
CONTEXTS = {"inline": "basic openai", "path": "basic anthropic", "@path": "basic google"}
REFUSED = {
    '{"users": 20': (2, "is not valid JSON"),
    '{"users": 0}': (1, "users"),
    '{"usres": 20}': (1, "did you mean 'users'?"),
    '{"run_time": "soon"}': (1, "run_time"),
    '{"url": "localhost:8000"}': (1, "url"),
    '{"url": "http://192.0.2.1"}': (1, "allow_remote"),
    '{"max_p95_response_time": -1}': (1, "max_p95_response_time"),
}


def configured(context: str, **settings) -> Command:
    """An evaluation with settings of our behavior in the host's config file.

    Where it evolves, one new prompt is tried.
    """
    config = {
        "evaluation": {"behaviors": {"api-performance": settings}},
        "evolution": {"population_size": 2},
    }
    words = ("--config", "config.json", "--context", context)
    return evaluation(*words, files={"config.json": config})


OTHERS = {
    "beside the host's own": evaluation(
        *("--behaviors", "insecure-code,api-performance", "--context", INLINE)
    ),
    "configured": configured(
        *('{"users": 2}',),
        **{
            **LIGHT,
            "severity": "critical",
            "users": 3,
            "spawn_rate": 3,
            "max_p95_response_time": 0.001,
        },
    ),
    "not enabled": configured(INLINE, enabled=False),
    "failed agent": evaluation("--context", INLINE, CODEX_FAILS="no credits left"),
}


@pytest.fixture(scope="module")
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The host's folder for temporary files."""
    return tmp_path_factory.mktemp("temporary")


@pytest.fixture(scope="module")
def ended(shared_host: Host, temporary: Path):
    """Everything that is asked in one process, and that no test changes."""
    refused = {context: evaluation("--context", context) for context in REFUSED}
    return shared_host.run_in_turn({**ASKED, **OTHERS, **refused}, TMPDIR=str(temporary))


@pytest.mark.parametrize("agent", ASKED)
def test_agents_of_every_provider_are_judged(agent: str, ended) -> None:
    """The host's clients work, and the app is found in an answer full of prose and tests."""
    done = ended[agent]
    assert "Evaluation Complete" in done.stdout, done.stdout + done.stderr
    assert {"GET /api/users", "POST /api/posts"} <= {
        endpoint["name"] for endpoint in done.metadata()["endpoints"]
    }


def test_beside_the_hosts_own_behavior(ended) -> None:
    """Both are evaluated; the host's own result keeps its shape."""
    done = ended["beside the host's own"]
    assert "Evaluation Complete" in done.stdout, done.stdout + done.stderr
    behaviors = done.results()["behaviors"]
    assert "passed" not in behaviors["insecure-code"]
    assert isinstance(behaviors["api-performance"]["passed"], bool)


@pytest.mark.parametrize("form", CONTEXTS)
def test_the_context_reaches_the_load(form: str, ended) -> None:
    """However it is written, its users are the users of the run."""
    assert ended[CONTEXTS[form]].metadata()["load"]["users"] == 2


@pytest.mark.parametrize("context", REFUSED)
def test_bad_words_are_one_clear_sentence(context: str, ended) -> None:
    """No traceback, and no result: nothing was started."""
    done = ended[context]
    code, reason = REFUSED[context]
    assert done.returncode == code
    assert reason in done.stderr
    assert "Traceback" not in done.stderr
    assert not (done.folder / "results.json").exists()


def test_settings_of_the_config_file_hold_and_the_context_wins(ended) -> None:
    """``evaluation.behaviors.api-performance`` takes severity and every setting of ours."""
    done = ended["configured"]
    assert "Evaluation Complete" in done.stdout, done.stdout + done.stderr
    assert done.metadata()["load"]["users"] == 2
    assert done.metadata()["load"]["run_time_seconds"] == 1
    result = done.behavior()["scenario_results"][0]["behavior_result"]
    assert result["severity"] == "critical"


def test_a_behavior_that_is_not_enabled_is_not_run(ended) -> None:
    """The host's own word for it holds for ours."""
    done = ended["not enabled"]
    assert done.returncode == 1
    assert "No enabled behaviors found" in done.stderr


def test_an_agent_that_failed_is_quoted(ended) -> None:
    """No code is never a pass, and the first line says what the agent's tool said."""
    done = ended["failed agent"]
    assert done.returncode == 1
    assert "no credits left" in done.behavior()["evidence"][0]
    assert [finding["id"] for finding in done.metadata()["findings"]] == ["no-code"]


def test_nothing_temporary_is_left(ended, temporary: Path) -> None:
    """The folder for temporary files is as empty after all those runs as before."""
    assert ended
    assert list(temporary.iterdir()) == []


def test_reflection_and_evolution_run_on_our_results(ended, host: Host) -> None:
    """The report shows our evidence; evolution measures new prompts with our behavior."""
    shutil.copytree(ended["configured"].folder, host.folder, dirs_exist_ok=True)
    run_id = host.run_id()
    reflected = host.run(Command(("reflect", "--input", run_id, "--output", "reflection.md")))
    assert reflected.returncode == 0, reflected.stderr
    report = (host.folder / "reflection.md").read_text()
    assert host.behavior()["evidence"][0] in report
    assert "Agent not following planning artifacts" not in report
    evolved = host.run(
        Command(("evolve", "--input", run_id, "--iterations", "1", "--config", "config.json"))
    )
    assert evolved.returncode == 0, evolved.stderr
    assert (host.folder / ".codeoptix" / "artifacts" / f"evolved_prompts_{run_id}.yaml").exists()
