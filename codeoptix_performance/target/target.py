"""The record this room hands on: an app that answers, and what can be asked of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from codeoptix_performance.target.endpoint import Endpoint, Skipped
from codeoptix_performance.target.login import Login
from codeoptix_performance.target.sandbox.doorway import Doorway
from codeoptix_performance.target.sandbox.isolation import NOT_OURS, Isolation
from codeoptix_performance.target.statements import StatementRecord


@dataclass(frozen=True, slots=True)
class AppExit:
    """How the app under test ended. ``code`` is negative for a signal, as in ``subprocess``.

    ``log_tail`` is at most the last 20 lines of its standard output and error.
    """

    code: int
    out_of_memory: bool
    log_tail: str


class RunningApp(Protocol):
    """The app's process tree, while it is ours."""

    @property
    def pid(self) -> int:
        """The process at the root of the app's own tree."""

    def exit(self) -> AppExit | None:
        """How it ended, or None while it runs."""

    def log_tail(self) -> str:
        """At most the last 20 lines of standard output and error so far."""


@dataclass(frozen=True, slots=True)
class Target:
    """An app that answers at ``base_url`` (no trailing slash) and the endpoints to load.

    ``description`` says in a few words what it is, e.g. ``FastAPI app in main.py``;
    ``app`` is None when the app was already running and is not ours to watch or stop.
    ``isolation`` says how the app is held. With a ``doorway`` the app has a network of its own:
    every connection to it comes out of the doorway, and ``base_url`` is a name nobody dials.
    With a ``login`` every user goes through it on arrival; its steps are among the endpoints, with
    a weight of 0. ``statements`` are the app's, in SQL, where they can be seen. ``start_seconds``
    went by from the start of the app's process to its first answer, but for steps before it and
    waiting for a processor; None where it is not ours.
    """

    base_url: str
    description: str
    endpoints: tuple[Endpoint, ...]
    skipped: tuple[Skipped, ...] = ()
    app: RunningApp | None = None
    isolation: Isolation = NOT_OURS
    doorway: Doorway | None = None
    login: Login | None = None
    statements: StatementRecord | None = None
    start_seconds: float | None = None
