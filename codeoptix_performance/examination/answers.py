"""What answers say, quietly and under eight clients: errors called success, and one for all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from codeoptix_performance.examination.examination import MaskedErrors, SameForAll
from codeoptix_performance.target.asking import Answer, Asker
from codeoptix_performance.target.endpoint import Endpoint, Request

CLIENTS = 8
ASKED_EACH = 24
MOST_ITEMS = 3
_ERROR_WORDS = frozenset({"error", "errors", "exception", "traceback"})
_FAILED_FLAGS = frozenset({"success", "ok", "succeeded"})


def ask_at_once(asker: Asker, requests: Sequence[Request]) -> list[Answer]:
    """The answers, in order, to requests asked by ``CLIENTS`` clients at the same time."""
    with ThreadPoolExecutor(CLIENTS, "examination") as clients:
        return list(clients.map(asker.ask, requests))


def find_masked_errors(asker: Asker, endpoint: Endpoint) -> MaskedErrors | None:
    """2xx answers that say they failed, where the same request is answered well in quiet."""
    request = endpoint.requests[0]
    if says_failed(asker.ask(request)):
        return None  # it may be what the endpoint is for, such as the report on a failed job
    answers = [answer for answer in ask_at_once(asker, [request] * ASKED_EACH) if answer.status]
    masked = [answer for answer in answers if says_failed(answer)]
    if not masked:
        return None
    words = masked[0].body.decode(errors="replace")
    return MaskedErrors(endpoint.name, len(masked), len(answers), masked[0].status, words)


def says_failed(answer: Answer) -> bool:
    """A 2xx answer whose JSON holds an error in words, or a flag of success that is false."""
    content = answer.json
    if not 200 <= answer.status < 300 or not isinstance(content, Mapping):
        return False
    by_name = {str(key).lower(): value for key, value in content.items()}
    if any(by_name.get(flag) is False for flag in _FAILED_FLAGS):
        return True
    return any(isinstance(by_name.get(w), str | dict) and by_name[w] for w in _ERROR_WORDS)


def find_same_for_all(asker: Asker, endpoint: Endpoint) -> SameForAll | None:
    """The one item an endpoint gives for every id in its path, though it names an id of its own."""
    if not endpoint.path.endswith("}"):
        return None
    by_path = {request.path: request for request in reversed(endpoint.requests)}
    paths = list(reversed(by_path))[:MOST_ITEMS]
    if len(paths) < 2:
        return None
    answers = [asker.ask(by_path[path]) for path in paths]
    content = answers[0].json
    alike = all(answer.status == 200 and answer.json == content for answer in answers)
    if not alike or not isinstance(content, Mapping):
        return None
    asked = tuple(path.partition("?")[0].rpartition("/")[2] for path in paths)
    if len(set(asked) & {str(own) for own in _own_ids(content, endpoint)}) != 1:
        return None
    return SameForAll(endpoint.name, asked, answers[0].body.decode(errors="replace"))


def _own_ids(content: Mapping[str, Any], endpoint: Endpoint) -> Iterator[Any]:
    parameter = endpoint.path.rpartition("{")[2].rstrip("}")
    yield from (content[key] for key in ("id", "_id", parameter) if key in content)
