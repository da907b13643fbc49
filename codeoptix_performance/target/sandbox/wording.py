"""The sentences about how an app was held."""

from __future__ import annotations

import os
from collections.abc import Sequence

from codeoptix_performance.target.sandbox.hold import Hold
from codeoptix_performance.target.sandbox.isolation import PROMISES, PromiseKey
from codeoptix_performance.units import format_bytes

_OPEN: tuple[tuple[PromiseKey, str], ...] = (
    ("network", "the network"),
    ("files-read", "this user's files"),
    ("files-written", "folders that anybody may write to"),
    ("processes", "the sight of other processes"),
)


def namespaces_sentence(hold: Hold, memory_limit: int) -> str:
    """For the rung ``bwrap``."""
    network = (
        "its network was open, as asked (allow_network)"
        if not hold.own_network
        else "it reached no network but its own loopback"
    )
    return (
        f"The app was held by bubblewrap: {network}, no files but a read-only system and its own "
        "folder, and no process but its own; it had no privileges and "
        f"{_bounds(hold, memory_limit)}."
    )


def limits_sentence(hold: Hold, kept: Sequence[PromiseKey], memory_limit: int, reason: str) -> str:
    """For the rung ``limits``; ``reason`` is why it was not a better one, empty if asked for."""
    user = (
        "as a user of its own"
        if hold.identity is not None
        else "as root"
        if os.getuid() == 0
        else "as this user"
    )
    why = f"bubblewrap could not be used: {reason}" if reason else "as asked: sandbox limits"
    opened = [words for key, words in _OPEN if key not in kept]
    return (
        f"The app was held by limits only ({why}): it ran {user} with "
        f"{_bounds(hold, memory_limit)}; open to it were {_listed(opened)}."
    )


def nothing_sentence(memory_limit: int) -> str:
    """For the rung ``none``."""
    return (
        "The app was held by nothing, as asked (sandbox: none), but a memory limit of "
        f"{format_bytes(memory_limit)}; its network and its file access were open."
    )


def why_not(broken: Sequence[PromiseKey]) -> str:
    """What a tried rung does not keep; empty if it keeps all it should."""
    if not broken:
        return ""
    first = PROMISES[broken[0]]
    more = f" (and {len(broken) - 1} more)" if len(broken) > 1 else ""
    return f"it was tried, and it does not hold that an app {first}{more}"


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _bounds(hold: Hold, memory_limit: int) -> str:
    return f"at most {format_bytes(memory_limit)} of memory, {hold.limits.words}"
