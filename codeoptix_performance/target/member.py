"""One user whom the app knows: the one who asks before the load."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import quote

from codeoptix_performance.target.asking import Answer, Asker, fresh_value, with_value
from codeoptix_performance.target.endpoint import Request
from codeoptix_performance.target.html_form import hidden_fields, with_hidden_fields
from codeoptix_performance.target.login import Echo, Login, Step
from codeoptix_performance.target.operation import WRITES, Guard

_CHANGES = WRITES | {"DELETE"}


class Member:
    """Goes through the login's steps by ``enter``; from then on signs requests.

    ``value`` is what the user's markers have become, for one whom the app knows already, and
    ``credential`` what it was given then.
    """

    def __init__(
        self, login: Login, asker: Asker, value: str = "", credential: str | None = None
    ) -> None:
        self._login = login
        self._asker = asker
        self._value = value
        self._credential = credential

    def enter(self) -> bool:
        """Every step with one fresh value in all of them; False if the app refused one."""
        self._value = fresh_value()
        answers = [self.take(step) for step in self._login.steps]
        if not all(answer.welcome for answer in answers):
            return False
        return self.keep(answers[-1] if answers else None)

    def renew(self) -> bool:
        """Logs in again as the same user, or registers another where there is no other way in."""
        if self._login.enter is None:
            return self._login.register is not None and self.enter()
        answer = self.take(self._login.enter)
        return answer.welcome and self.keep(answer)

    def take(self, step: Step) -> Answer:
        """The answer to one step, its page asked first."""
        return take_step(self._asker, step, self._value, self._login.echo)

    def signed(self, request: Request) -> Request:
        """The request with the user's credential in place of any other."""
        request = _echoed(request, self._asker, self._login.echo)
        if self._login.guard is None or self._credential is None:
            return request
        return with_credential(request, self._login.guard, self._credential)

    def keep(self, answer: Answer | None) -> bool:
        """Takes the credential out of the last step's answer; False if it holds none."""
        self._credential = self._login.credential(answer and answer.json, self._value)
        return self._login.guard is None or self._credential is not None


def take_step(asker: Asker, step: Step, value: str, echo: Echo | None) -> Answer:
    """The answer to one step of the user whose markers are ``value``, its page asked first."""
    request = with_value(step.request, value)
    if step.page:
        page = asker.ask_unsigned(Request("GET", step.page))
        hidden = hidden_fields(page.body, step.request.path)
        request = replace(request, body=with_hidden_fields(request.body, hidden))
    return asker.ask_unsigned(_echoed(request, asker, echo))


def _echoed(request: Request, asker: Asker, echo: Echo | None) -> Request:
    value = asker.cookies().get(echo.cookie) if echo else None
    if echo is None or value is None or request.method not in _CHANGES:
        return request
    headers = (*_without(request.headers, echo.header), (echo.header, value))
    return Request(request.method, request.path, headers, request.body)


def with_credential(request: Request, guard: Guard, credential: str) -> Request:
    """The request with ``credential`` where ``guard`` looks for it, and nowhere else."""
    bare = without_credential(request, guard)
    headers, path = bare.headers, bare.path
    if guard.place == "header":
        headers = (*headers, (guard.name, credential))
    elif guard.place == "cookie":
        headers = (*headers, ("Cookie", f"{guard.name}={credential}"))
    else:
        mark = "&" if "?" in path else "?"
        path = f"{path}{mark}{quote(guard.name, safe='')}={quote(credential, safe='')}"
    return Request(request.method, path, headers, request.body)


def without_credential(request: Request, guard: Guard) -> Request:
    """The request without what was made up where ``guard`` looks."""
    headers, path = request.headers, request.path
    if guard.place == "header":
        headers = _without(headers, guard.name)
    elif guard.place == "cookie":
        headers = _without(headers, "cookie")
    else:
        name = re.escape(quote(guard.name, safe=""))
        path = re.sub(rf"(?<=[?&]){name}=[^&]*&?", "", path).rstrip("?&")
    return Request(request.method, path, headers, request.body)


def _without(headers: tuple[tuple[str, str], ...], name: str) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in headers if pair[0].lower() != name.lower())
