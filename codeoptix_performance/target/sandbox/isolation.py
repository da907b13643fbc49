"""The record of how an app was held: the rung, the promises it keeps, one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Rung = Literal["bwrap", "limits", "none"]
PromiseKey = Literal[
    "network",
    "files-read",
    "files-written",
    "processes",
    "environment",
    "descriptors",
    "privileges",
    "messages",
    "limits",
    "end",
]

PROMISES: dict[PromiseKey, str] = {
    "network": "reaches no address but its own loopback",
    "files-read": "reads no file of the user, only the system and its own folder",
    "files-written": "writes nowhere but in its own folder",
    "processes": "sees and signals no process but its own",
    "environment": "gets an environment built from empty",
    "descriptors": "inherits no open file or socket",
    "privileges": "is not root, has no capability and cannot gain any",
    "messages": "shares no memory, queue, abstract socket or host name with others",
    "limits": "has bounded open files, file sizes, processes, disk, log and memory",
    "end": "ends with all its processes when the evaluation ends or is killed",
}
"""What an app that is held as well as can be does or does not do, by the promise's key."""


@dataclass(frozen=True, slots=True)
class Isolation:
    """How the app was held. ``promises`` are those that were checked and kept, in table order.

    ``rung`` is ``remote`` for an app that was already running. ``sentence`` is complete.
    """

    rung: Literal["bwrap", "limits", "none", "remote"]
    promises: tuple[PromiseKey, ...]
    sentence: str


NOT_OURS = Isolation("remote", (), "The app was already running and is held by nobody here.")
