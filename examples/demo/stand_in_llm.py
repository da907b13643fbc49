"""A stand-in for a language model: a loopback server that answers like four providers' APIs.

It plays the agent (its answer to a coding task is a recorded app) and everything else CodeOptiX
asks a model for: scenarios, an opinion on code, a better prompt. No key, no network.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

SCENARIOS = [
    {
        "task": "A blog API",
        "prompt": "Write a small blog API with users and posts, in one Python file.",
        "expected_issues": ["slow answers under load"],
    }
]
OPINION = "BEHAVIOR_PRESENT: yes\nSCORE: 0.9\nEVIDENCE: The code answers the task."
BETTER_PROMPT = "```\nNever block the event loop; answer every request within 100 ms.\n```"


def coding_answer(app: str) -> str:
    """What an agent says: prose around the app, tests and an explanation, all in Markdown."""
    return (
        "Here is the API you asked for.\n\n"
        f"CODE:\n```python\n{app}```\n\n"
        "TESTS:\n```python\ndef test_there_are_users():\n    assert len(users) == 50\n```\n\n"
        "EXPLANATION:\nThe data lives in memory.\n"
    )


class StandInLLM(ThreadingHTTPServer):
    """The server; ``asked`` keeps the path and body of every request, in order."""

    daemon_threads = True

    def __init__(self, app: str) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.app = app
        self.asked: list[tuple[str, dict[str, Any]]] = []

    @property
    def url(self) -> str:
        """``http://127.0.0.1:PORT``, without a path."""
        return f"http://127.0.0.1:{self.server_port}"

    def environment(self) -> dict[str, str]:
        """The variables that send each provider's own client to this server."""
        return {
            "OPENAI_BASE_URL": f"{self.url}/v1",
            "OPENAI_API_KEY": "not-a-key",
            "OLLAMA_BASE_URL": self.url,
            "ANTHROPIC_BASE_URL": self.url,
            "ANTHROPIC_API_KEY": "not-a-key",
            "GOOGLE_GEMINI_BASE_URL": self.url,
            "GOOGLE_API_KEY": "not-a-key",
        }

    def answer(self, question: str) -> str:
        """The text a model would send back; which part it plays is read from the question."""
        if "JSON array of scenarios" in question:
            return json.dumps(SCENARIOS)
        if "BEHAVIOR_PRESENT" in question:
            return OPINION
        if "write a new instruction for the assistant" in question:
            return BETTER_PROMPT
        return coding_answer(self.app)


@contextmanager
def stand_in_llm(app: str) -> Iterator[StandInLLM]:
    """A running server whose coding answer is ``app``; gone afterwards."""
    server = StandInLLM(app)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: StandInLLM

    def do_GET(self) -> None:
        models = [{"name": "llama3.1"}]
        self._send(200, {"models": models} if self.path == "/api/tags" else {})

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, asked))
        refusal = _refusal(self.path, asked)
        if refusal:
            self._send(400, {"error": {"type": "invalid_request_error", "message": refusal}})
            return
        self._send(200, _in_the_words_of(self.path, asked, self.server.answer(json.dumps(asked))))

    def _send(self, status: int, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing: the terminal belongs to CodeOptiX."""


def _refusal(path: str, asked: dict[str, Any]) -> str | None:
    """Why the real service would not take this request."""
    if path == "/v1/messages":
        if "system" in asked and not isinstance(asked["system"], str | list):
            return "system: Input should be a valid string"
        if not asked.get("max_tokens"):
            return "max_tokens: Field required"
    return None


def _in_the_words_of(path: str, asked: dict[str, Any], text: str) -> dict[str, Any]:
    """``text`` in the shape of the provider whose path was asked."""
    model = asked.get("model", "")
    if path == "/v1/messages":
        return {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": model,
            "content": [{"type": "text", "text": text}],
            "stop_reason": "end_turn",
            "stop_sequence": None,
            "usage": {"input_tokens": 1, "output_tokens": 1},
        }
    if path == "/api/chat":
        return {"model": model, "message": {"role": "assistant", "content": text}, "done": True}
    if ":generateContent" in path:
        content = {"role": "model", "parts": [{"text": text}]}
        return {"candidates": [{"content": content, "finishReason": "STOP", "index": 0}]}
    message = {"role": "assistant", "content": text}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 0,
        "model": model,
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }
