"""The unmodified host's ``ci`` command: what passes and what does not, however busy the machine."""

from __future__ import annotations

import json

import pytest
from host_command import LIGHT, NO_LIMIT_ON_TIMES, Command

pytestmark = pytest.mark.slow
SOUND = {**LIGHT, **NO_LIMIT_ON_TIMES}
TOO_SLOW = {**LIGHT, "max_p95_response_time": 0.001}


def ci(context, *words) -> Command:
    asked = ("ci", "--agent", "codex", "--behaviors", "api-performance", *words)
    return Command((*asked, "--config", "config.json"), {"config.json": {"context": context}})


COMMANDS = {
    "sound, openai": ci(SOUND),
    "sound, ollama": ci(SOUND, "--llm-provider", "ollama"),
    "too slow, openai": ci(TOO_SLOW),
    "too slow, ollama": ci(TOO_SLOW, "--llm-provider", "ollama"),
    "summary": ci(TOO_SLOW, "--output-format", "summary"),
}


@pytest.fixture(scope="module")
def ended(shared_host):
    return shared_host.run_in_turn(COMMANDS)


@pytest.mark.parametrize("provider", ["openai", "ollama"])
@pytest.mark.parametrize(("app", "code"), [("sound", 0), ("too slow", 1)])
def test_ci_gates_on_our_verdict(provider: str, app: str, code: int, ended) -> None:
    """Exit code 0 for what passes, 1 for what does not; ollama needs no key."""
    done = ended[f"{app}, {provider}"]
    assert done.returncode == code, done.stdout + done.stderr
    printed = json.loads(done.stdout[done.stdout.index("{") : done.stdout.rindex("}") + 1])
    assert printed["behaviors"]["api-performance"]["passed"] is (code == 0)
    assert printed["run_id"] == done.run_id()


def test_the_summary_shows_why(ended) -> None:
    """A person who reads the log of a pipeline sees the decisive line."""
    done = ended["summary"]
    assert done.returncode == 1
    assert "❌ api-performance" in done.stdout
    assert "/api/" in done.stdout
