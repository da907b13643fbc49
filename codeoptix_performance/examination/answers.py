"""What answers say, quietly and under eight clients: errors called success, and one for all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from codeoptix_performance.examination.examination import MaskedErrors, SameForAll
from codeoptix_performance.target.asking import Answer, Asker
from codeoptix_performance.target.endpoint import Endpoint, Request

CLIENTS = 8
ASKED_EACH = 24
MOST_ITEMS = 3
LONGEST_WORDS = 4000
_ERROR_WORDS = frozenset({"error", "errors", "exception", "traceback"})
_FAILED_FLAGS = frozenset({"success", "ok", "succeeded"})
_WORDS_ABOUT_IT = frozenset(
    {"message", "msg", "detail", "details", "reason", "status", "code", "type", "path", "timestamp"}
)
_THROWN = re.compile(
    r"Traceback \(most recent|\b(?:Key|Type|Value|Attribute|Name|Index|ZeroDivision|Runtime|Import|"
    r"ModuleNotFound|FileNotFound|UnboundLocal|JSONDecode|Operational|Programming|Integrity|"
    r"Reference)Error\b|no such (?:table|column)|database is locked|"
    r"relation .{1,90} does not exist|NoneType|has no attribute|object is not|is not defined|"
    r"is not JSON serializable|"
    r"index out of range|division by zero|positional argument|unexpected keyword argument|"
    r"Cannot read propert|of undefined|No such file or directory"
)
"""What programs say when they are wrong, and nobody says to a visitor on purpose."""


def ask_at_once(asker: Asker, requests: Sequence[Request]) -> list[Answer]:
    """The answers, in order, to requests asked by ``CLIENTS`` clients at the same time."""
    with ThreadPoolExecutor(CLIENTS, "examination") as clients:
        return list(clients.map(asker.ask, requests))


def find_masked_errors(asker: Asker, endpoint: Endpoint) -> MaskedErrors | None:
    """2xx answers that say they failed: to many at once, or to whoever asks, and nothing else.

    Of writes, whose refusals may be right, those to many count only if they were thrown.
    """
    request = endpoint.requests[0]
    if says_failed(asker.ask(request)):
        return _always_failing(asker, endpoint)
    answers = [answer for answer in ask_at_once(asker, [request] * ASKED_EACH) if answer.status]
    masked = [
        answer
        for answer in answers
        if says_failed(answer) and (endpoint.method == "GET" or _was_thrown(answer))
    ]
    return _masked(endpoint, masked, len(answers)) if masked else None


def _always_failing(asker: Asker, endpoint: Endpoint) -> MaskedErrors | None:
    """None where an answer holds anything else: it may be the report on what failed, a job.

    Only an exception of a read that is asked for nothing of ours is surely the app's own fault.
    """
    requests = list(dict.fromkeys(endpoint.requests * MOST_ITEMS))[:MOST_ITEMS]
    answers = [asker.ask(request) for request in requests]
    if not all(map(_says_only_that_it_failed, answers)):
        return None
    plain = endpoint.method == "GET" and not any("?" in request.path for request in requests)
    thrown = plain and "{" not in endpoint.path and all(map(_was_thrown, answers))
    return replace(_masked(endpoint, answers, len(answers)), always=True, thrown=thrown)


def _masked(endpoint: Endpoint, masked: Sequence[Answer], asked: int) -> MaskedErrors:
    words = masked[0].body.decode(errors="replace")
    return MaskedErrors(endpoint.name, len(masked), asked, masked[0].status, words)


def _was_thrown(answer: Answer) -> bool:
    return _THROWN.search(answer.body[:LONGEST_WORDS].decode(errors="replace")) is not None


def _says_only_that_it_failed(answer: Answer) -> bool:
    known = _ERROR_WORDS | _FAILED_FLAGS | _WORDS_ABOUT_IT
    return says_failed(answer) and not any(
        value for name, value in answer.json.items() if str(name).lower() not in known
    )


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
