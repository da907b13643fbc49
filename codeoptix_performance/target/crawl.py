"""Endpoints found by following links and GET forms from the front page, on the same origin."""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urldefrag, urlencode, urljoin, urlsplit

from codeoptix_performance.target.asking import Answer, Asker
from codeoptix_performance.target.endpoint import Request, Skipped
from codeoptix_performance.target.operation import Operation, usual_weight
from codeoptix_performance.target.unwelcome import is_left_out

_MOST_PAGES = 50
_DEEPEST = 3
_SECONDS = 5.0
_NOT_SENT = frozenset({"submit", "button", "image", "reset", "file"})
_MOST_REQUESTS = 20
_LOOKS_LIKE_AN_ID = re.compile(
    r"\d+|[0-9a-fA-F]{24}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
)


@dataclass(frozen=True, slots=True)
class Crawled:
    """Operations with requests that were answered, and pages that refused."""

    operations: tuple[Operation, ...]
    skipped: tuple[Skipped, ...]


def crawl(asker: Asker, start: str = "/") -> Crawled:
    """What ``start`` leads to: at most 50 pages, three links deep, within 5 seconds.

    Pages that differ only in an id are one endpoint (``/items/{id}``), and so are pages that
    differ only in their query.
    """
    waiting = deque([(start, 0)])
    seen = {start}
    pages: dict[str, list[str]] = {}
    skipped: dict[str, Skipped] = {}
    deadline = time.monotonic() + _SECONDS
    for _ in range(_MOST_PAGES):
        if not waiting or time.monotonic() > deadline:
            break
        path, depth = waiting.popleft()
        answer = asker.get(path)
        template = _template(path)
        if 400 <= answer.status < 500 or answer.media_type == "text/event-stream":
            skipped[template] = Skipped(f"GET {template}", f"answered {answer.status} to a link")
            continue
        pages.setdefault(template, []).append(path)
        for link in _links(answer, asker.base_url, path) if depth < _DEEPEST else ():
            if link not in seen and not is_left_out(urlsplit(link).path):
                seen.add(link)
                waiting.append((link, depth + 1))
    return Crawled(
        tuple(_operation(template, paths) for template, paths in pages.items()),
        tuple(skip for template, skip in skipped.items() if template not in pages),
    )


def _operation(template: str, paths: list[str]) -> Operation:
    requests = tuple(Request("GET", path) for path in paths[:_MOST_REQUESTS])
    return Operation("GET", template, "crawl", usual_weight("GET"), ready=requests)


def _template(path: str) -> str:
    segments = urlsplit(path).path.split("/")
    return "/".join("{id}" if _LOOKS_LIKE_AN_ID.fullmatch(part) else part for part in segments)


def _links(answer: Answer, base_url: str, path: str) -> Iterator[str]:
    """Paths with queries, relative to ``base_url``, in the order of the page."""
    if 300 <= answer.status < 400:
        found = [answer.headers.get("location", "")]
    elif answer.media_type in ("text/html", "application/xhtml+xml"):
        page = _Page()
        page.feed(answer.body.decode("utf-8", "replace"))
        found = page.links
    else:
        found = [text for text in _texts(answer.json) if text.startswith(("/", base_url + "/"))]
    for link in found:
        local = _local(link, base_url, path)
        if local is not None:
            yield local


def _local(link: str, base_url: str, path: str) -> str | None:
    """The link's path and query below ``base_url``; None if it leads elsewhere."""
    try:
        parts = urlsplit(urldefrag(urljoin(base_url + path, link.strip())).url)
    except ValueError:
        return None
    base = urlsplit(base_url)
    if (parts.scheme, parts.netloc) != (base.scheme, base.netloc):
        return None
    if not parts.path.startswith(base.path.rstrip("/") + "/") and parts.path:
        return None
    below = parts.path.removeprefix(base.path.rstrip("/")) or "/"
    return below + (f"?{parts.query}" if parts.query else "")


def _texts(content: Any, depth: int = 4) -> Iterator[str]:
    """Every string of a JSON value that could be a link: no blanks, nothing deeper than four."""
    if isinstance(content, str) and not re.search(r"\s", content):
        yield content
    elif depth and isinstance(content, list | dict):
        for entry in content if isinstance(content, list) else content.values():
            yield from _texts(entry, depth - 1)


@dataclass
class _Form:
    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)


class _Page(HTMLParser):
    """Collects what a reader could click without sending anything but a GET."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self._form: _Form | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and given.get("href") and "download" not in given:
            self.links.append(given["href"])
        elif tag == "form" and given.get("method", "get").lower() == "get":
            self._form = _Form(given.get("action", ""))
        elif self._form is not None:
            self._add_field(self._form, tag, given)

    def _add_field(self, form: _Form, tag: str, given: dict[str, str]) -> None:
        """Text as it is set beforehand or an everyday word; of a choice its first value."""
        if tag == "select":
            self._select = given.get("name", "")
        elif tag == "option" and self._select and given.get("value"):
            form.fields.append((self._select, given["value"]))
            self._select = ""
        elif tag in ("input", "textarea") and given.get("name"):
            kind = given.get("type", "text")
            if kind not in _NOT_SENT:
                form.fields.append((given["name"], given.get("value") or _field_value(kind)))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._form is not None:
            query = urlencode(self._form.fields)
            action = self._form.action.partition("?")[0] if query else self._form.action
            self.links.append(f"{action}?{query}" if query else action)
            self._form = None


def _field_value(kind: str) -> str:
    return {"number": "1", "range": "1", "date": "2025-06-15", "checkbox": "on"}.get(kind, "amber")
