"""Asks as one of the two clients, in a process of its own: ``client_process.py ours|theirs``.

Jobs come as JSON lines on stdin, what came back leaves as JSON lines on stdout.
"""

import gc
import json
import re
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from codeoptix_performance.load.locust_import import import_locust

import_locust()

import gevent  # noqa: E402
from locust import events  # noqa: E402
from locust.contrib.fasthttp import FastHttpUser  # noqa: E402
from locust.env import Environment  # noqa: E402

from codeoptix_performance.load.connection import Connection  # noqa: E402
from codeoptix_performance.load.dialing import Dialer, tls_context  # noqa: E402
from codeoptix_performance.load.known_heads import KnownHeads  # noqa: E402
from codeoptix_performance.load.locust_engine import LocustEngine  # noqa: E402
from codeoptix_performance.load.plan import LoadPlan, steady_users  # noqa: E402
from codeoptix_performance.load.server_address import resolve_address  # noqa: E402
from codeoptix_performance.load.wire import encode_request  # noqa: E402
from codeoptix_performance.target.endpoint import Endpoint, Request  # noqa: E402

LONGEST_RUN = 30.0
SHOWN = 100
"""Bytes of a body that are handed on, as ``outcomes.SHOWN`` says."""
IDLE = 0.03
"""Seconds a connection is idle at least where a case wants it idle."""
ENDLESS = 4
"""Times its timeout after which FastHttpUser is taken to wait for ever."""
HEADS = KnownHeads()
"""Of all cases: what one server's head means must not depend on what was met before."""


def ask_ours(job):
    """One connection, asked by hand, request after request."""
    address = resolve_address(job["url"])
    context = tls_context(verify=True) if address.tls else None
    connection = Connection(
        Dialer(address, context, job["timeout"]),
        HEADS,
        timeout=job["timeout"],
        encrypted=address.tls,
    )
    try:
        for asked in job["requests"]:
            request = Request(asked["method"], asked["path"], body=_body(asked))
            _wait_for_the_server(asked)
            wire = encode_request(request, address).encoded()
            try:
                answer = connection.exchange(
                    asked["method"], wire, time.perf_counter(), keep_body=job["keep_body"]
                )
            except Exception as error:  # noqa: BLE001 # it would end the user
                yield _raised(error)
            else:
                yield _said(answer.status, answer.size, answer.cause, answer.body)
    finally:
        connection.close()


def ask_ours_as_user(job):
    """One whole Locust user through the engine, until it has had as many answers as were asked."""
    asked = job["requests"][0]
    request = Request(asked["method"], asked["path"], body=_body(asked))
    endpoint = Endpoint(asked["method"], asked["path"], "settings", (request,))
    plan = LoadPlan(
        base_url=job["url"],
        endpoints=(endpoint,),
        stages=steady_users(1, 1.0, LONGEST_RUN),
        wait_time=(0.01, 0.01),
        request_timeout=job["timeout"],
        seed=0,
    )
    sink = _Answers()
    report = LocustEngine().run(plan, sink, lambda _: len(sink.said) >= len(job["requests"]))
    if report.died or report.listener_errors:
        raise RuntimeError(report)
    yield from sink.said[: len(job["requests"])]


def ask_theirs(job):
    """A ``FastHttpUser`` as Locust makes it, with its defaults but for the timeouts."""

    class Asking(FastHttpUser):
        host = job["url"]
        network_timeout = connection_timeout = job["timeout"]

    heard = []
    environment = Environment(user_classes=[Asking], events=type(events)())
    environment.events.request.add_listener(lambda **facts: heard.append(facts))
    user = Asking(environment)
    gevent.get_hub().exception_stream = None  # what a request raised is said, not printed
    try:
        for asked in job["requests"]:
            _wait_for_the_server(asked)
            request = gevent.spawn(
                user.client.request, asked["method"], asked["path"], data=_body(asked)
            )
            request.join(job["timeout"] * ENDLESS)
            if not request.ready():
                request.kill()
                yield _said(0, 0, "never ends", b"")
            elif request.exception is not None:  # Locust would end the task with it
                yield _raised(request.exception)
            else:
                yield _heard(heard.pop())
    finally:
        user.client.client.close()


def _wait_for_the_server(asked):
    if asked["idle"]:
        print(json.dumps({"waiting": True}), flush=True)  # noqa: T201
        sys.stdin.readline()
        time.sleep(IDLE)


def _heard(facts):
    error, response = facts["exception"], facts["response"]
    error = getattr(error, "original", error)  # the last of its attempts says why
    return _said(
        response.status_code or 0,
        facts["response_length"],
        None if error is None else f"{type(error).__name__}: {error}",
        b"" if error is not None else response.content or b"",
    )


def _raised(error):
    return _said(0, 0, f"raised {type(error).__name__}: {error}", b"")


def _said(status, size, cause, content):
    shown = content[:SHOWN].decode("latin-1")
    return {"status": status, "size": size, "cause": cause, "content": shown}


def _body(asked):
    return bytes(asked["body_size"]) or None


@dataclass
class _Answers:
    """A sink that keeps what it is told."""

    said: list = field(default_factory=list)

    def plan_begins(self, _at):
        """Not of interest here."""

    def begin(self, *_facts):
        return 0

    def end(self, _token, _at, status, size, cause):
        self.said.append(_said(status, size, cause, b""))

    def users(self, *_facts):
        """Not of interest here."""


def peak_memory():
    """Bytes this process has held at most so far."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024


def main():
    """Every job of stdin, one after the other."""
    asks = {"ours": ask_ours, "ours as a user": ask_ours_as_user, "theirs": ask_theirs}
    for line in sys.stdin:
        job = json.loads(line)
        before = peak_memory()
        said = list(asks[job["client"]](job))
        gc.collect()
        print(json.dumps({"said": said, "grown": peak_memory() - before}), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
