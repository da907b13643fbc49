"""What one Locust user does: choose, send, record, pause.

Imports gevent: to be imported after ``import_locust`` only.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from time import perf_counter
from typing import Any
from urllib.parse import quote, urlsplit

from gevent.ssl import SSLContext

from codeoptix_performance.load.answer import Answer
from codeoptix_performance.load.connection import Connection
from codeoptix_performance.load.cookies import Cookies
from codeoptix_performance.load.engine import Sink
from codeoptix_performance.load.server_address import ServerAddress
from codeoptix_performance.load.traffic import Choices, ItemSource, Route, Traffic
from codeoptix_performance.load.wire import WireRequest, encode_target


class RunJournal:
    """Facts on their way to the sink, until the moment the run stops; keeps the sink's errors."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self.stopped_at: float | None = None
        self.active_users = 0
        self.peak_users = 0
        self.spawned_users = 0
        self.sink_errors: dict[str, None] = {}
        self.deaths: list[str] = []

    def user_arrived(self) -> int:
        """The number of a user who begins now, from 0."""
        number = self.spawned_users
        self.spawned_users += 1
        self._count_users(1)
        return number

    def user_died(self, error: BaseException) -> None:
        """Takes the error that ended one user's work before the end of the run."""
        self.deaths.append(f"a user ended by {type(error).__name__}: {error}")
        self._count_users(-1)

    def begin(self, endpoint: int) -> int | None:
        """The sink's token for a request that leaves now; None where it could give none."""
        try:
            now = perf_counter()
            return self._sink.begin(endpoint, now, now)
        except Exception as error:  # noqa: BLE001 # a sink's defect is reported, not spread
            self._keep_error("begin", error)
            return None

    def end(self, token: int | None, answer: Answer) -> None:
        """Hands on the answer, unless the run has stopped or the sink never took the request."""
        if token is None or self.stopped_at is not None:
            return
        try:
            self._sink.end(token, perf_counter(), answer.status, answer.size, answer.cause)
        except Exception as error:  # noqa: BLE001 # a sink's defect is reported, not spread
            self._keep_error("end", error)

    def _count_users(self, change: int) -> None:
        self.active_users += change
        self.peak_users = max(self.peak_users, self.active_users)
        if self.stopped_at is not None:
            return
        try:
            self._sink.users(self.active_users, perf_counter())
        except Exception as error:  # noqa: BLE001 # a sink's defect is reported, not spread
            self._keep_error("users", error)

    def _keep_error(self, where: str, error: Exception) -> None:
        self.sink_errors[f"{where}: {type(error).__name__}: {error}"] = None


@dataclass(frozen=True, slots=True)
class Assignment:
    """What every user of a run is given."""

    address: ServerAddress
    traffic: Traffic
    request_timeout: float
    tls_context: SSLContext | None
    journal: RunJournal


class Work:
    """One user's work, a request at a time, over its own connection and with its own cookies."""

    def __init__(self, assignment: Assignment) -> None:
        address = assignment.address
        self._journal = assignment.journal
        self._choices = Choices(assignment.traffic, assignment.journal.user_arrived())
        self._connection = Connection(
            address, timeout=assignment.request_timeout, tls_context=assignment.tls_context
        )
        scheme = "https" if address.tls else "http"
        self._cookies = Cookies(f"{scheme}://{address.host_header}")

    def send_next(self) -> None:
        """One request of the endpoint whose turn it is, and before it the item it uses up."""
        route, turn = self._choices.next_route()
        if route.items is None:
            self._send(route.endpoint, route.requests[turn])
        else:
            self._send_with_new_item(route, turn, route.items)

    def pause(self) -> float:
        """Seconds until the next request."""
        return self._choices.pause()

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
    ) -> Answer:
        asked = request.target if target is None else target
        wire = request.encoded(target=target, cookies=self._cookies.header(asked))
        token = None if endpoint is None else self._journal.begin(endpoint)
        answer = self._connection.exchange(request.method, wire, keep_body=keep_body)
        self._journal.end(token, answer)
        if answer.set_cookie:
            self._cookies.keep(asked, answer.set_cookie)
        return answer

    def _send_with_new_item(self, route: Route, turn: int, items: ItemSource) -> None:
        """Leaves the request out where no item could be made: its own failure says so."""
        created = self._send(items.endpoint, items.request, keep_body=True)
        item = None if created.cause else read_item_id(created, items.id_field)
        if item is None:
            return
        path = route.paths[turn].replace(items.placeholder, quote(item, safe=""))
        self._send(route.endpoint, route.requests[turn], target=encode_target(path))


def read_item_id(answer: Answer, id_field: str) -> str | None:
    """The new item's id: ``id_field`` of the JSON answer, else the end of ``Location``."""
    try:
        document: Any = json.loads(answer.body)
    except ValueError:
        document = None
    value = document.get(id_field) if isinstance(document, dict) else None
    if isinstance(value, str | int) and not isinstance(value, bool):
        return str(value)
    last = urlsplit(answer.location or "").path.rstrip("/").rpartition("/")[2]
    return last or None
