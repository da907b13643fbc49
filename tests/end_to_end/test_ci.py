"""The unmodified host's ``ci`` command."""

from __future__ import annotations

import json

import pytest
from host_command import CONTEXT, DEMO, Host

pytestmark = [pytest.mark.slow, pytest.mark.alone]


@pytest.mark.parametrize("provider", ["openai", "ollama"])
@pytest.mark.parametrize(("app", "code"), [("sound", 0), ("blocking", 1)])
def test_ci_gates_on_our_verdict(provider: str, app: str, code: int, host: Host) -> None:
    """Exit code 0 for a sound app, 1 for a slow one; ollama needs no key."""
    done = host.run(
        *("ci", "--agent", "codex", "--behaviors", "api-performance"),
        *("--llm-provider", provider, "--config", host.config(context=CONTEXT)),
        CODEX_APP=str(DEMO / f"{app}.py"),
    )
    assert done.returncode == code, done.stdout + done.stderr
    printed = json.loads(done.stdout[done.stdout.index("{") : done.stdout.rindex("}") + 1])
    assert printed["behaviors"]["api-performance"]["passed"] is (code == 0)
    assert (host.folder / ".codeoptix/artifacts" / f"results_{printed['run_id']}.json").exists()


def test_the_summary_shows_why(host: Host) -> None:
    """A person who reads the log of a pipeline sees the decisive line."""
    done = host.run(
        *("ci", "--agent", "codex", "--behaviors", "api-performance"),
        *("--output-format", "summary", "--config", host.config(context=CONTEXT)),
        CODEX_APP=str(DEMO / "blocking.py"),
    )
    assert done.returncode == 1
    assert "❌ api-performance" in done.stdout
    assert "/api/" in done.stdout
