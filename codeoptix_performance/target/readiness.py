"""Waits until an app answers over HTTP, and not a moment longer."""

from __future__ import annotations

import math
import select
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Literal

from codeoptix_performance.target.process import Listener, WardenedApp
from codeoptix_performance.target.sandbox.doorway import Doorway
from codeoptix_performance.target.target import AppExit

_PATHS = ("/", "/favicon.ico")
_STEP_SECONDS = 0.01
_LISTENERS_EVERY_SECONDS = 0.1
_OTHER_PORTS_AFTER_SECONDS = 0.6
_FIRST_PATIENCE_SECONDS = 2.0
_MOST_PROBES = 6
_DRAIN_SECONDS = 0.25
_REFUSED_SECONDS = 0.2

State = Literal["ready", "ended", "refusing", "silent", "not-http", "deaf"]


@dataclass(frozen=True, slots=True)
class Readiness:
    """What waiting came to.

    ``ready``: ``listener`` answers HTTP. ``ended``: the process is gone, see ``exit``. In time
    there was: ``refusing`` an answer of 400 or above from the path that was asked for, which
    ``refusal`` tells; ``silent`` a listener without an answer, ``not-http`` one that speaks
    something else, ``deaf`` no listener at all.
    """

    state: State
    seconds: float
    listener: Listener | None = None
    exit: AppExit | None = None
    refusal: str = ""


@dataclass(eq=False, slots=True)
class _Probe:
    """One request that waits for its answer for as long as the app may take.

    ``channel`` is the connection; with a ``doorway``, until the connection has come out of it,
    what it comes over.
    """

    listener: Listener
    channel: socket.socket
    path: str
    doorway: Doorway | None = None
    sent: bool = False

    @property
    def waits_for(self) -> int:
        """What has to happen next, in ``poll``'s terms."""
        return select.POLLIN if self.sent or self.doorway else select.POLLOUT

    def send(self) -> None:
        """Sends the request if it is not sent yet; ``BlockingIOError`` if it cannot be yet."""
        if self.doorway is not None:
            connection = self.doorway.receive(self.channel)
            self.channel.close()
            self.channel, self.doorway = connection, None
        if not self.sent:
            self.channel.send(_request(self.path, self.listener))
            self.sent = True


@dataclass(slots=True)
class _Candidate:
    """A port that may be the app's; it is asked again ever more rarely, never all at once.

    An app that works on one request at a time and needs long for it answers the first probe in
    the end; giving up and asking anew would only lengthen its queue.
    """

    listener: Listener
    probes: list[_Probe] = field(default_factory=list)
    tries: int = 0
    next_try: float = 0.0


def wait_until_ready(
    app: WardenedApp, port: int | None, timeout_seconds: float, path: str | None = None
) -> Readiness:
    """Waits for an HTTP answer of any status, the app's end, or the end of the time.

    With a ``path`` only its own answer counts, and only one below 400.
    ``port`` is the one the app was told to use; when it uses another, or when none was told,
    the port is found among those that its processes listen on.
    """
    watch = _Watch(app, port, timeout_seconds, path)
    with watch.closing():
        while True:
            ended = app.wait_exit(0.0 if watch.wait_for_channels() else _STEP_SECONDS)
            if ended is not None:
                return Readiness("ended", watch.elapsed(), exit=ended)
            ready = watch.look()
            if ready is not None:
                return Readiness("ready", watch.elapsed(), ready)
            if watch.elapsed() >= timeout_seconds:
                return watch.gave_up()


class _Watch:
    def __init__(
        self, app: WardenedApp, port: int | None, timeout_seconds: float, path: str | None
    ) -> None:
        self.app = app
        self.paths = (path,) if path else _PATHS
        self.must_be_welcome = path is not None
        self.started = time.monotonic()
        self.timeout_seconds = timeout_seconds
        self.told = Listener("127.0.0.1", port) if port else None
        self.candidates: dict[Listener, _Candidate] = {}
        self.not_http: Listener | None = None
        self.refused: tuple[Listener, str] | None = None
        self.next_listeners = 0.0
        if self.told:
            self.candidates[self.told] = _Candidate(self.told)

    def elapsed(self) -> float:
        return time.monotonic() - self.started

    @contextmanager
    def closing(self) -> Iterator[None]:
        with ExitStack() as stack:
            stack.callback(self._close_all)
            yield

    def _close_all(self) -> None:
        for candidate in self.candidates.values():
            for probe in candidate.probes:
                probe.channel.close()

    def wait_for_channels(self) -> bool:
        """Waits a moment for an answer to any probe; False when there is none to wait for."""
        poll = select.poll()
        waiting = [probe for c in self.candidates.values() for probe in c.probes]
        for probe in waiting:
            poll.register(probe.channel, probe.waits_for)
        if waiting:
            poll.poll(_STEP_SECONDS * 1000)
        return bool(waiting)

    def look(self) -> Listener | None:
        """The listener that has answered, if one has; keeps the probes going."""
        now = time.monotonic()
        if now >= self.next_listeners:
            self._add_listeners(now)
            self.next_listeners = time.monotonic() + _LISTENERS_EVERY_SECONDS
        for candidate in list(self.candidates.values()):
            for probe in list(candidate.probes):
                if self._advance(candidate, probe) and self._is_the_apps(candidate):
                    return candidate.listener
            if now >= candidate.next_try and len(candidate.probes) < _MOST_PROBES:
                self._ask(candidate, now)
        return None

    def _add_listeners(self, now: float) -> None:
        """Other ports than the told one count once they have stayed a while without it."""
        listeners = self.app.listeners()
        wait = _OTHER_PORTS_AFTER_SECONDS if self.told else 0.0
        at_told_port = tuple(x for x in listeners if self.told and x.port == self.told.port)
        if at_told_port:
            listeners, wait = at_told_port, 0.0
            for candidate in self.candidates.values():
                if candidate.listener.port != at_told_port[0].port:
                    candidate.next_try = math.inf
        for listener in listeners:
            if listener not in self.candidates:
                self.candidates[listener] = _Candidate(listener, next_try=now + wait)

    def _ask(self, candidate: _Candidate, now: float) -> None:
        doorway = self.app.doorway(candidate.listener)
        try:
            channel = _asked(doorway) if doorway else _dialed(candidate.listener)
        except OSError:
            candidate.next_try = now + _STEP_SECONDS
            return
        path = self.paths[candidate.tries % len(self.paths)]
        candidate.probes.append(_Probe(candidate.listener, channel, path, doorway))
        candidate.next_try = now + _FIRST_PATIENCE_SECONDS * 2**candidate.tries
        candidate.tries += 1

    def _advance(self, candidate: _Candidate, probe: _Probe) -> bool:
        """Sends or reads what can be sent or read; whether an HTTP answer has begun."""
        try:
            probe.send()
            start = probe.channel.recv(65536)
        except BlockingIOError:
            return False
        except OSError:
            start = b""
        if start.startswith(b"HTTP/"):
            _drain(probe.channel)
            status = _status_of(start)
            if not self.must_be_welcome or 0 < status < 400:
                return True
            self.refused = candidate.listener, f"{probe.path} answered {status}"
            self._forget(candidate, probe)
            candidate.next_try = time.monotonic() + _REFUSED_SECONDS
            return False
        if start:
            self.not_http = candidate.listener
        self._forget(candidate, probe)
        return False

    def _is_the_apps(self, candidate: _Candidate) -> bool:
        """Whether the app, and not a stranger who took the port, has just answered."""
        if self.app.hold.own_network or any(
            listener.port == candidate.listener.port for listener in self.app.listeners()
        ):
            return True
        for probe in list(candidate.probes):
            self._forget(candidate, probe)
        return False

    @staticmethod
    def _forget(candidate: _Candidate, probe: _Probe) -> None:
        """A connection that was refused or closed without a word is tried again soon."""
        probe.channel.close()
        candidate.probes.remove(probe)
        candidate.tries = max(0, candidate.tries - 1)
        candidate.next_try = time.monotonic() + _STEP_SECONDS

    def gave_up(self) -> Readiness:
        """What to call an app that has not answered in time."""
        if self.refused:
            listener, refusal = self.refused
            return Readiness("refusing", self.timeout_seconds, listener, refusal=refusal)
        if self.not_http:
            return Readiness("not-http", self.timeout_seconds, self.not_http)
        listeners = self.app.listeners()
        told = next((x for x in listeners if self.told and x.port == self.told.port), None)
        if listeners:
            return Readiness("silent", self.timeout_seconds, told or listeners[0])
        return Readiness("deaf", self.timeout_seconds)


def _dialed(listener: Listener) -> socket.socket:
    """A connection that is being made; ``OSError`` if it cannot be."""
    family = socket.AF_INET6 if listener.host.startswith("[") else socket.AF_INET
    channel = socket.socket(family, socket.SOCK_STREAM)
    channel.settimeout(0.0)
    try:
        channel.connect((listener.host.strip("[]"), listener.port))
    except BlockingIOError:
        return channel
    except OSError:
        channel.close()
        raise
    return channel


def _asked(doorway: Doorway) -> socket.socket:
    """A channel over which a connection will come; ``OSError`` if none can."""
    channel = doorway.open_channel()
    channel.settimeout(0.0)
    try:
        channel.send(doorway.ask)
    except OSError:
        channel.close()
        raise
    return channel


def _request(path: str, listener: Listener) -> bytes:
    host = f"{listener.host}:{listener.port}"
    words = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: */*\r\nConnection: close\r\n\r\n"
    return words.encode()


def _status_of(start: bytes) -> int:
    """The status in an answer's first line; 0 when there is none."""
    status = start.split(None, 2)[1:2]
    digits = status[0][:3] if status else b""
    return int(digits) if digits.isdigit() else 0


def _drain(channel: socket.socket) -> None:
    """Reads on for a moment: an app whose reader leaves in mid-sentence logs a traceback."""
    deadline = time.monotonic() + _DRAIN_SECONDS
    poll = select.poll()
    poll.register(channel, select.POLLIN)
    while (left := deadline - time.monotonic()) > 0 and poll.poll(left * 1000):
        try:
            if not channel.recv(65536):
                return
        except OSError:
            return
