"""A user who logs in: on arrival, unless it is known already, and when the app has forgotten it.

Imports gevent: to be imported after ``import_locust`` only.
"""

from __future__ import annotations

from codeoptix_performance.load.answer import Answer
from codeoptix_performance.load.journal import Journal
from codeoptix_performance.load.session import Session
from codeoptix_performance.load.traffic import Doorstep, Entrance
from codeoptix_performance.load.visitor import Assignment, Visitor
from codeoptix_performance.load.wire import WireRequest
from codeoptix_performance.target.html_form import hidden_fields, with_hidden_fields


class Member(Visitor):
    """Shows who it is with every request. Its logins are requests like others, told as such.

    A 401 is told as no failure where the user then logs in again and repeats the request: the
    answer to that one is told as it is. Where a fresh login did not help, the next 401 of that
    endpoint is a failure at once. It takes a session that an earlier load left, if there is one,
    and leaves its own to the next.
    """

    def __init__(self, assignment: Assignment, entrance: Entrance) -> None:
        super().__init__(assignment)
        self._entrance = entrance
        self._session = entrance.sessions.take() or Session(entrance.login, self._cookies)
        self._cookies, self._own = self._session.cookies, self._session.own
        self._journal = self._forgiving = _ForgivingJournal(assignment.journal)
        self._in_vain: set[int | None] = set()

    def arrive(self) -> None:
        """Registers and logs in. A step that fails is told, and its user goes on unknown."""
        if not self._session.is_known:
            self._go_in(self._entrance.register, self._entrance.enter)

    def close(self) -> None:
        """Closes the connection; the session is free."""
        super().close()
        self._entrance.sessions.put_back(self._session)

    def _renew(self) -> None:
        if self._entrance.enter is not None:
            self._session.forget()
            self._go_in(self._entrance.enter)
        else:
            self._session.begin_anew()
            self._go_in(self._entrance.register)

    def _go_in(self, *steps: Doorstep | None) -> None:
        answer = None
        for step in steps:
            if step is not None:
                answer = self._take(step)
        if answer is None or answer.cause is None:
            self._session.keep(answer)

    def _take(self, step: Doorstep) -> Answer:
        request = step.request.of_user(self._session.value)
        if step.page is not None:
            page = super()._send(step.page_endpoint, step.page, keep_body=True)
            hidden = hidden_fields(page.body, request.target.decode("ascii"))
            request = request.with_body(with_hidden_fields(request.body, hidden))
        return super()._send(step.endpoint, request, keep_body=True)

    def _send(
        self,
        endpoint: int | None,
        request: WireRequest,
        *,
        target: bytes | None = None,
        keep_body: bool = False,
        due: float | None = None,
    ) -> Answer:
        """The answer, or the one after a new login where the first was 401."""
        self._forgiving.forgives = can_be_mended = endpoint not in self._in_vain
        answer = super()._send(endpoint, request, target=target, keep_body=keep_body, due=due)
        self._forgiving.forgives = False
        if answer.status != 401 or not can_be_mended:
            return answer
        self._renew()
        answer = super()._send(endpoint, request, target=target, keep_body=keep_body)
        if answer.status == 401:
            self._in_vain.add(endpoint)
        return answer

    def _exchange(
        self, request: WireRequest, target: bytes | None, now: float, *, keep_body: bool
    ) -> Answer:
        session = self._session
        asked = request.target if target is None else target
        lines = session.lines(request.method, asked)
        wire = request.encoded(target=session.located(asked), lines=lines)
        answer = self._connection.exchange(request.method, wire, now, keep_body=keep_body)
        if answer.set_cookie:
            self._cookies.keep(asked, answer.set_cookie)
        return answer


class _ForgivingJournal:
    """Tells a 401 as no failure while ``forgives`` is true; all else as ``journal`` is told."""

    __slots__ = ("_journal", "begin", "forgives")

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.begin = journal.begin
        self.forgives = False

    def end(self, token: int | None, answer: Answer) -> None:
        """Hands on the answer."""
        if self.forgives and answer.status == 401:
            answer = answer._replace(cause=None)
        self._journal.end(token, answer)
