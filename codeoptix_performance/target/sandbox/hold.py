"""What is done to hold one app: the orders that the ladder gives to the app's supervisor."""

from __future__ import annotations

from dataclasses import dataclass, field

from codeoptix_performance.target.sandbox.isolation import Isolation, Rung
from codeoptix_performance.target.sandbox.limits import Limits

WATCHED_ONLY = Isolation(
    "none",
    ("environment", "end"),
    "The app was held by nothing but its memory limit; its network and its file access were open.",
)


@dataclass(frozen=True, slots=True)
class Hold:
    """``identity`` is the user and group number an app of root's runs as; None: our own.

    ``own_network`` is true where the app has a network of its own and is reached through a
    ``Doorway`` only. ``bwrap`` is the program's path, ``nested_namespaces_off`` whether it can
    forbid the app to make namespaces of its own.
    """

    rung: Rung
    own_network: bool = False
    identity: int | None = None
    limits: Limits = field(default_factory=Limits)
    bwrap: str = ""
    nested_namespaces_off: bool = False
    isolation: Isolation = WATCHED_ONLY


NOT_HELD = Hold("none")
