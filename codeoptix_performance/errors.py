"""Every error this package raises.

    PerformanceError
    ├── UsageError               the words are wrong; nothing was started
    │   └── SettingsError        one key or value; carries the key
    ├── TargetError              the app could not be brought under load; carries a StartFailure
    │   └── PreparationError     what the app needs cannot be had here; says nothing about the app
    ├── EngineError              the load generator itself failed; says nothing about the app
    └── PluginError              a ``codeoptix.behaviors`` entry point cannot be used

A ``TargetError`` never reaches the caller of ``assess``: it becomes a finding of the verdict.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FailureKind = Literal[
    "no-code",
    "no-app",
    "requirements",
    "not-prepared",
    "did-not-start",
    "never-answered",
    "unreachable",
    "out-of-memory",
    "nothing-to-load",
]


@dataclass(frozen=True, slots=True)
class StartFailure:
    """Why no load could be sent: what was seen, and the app's own last words.

    ``sentence`` is complete and self-contained; ``log_tail`` is at most the last 20 lines of the
    app's standard output and error; ``exit_code`` is negative for a signal, as in ``subprocess``.
    """

    kind: FailureKind
    sentence: str
    exit_code: int | None = None
    log_tail: str = ""


class PerformanceError(Exception):
    """The base of every error raised here; its text is one sentence that says what to change."""


class UsageError(PerformanceError):
    """What was asked for cannot be done as it was written; nothing was started."""


class SettingsError(UsageError):
    """One setting is not acceptable; ``key`` names it."""

    def __init__(self, key: str, sentence: str) -> None:
        super().__init__(sentence)
        self.key = key


class TargetError(PerformanceError):
    """The app under test could not be brought under load; ``failure`` says why."""

    def __init__(self, failure: StartFailure) -> None:
        super().__init__(failure.sentence)
        self.failure = failure


class PreparationError(TargetError):
    """What the app needs could not be brought here (a network, a tool); the app was not tested."""

    def __init__(self, sentence: str) -> None:
        super().__init__(StartFailure("not-prepared", sentence))


class EngineError(PerformanceError):
    """The load generator failed; the run says nothing about the app."""


class PluginError(PerformanceError):
    """An entry point of ``codeoptix.behaviors`` cannot be used; names its distribution."""
