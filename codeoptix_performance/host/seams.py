"""All seams, in the order of the host's own imports, and what became of each in this process."""

from __future__ import annotations

import logging
import os
import sys
from types import ModuleType

from codeoptix_performance.host.autoload import install
from codeoptix_performance.host.seam import Seam, SeamStatus
from codeoptix_performance.host.seams_behaviors import BEHAVIOR_SEAMS
from codeoptix_performance.host.seams_cli import CLI_SEAMS
from codeoptix_performance.host.seams_llm import LLM_SEAMS

SEAMS: tuple[Seam, ...] = (*LLM_SEAMS, *BEHAVIOR_SEAMS, *CLI_SEAMS)

REPAIRS_SWITCH = "CODEOPTIX_PERFORMANCE_REPAIRS"
"""``0``: no repairs; else a comma list of the repairs to leave off."""

_log = logging.getLogger("codeoptix_performance")
_statuses: dict[str, SeamStatus] = {}


def touch(module: ModuleType) -> None:
    """Applies the seams of a host module that has just been executed; never raises."""
    for seam in SEAMS:
        if seam.module == module.__name__:
            _statuses[seam.name] = _settle(seam, module)


def register() -> tuple[SeamStatus, ...]:
    """Every seam's status, after the host modules that are already imported were touched.

    Those that are not are touched when they are. Calling it again changes nothing.
    """
    install()
    for name in dict.fromkeys(seam.module for seam in SEAMS):
        module = sys.modules.get(name)
        if module is not None and not _is_touched(name):
            touch(module)
    return statuses()


def statuses() -> tuple[SeamStatus, ...]:
    """Every seam in order, with what became of it in this process so far."""
    waiting = (SeamStatus(seam, "waiting for the host") for seam in SEAMS)
    return tuple(_statuses.get(status.seam.name, status) for status in waiting)


def _is_touched(module: str) -> bool:
    return any(status.seam.module == module for status in _statuses.values())


def _settle(seam: Seam, module: ModuleType) -> SeamStatus:
    if seam.repair and _is_left_off(seam.name):
        return SeamStatus(seam, "switched off", f"by {REPAIRS_SWITCH}")
    try:
        need = seam.check(module)
        if need == "needed":
            seam.apply(module)
    except Exception as error:  # noqa: BLE001 - the host must be importable, whatever its shape
        return _left_alone(seam, f"{type(error).__name__}: {error}")
    if need == "not found":
        return _left_alone(seam, "")
    return SeamStatus(
        seam, "applied" if need == "needed" else "not needed: the host does it itself"
    )


def _is_left_off(name: str) -> bool:
    switch = os.environ.get(REPAIRS_SWITCH, "")
    return switch == "0" or name in (part.strip() for part in switch.split(","))


def _left_alone(seam: Seam, detail: str) -> SeamStatus:
    if not any(status.state.startswith("not found") for status in _statuses.values()):
        _log.warning(
            "This CodeOptiX has another shape than codeoptix-performance knows (%s); it was left"
            " alone there. 'codeoptix-performance doctor' tells more.",
            seam.name,
        )
    return SeamStatus(seam, "not found: the host was left alone", detail)
