"""Real clients of the real host and SDKs against a server on loopback."""

from __future__ import annotations

import json
from contextlib import ExitStack
from subprocess import CompletedProcess

import pytest
from stand_in_llm import StandInLLM, coding_answer, stand_in_llm

pytestmark = pytest.mark.slow
ASK = """
import json
from codeoptix.utils.llm import LLMProvider, create_llm_client
system, user = {"role": "system", "content": "be brief"}, {"role": "user", "content": "write it"}
answers = []
for model in MODELS:
    client = create_llm_client(LLMProvider(PROVIDER), "not-a-key", model)
    answers += [
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


def asking(provider: str, *models: str | None) -> str:
    """The code that asks a provider four times for each model a client is made with."""
    return ASK.replace("PROVIDER", repr(provider)).replace("MODELS", repr(models))


@pytest.fixture(scope="module")
def asked(in_turn) -> dict[str, tuple[CompletedProcess[str], list[str]]]:
    """How asking each provider went, and the models that were asked for, in order.

    First by a client without a model, then by one that was made with one; each provider has a
    server of its own.
    """
    with ExitStack() as stack:
        servers = {name: stack.enter_context(stand_in_llm("app = 1\n")) for name in DEFAULTS}
        environment = {
            name: value
            for provider, server in servers.items()
            for name, value in server.environment().items()
            if name.startswith(provider.upper())
        }
        ended = in_turn({name: asking(name, None, "chosen") for name in DEFAULTS}, **environment)
        return {name: (ended[name], models_asked(server)) for name, server in servers.items()}


def models_asked(server: StandInLLM) -> list[str]:
    return [
        path.partition("models/")[2].partition(":")[0] or asked["model"]
        for path, asked in server.asked
    ]


@pytest.mark.parametrize("provider", DEFAULTS)
def test_every_provider_answers(provider: str, asked) -> None:
    """A client made as the host makes it asks its server, whatever is or is not said."""
    done, models = asked[provider]
    answers = json.loads(done.stdout or "null")
    assert answers == [coding_answer("app = 1\n")] * 8, done.stderr
    default = DEFAULTS[provider]
    assert models[:4] == [default, default, "named", "named"]


@pytest.mark.parametrize("provider", ["openai", "anthropic", "google"])
def test_a_client_asks_for_the_model_it_was_made_with(provider: str, asked) -> None:
    """Unless the caller names another one."""
    done, models = asked[provider]
    assert models[4:] == ["chosen", "chosen", "named", "named"], done.stderr


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
            asking(provider, None),
            CODEOPTIX_PERFORMANCE_REPAIRS=repair,
            **server.environment(),
        )
    assert done.returncode == 1
    assert reason in done.stderr
