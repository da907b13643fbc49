"""What was found, loaded and touched, as lines for the ``doctor`` command."""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from codeoptix_performance.errors import PluginError
from codeoptix_performance.host import autoload, plugins
from codeoptix_performance.host.seams import REPAIRS_SWITCH, statuses

_DISTRIBUTIONS = ("codeoptix-performance", "codeoptix", "locust")
_STARTUP_FILE = "codeoptix_performance_autoload.pth"


@dataclass(frozen=True, slots=True)
class DoctorLine:
    """One thing that was looked at. ``ok`` is false where something needs a person."""

    section: Literal["versions", "autoload", "plugins", "seams"]
    name: str
    state: str
    detail: str = ""
    ok: bool = True


def doctor_report() -> tuple[DoctorLine, ...]:
    """Versions, the autoload, every plugin and every seam; imports the host to look at it."""
    lines = (*_versions(), _autoload())
    try:
        for module in sorted(autoload.HOST_MODULES):
            import_module(module)
    except ImportError as error:
        return (
            *lines,
            DoctorLine("seams", "codeoptix", "cannot be imported", str(error), ok=False),
        )
    return (*lines, *_plugins(), *_seams())


def _versions() -> tuple[DoctorLine, ...]:
    found = [DoctorLine("versions", "python", platform.python_version(), sys.executable)]
    for name in _DISTRIBUTIONS:
        try:
            found.append(DoctorLine("versions", name, version(name)))
        except PackageNotFoundError:
            found.append(DoctorLine("versions", name, "not installed", ok=False))
    return tuple(found)


def _autoload() -> DoctorLine:
    if autoload.is_installed():
        return DoctorLine("autoload", "start-up file", "on", f"off with {autoload.SWITCH}=0")
    if autoload.is_switched_off():
        return DoctorLine("autoload", "start-up file", "off", f"{autoload.SWITCH}=0")
    if any((Path(folder) / _STARTUP_FILE).is_file() for folder in sys.path):
        why = f"{_STARTUP_FILE} is there, but this Python did not read it (python -S?)"
    else:
        why = f"{_STARTUP_FILE} is not beside the installed packages; install the wheel again"
    return DoctorLine("autoload", "start-up file", "off", why, ok=False)


def _plugins() -> tuple[DoctorLine, ...]:
    installed = plugins.installed_plugins()
    overruled = (
        DoctorLine("plugins", each.name, "not used: the host has its own", each.origin)
        for each in installed.overruled
    )
    return (*(_plugin(installed, each) for each in installed.found), *overruled)


def _plugin(installed: plugins.Plugins, plugin: plugins.Plugin) -> DoctorLine:
    problem: PluginError | None = installed.problem(plugin.name)
    if problem:
        return DoctorLine("plugins", plugin.name, "broken", str(problem), ok=False)
    return DoctorLine("plugins", plugin.name, "loaded", f"{plugin.value} of {plugin.origin}")


def _seams() -> tuple[DoctorLine, ...]:
    return tuple(
        DoctorLine(
            "seams",
            each.seam.name,
            each.state,
            each.detail or _what_it_does(each.seam.does, repair=each.seam.repair),
            ok=not each.state.startswith("not found"),
        )
        for each in statuses()
    )


def _what_it_does(does: str, *, repair: bool) -> str:
    return f"{does} (a repair; {REPAIRS_SWITCH} leaves it off)" if repair else does
