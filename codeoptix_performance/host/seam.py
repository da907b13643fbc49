"""A seam: one place where the host is extended or repaired, and how that went."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Literal

Need = Literal["needed", "host does it itself", "not found"]
State = Literal[
    "applied",
    "not needed: the host does it itself",
    "not found: the host was left alone",
    "switched off",
    "waiting for the host",
]


@dataclass(frozen=True, slots=True)
class Seam:
    """``check`` looks at the real objects of ``module``; ``apply`` changes them if needed.

    A ``repair`` mends a defect of a released host and can be switched off by name.
    """

    name: str
    does: str
    module: str
    check: Callable[[ModuleType], Need]
    apply: Callable[[ModuleType], None]
    repair: bool = False


@dataclass(frozen=True, slots=True)
class SeamStatus:
    """What became of a seam in this process; ``detail`` is empty unless there is more to say."""

    seam: Seam
    state: State
    detail: str = ""
