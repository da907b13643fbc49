"""Real clients of the real host and SDKs against a server on loopback."""

from __future__ import annotations

import json

import pytest
from stand_in_llm import coding_answer, stand_in_llm

ASK = """
import json, os
from codeoptix.utils.llm import LLMProvider, create_llm_client
provider, model = LLMProvider(os.environ["PROVIDER"]), os.environ.get("MODEL")
client = create_llm_client(provider, "not-a-key", model)
system, user = {"role": "system", "content": "be brief"}, {"role": "user", "content": "write it"}
answers = [
    client.chat_completion([user]),
    client.chat_completion(messages=[system, user], temperature=0.7, max_tokens=100),
    client.chat_completion([user], model="named"),
    client.chat_completion([user], "named"),
]
print(json.dumps(answers))
"""
DEFAULTS = {
    "openai": "gpt-4o",
    "anthropic": "claude-3-5-sonnet-20241022",
    "google": "gemini-1.5-pro",
    "ollama": "llama3.1",
}


def models_asked(server) -> list[str]:
    return [
        path.partition("models/")[2].partition(":")[0] or asked["model"]
        for path, asked in server.asked
    ]


@pytest.mark.parametrize("provider", DEFAULTS)
def test_every_provider_answers(provider: str, python) -> None:
    """A client made as the host makes it asks its server, whatever is or is not said."""
    with stand_in_llm("app = 1\n") as server:
        done = python(ASK, PROVIDER=provider, **server.environment())
        assert json.loads(done.stdout or "null") == [coding_answer("app = 1\n")] * 4, done.stderr
        default = DEFAULTS[provider]
        assert models_asked(server) == [default, default, "named", "named"]


@pytest.mark.parametrize("provider", ["openai", "anthropic", "google"])
def test_a_client_asks_for_the_model_it_was_made_with(provider: str, python) -> None:
    """Unless the caller names another one."""
    with stand_in_llm("app = 1\n") as server:
        python(ASK, PROVIDER=provider, MODEL="chosen", **server.environment())
        assert models_asked(server) == ["chosen", "chosen", "named", "named"]


@pytest.mark.parametrize(
    ("provider", "repair", "reason"),
    [
        ("openai", "llm-model", "unexpected keyword argument 'model'"),
        ("anthropic", "anthropic-request", "temperature"),
    ],
)
def test_without_its_repair_the_released_host_fails(
    provider: str, repair: str, reason: str, python
) -> None:
    """The defect is really there, and the switch really leaves it there."""
    with stand_in_llm("app = 1\n") as server:
        done = python(
            ASK,
            PROVIDER=provider,
            CODEOPTIX_PERFORMANCE_REPAIRS=repair,
            **server.environment(),
        )
    assert done.returncode == 1
    assert reason in done.stderr
