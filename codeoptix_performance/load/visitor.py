"""What one user does: choose, send, record, pause.

Imports gevent: to be imported after ``import_locust`` only.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any
from urllib.parse import quote, urlsplit

from codeoptix_performance.load.answer import Answer
from codeoptix_performance.load.connection import Connection
from codeoptix_performance.load.cookies import Cookies
from codeoptix_performance.load.dialing import Connect
from codeoptix_performance.load.journal import Journal, RunJournal
from codeoptix_performance.load.known_heads import KnownHeads
from codeoptix_performance.load.redirects import MOST_REDIRECTS, TOO_MANY, redirected
from codeoptix_performance.load.server_address import ServerAddress
from codeoptix_performance.load.traffic import ItemSource, Route, Traffic
from codeoptix_performance.load.wire import WireRequest, encode_target
from codeoptix_performance.target.login import at_field

_GONE = frozenset({404, 410})


@dataclass(frozen=True, slots=True)
class Assignment:
    """What every user of a run is given. ``connect`` gives the sockets of their connections."""

    address: ServerAddress
    connect: Connect
    traffic: Traffic
    request_timeout: float
    journal: RunJournal
    heads: KnownHeads = field(default_factory=KnownHeads)


class Visitor:
    """One user's work, a request at a time, over its own connection and with its own cookies."""

    def __init__(self, assignment: Assignment) -> None:
        address = assignment.address
        self._address = address
        self._journal: Journal = assignment.journal
        self._connection = Connection(
            assignment.connect,
            assignment.heads,
            timeout=assignment.request_timeout,
            encrypted=address.tls,
        )
        scheme = "https" if address.tls else "http"
        self._own: dict[str, tuple[str, ...]] = {}
        self._cookies = Cookies(f"{scheme}://{address.host_header}")

    def arrive(self) -> None:
        """What the user does before its first request: nothing, unless the app has a login."""

    def send(self, route: Route, turn: int, due: float | None = None) -> None:
        """The route's request whose turn it is, and before it the item it needs, if any.

        ``due`` is the moment it should have left; None for now.
        """
        if route.items is None:
            self._send(route.endpoint, route.requests[turn], due=due)
        else:
            self._send_about_own_item(route, turn, route.items, due)

    def close(self) -> None:
        """Closes the connection."""
        self._connection.close()

    def _send(
        self,
        endpoint: int | None,
        request: WireRequest,
        *,
        target: bytes | None = None,
        keep_body: bool = False,
        due: float | None = None,
    ) -> Answer:
        """The last answer; with those that redirected to it, it is one request to the journal."""
        now = perf_counter()
        token = None
        if endpoint is not None:
            token = self._journal.begin(endpoint, now if due is None else due, now)
        answer = self._exchange(request, target, now, keep_body=keep_body)
        if answer.location is not None:
            answer = self._follow(request, target, answer, now, keep_body=keep_body)
        self._journal.end(token, answer)
        return answer

    def _exchange(
        self, request: WireRequest, target: bytes | None, now: float, *, keep_body: bool
    ) -> Answer:
        asked = request.target if target is None else target
        wire = request.encoded(target=target, lines=self._cookies.line(asked))
        answer = self._connection.exchange(request.method, wire, now, keep_body=keep_body)
        if answer.set_cookie:
            self._cookies.keep(asked, answer.set_cookie)
        return answer

    def _follow(
        self,
        request: WireRequest,
        target: bytes | None,
        answer: Answer,
        now: float,
        *,
        keep_body: bool,
    ) -> Answer:
        """The answer at the end of the way; the time limit of the first request is that of all."""
        asked = request.target if target is None else target
        hops, place = 0, answer.location
        while following := redirected(request, asked, answer, self._address):
            if hops == MOST_REDIRECTS:
                return answer._replace(cause=TOO_MANY)
            request, asked = following
            answer = self._exchange(request, asked, now, keep_body=keep_body)
            place = answer.location or place
            hops += 1
        return answer._replace(location=place)

    def _send_about_own_item(
        self, route: Route, turn: int, items: ItemSource, due: float | None
    ) -> None:
        """Leaves the request out where no item could be made: its own failure says so."""
        if not items.kept or items.key not in self._own:
            ids, due = self._make(items, due), None
        else:
            ids = self._own[items.key]
        if ids is None:
            return
        target = encode_target(_filled(route.paths[turn], items, ids))
        request = _about(route.requests[turn], items, ids)
        answer = self._send(route.endpoint, request, target=target, due=due)
        if answer.status in _GONE:
            self._own.pop(items.key, None)

    def _make(self, items: ItemSource, due: float | None) -> tuple[str, ...] | None:
        """The ids of a new item and of those it belongs to, outermost first; None if it failed."""
        above: tuple[str, ...] = ()
        target = None
        if items.before is not None:
            known = self._own.get(items.before.key)
            if known is None:
                known, due = self._make(items.before, due), None
            if known is None:
                return None
            above = known
            target = encode_target(_filled(items.path, items.before, above))
        request = _about(items.request, items.before, above) if items.before else items.request
        created = self._send(items.endpoint, request, target=target, keep_body=True, due=due)
        item = None if created.cause else read_item_id(created, items.id_field)
        if item is None:
            return None
        ids = (*above, item)
        if items.kept:
            self._own[items.key] = ids
        return ids


def _filled(path: str, items: ItemSource, ids: tuple[str, ...]) -> str:
    """``path`` with ids for the placeholders of ``items`` and of those before it."""
    source: ItemSource | None = items
    for item in reversed(ids):
        if source is None:
            break
        path = path.replace(source.placeholder, quote(item, safe=""))
        source = source.before
    return path


def _about(request: WireRequest, items: ItemSource, ids: tuple[str, ...]) -> WireRequest:
    """``request`` with ids for the placeholders in its body, if there are any."""
    body = request.body
    source: ItemSource | None = items
    for item in reversed(ids):
        if source is None:
            break
        body = body.replace(source.placeholder.encode(), json.dumps(item)[1:-1].encode())
        source = source.before
    return request if body == request.body else request.with_body(body)


def read_item_id(answer: Answer, id_field: str) -> str | None:
    """The new item's id: ``id_field`` of the JSON answer, else the end of ``Location``."""
    try:
        document: Any = json.loads(answer.body)
    except (ValueError, RecursionError):
        document = None
    value = at_field(document, id_field) if id_field else None
    if value is not None:
        return value
    last = urlsplit(answer.location or "").path.rstrip("/").rpartition("/")[2]
    return last or None
