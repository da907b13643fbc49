from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from codeoptix_performance.host.agent_code import code_to_test, error_of_agent


def output(code: Any = "", metadata: Any = None, traces: Any = None) -> SimpleNamespace:
    return SimpleNamespace(code=code, tests=None, metadata=metadata, traces=traces)


@pytest.mark.parametrize(
    ("agent_output", "text"),
    [
        (output("app = 1"), "app = 1"),
        (output("cut", {"full_response": "the whole answer"}), "the whole answer"),
        (output("app = 1", {"full_response": "  "}), "app = 1"),
        (output("app = 1", {"model": "x"}), "app = 1"),
        (output(None), ""),
    ],
    ids=["code", "whole answer", "empty whole answer", "other metadata", "nothing"],
)
def test_the_text_to_take_the_app_from(agent_output: Any, text: str) -> None:
    """The agent's whole answer where the host keeps it, else its code."""
    assert code_to_test(agent_output) == text


@pytest.mark.parametrize(
    ("agent_output", "error"),
    [
        (output(metadata={"error": "no credits\nleft"}), "no credits left"),
        (output(traces=[{"type": "error", "error": "first"}, {"error": "last"}]), "last"),
        (output(traces=["text", {"type": "turn.completed"}]), ""),
        (output(), ""),
    ],
    ids=["in metadata", "last in traces", "no error in traces", "nothing"],
)
def test_the_error_an_adapter_left(agent_output: Any, error: str) -> None:
    """Adapters answer empty code and put the exception into metadata and traces."""
    assert error_of_agent(agent_output) == error
