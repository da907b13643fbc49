"""What an agent wrote, and what went wrong if it wrote nothing."""

from __future__ import annotations

from typing import Any


def code_to_test(agent_output: Any) -> str:
    """The text to take the app from: the agent's whole answer where the host keeps it.

    The basic adapter's ``code`` lost its blank lines and its fences and runs prose and tests
    together, so the answer it was cut from is the better source.
    """
    metadata = agent_output.metadata or {}
    whole = metadata.get("full_response")
    return whole if isinstance(whole, str) and whole.strip() else agent_output.code or ""


def error_of_agent(agent_output: Any) -> str:
    """The error an adapter left in metadata or traces, in one line; empty without one."""
    traces = [trace for trace in agent_output.traces or [] if isinstance(trace, dict)]
    told = (record.get("error") for record in (agent_output.metadata or {}, *reversed(traces)))
    return next((" ".join(str(error).split()) for error in told if error), "")
