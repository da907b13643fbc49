"""The ladder: bubblewrap, else resource limits; nothing only when asked for by name."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass, replace

from codeoptix_performance.errors import SettingsError
from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.target.sandbox.hold import Hold
from codeoptix_performance.target.sandbox.identity import unused_identity
from codeoptix_performance.target.sandbox.isolation import PROMISES, Isolation, PromiseKey
from codeoptix_performance.target.sandbox.probe import SelfCheck, try_hold
from codeoptix_performance.target.sandbox.wording import (
    limits_sentence,
    namespaces_sentence,
    nothing_sentence,
    why_not,
)

_OF_OPEN_NETWORK: frozenset[PromiseKey] = frozenset({"network", "messages"})
_NEEDED_OF_LIMITS: frozenset[PromiseKey] = frozenset(
    {"environment", "descriptors", "limits", "end"}
)


@dataclass(frozen=True, slots=True)
class TriedHold:
    """A hold, what trying it came to, and why it is not used (empty if it may be)."""

    hold: Hold
    check: SelfCheck
    problem: str


_known: dict[str, TriedHold] = {}


def choose_hold(settings: Settings) -> Hold:
    """How the app of these settings is held: the rung they name, or the best one that works.

    Rungs are tried once per process. Raises ``SettingsError`` where the named one cannot be used.
    """
    asked = settings.sandbox
    memory = settings.memory_limit
    if asked == "none":
        hold = Hold("none")
        kept: tuple[PromiseKey, ...] = ("environment", "end")
        return replace(hold, isolation=Isolation("none", kept, nothing_sentence(memory)))
    reason = ""
    if asked in ("auto", "bwrap"):
        tried = try_namespaces(own_network=not settings.allow_network)
        if not tried.problem:
            return _with_isolation(tried, namespaces_sentence(tried.hold, memory))
        if asked == "bwrap":
            raise _refusal("bwrap", tried.problem)
        reason = tried.problem
    tried = try_limits()
    if tried.problem:
        raise _refusal("limits", tried.problem)
    sentence = limits_sentence(tried.hold, tried.check.kept, memory, reason)
    return _with_isolation(tried, sentence)


def try_namespaces(*, own_network: bool) -> TriedHold:
    """The rung ``bwrap``, tried; once per process if it works, since a failure may pass."""
    key = f"bwrap {own_network}"
    if key not in _known:
        tried = _try_namespaces(own_network=own_network)
        if tried.problem:
            return tried
        _known[key] = tried
    return _known[key]


def try_limits() -> TriedHold:
    """The rung ``limits``, tried likewise."""
    if "limits" not in _known:
        tried = _try_limits()
        if tried.problem:
            return tried
        _known["limits"] = tried
    return _known["limits"]


def forget_tries() -> None:
    """Tries every rung anew, for a machine that has changed under a long process."""
    _known.clear()


def _try_namespaces(*, own_network: bool) -> TriedHold:
    program = shutil.which("bwrap")
    if program is None:
        hold = Hold("bwrap", own_network)
        return TriedHold(hold, SelfCheck((), "", 0.0), "bwrap is not installed")
    hold = Hold(
        "bwrap",
        own_network,
        unused_identity(),
        bwrap=program,
        nested_namespaces_off=_can_forbid_namespaces(program),
    )
    wanted = frozenset(PROMISES) - (frozenset() if own_network else _OF_OPEN_NETWORK)
    return _tried(hold, wanted)


def _try_limits() -> TriedHold:
    """As a user of its own if root can make it one, else as ours."""
    identity = unused_identity()
    if identity is not None:
        tried = _tried(Hold("limits", identity=identity), _NEEDED_OF_LIMITS)
        if not tried.problem:
            return tried
    return _tried(Hold("limits"), _NEEDED_OF_LIMITS)


def _tried(hold: Hold, wanted: frozenset[PromiseKey]) -> TriedHold:
    check = try_hold(hold)
    broken = [key for key in check.broken if key in wanted]
    return TriedHold(hold, check, check.problem or why_not(broken))


def _with_isolation(tried: TriedHold, sentence: str) -> Hold:
    """The hold for one app, with a user number of its own."""
    identity = None if tried.hold.identity is None else unused_identity()
    isolation = Isolation(tried.hold.rung, tried.check.kept, sentence)
    return replace(tried.hold, identity=identity, isolation=isolation)


def _refusal(rung: str, problem: str) -> SettingsError:
    return SettingsError(
        "sandbox",
        f"sandbox: {rung} cannot be used on this machine: {problem}; "
        "it must be auto, bwrap, limits or none, and auto takes the best that works",
    )


def _can_forbid_namespaces(program: str) -> bool:
    """Whether this bwrap is at least 0.8; that one can, and only without being set-uid root."""
    asked = subprocess.run(
        [program, "--version"], capture_output=True, text=True, check=False, env={}
    )
    digits = asked.stdout.rpartition(" ")[2].strip().split(".")[:2]
    known = len(digits) == 2 and all(part.isdigit() for part in digits)
    return known and [int(part) for part in digits] >= [0, 8] and os.getuid() != 0
