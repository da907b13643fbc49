"""Behaviors that other distributions bring: entry points of the group ``codeoptix.behaviors``.

Name = behavior id, value = ``module:Class``. A broken one costs one warning, never the run.
"""

from __future__ import annotations

import logging
import os
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from functools import cache
from importlib.abc import InspectLoader
from importlib.metadata import EntryPoint, entry_points
from threading import RLock
from types import CodeType, ModuleType
from typing import Any

from codeoptix_performance.errors import PluginError

GROUP = "codeoptix.behaviors"
SWITCH = "CODEOPTIX_PLUGINS"
"""Unset: every plugin; ``0`` or empty: none; else a comma list of the names to load."""

_log = logging.getLogger("codeoptix_performance")


@dataclass(frozen=True, slots=True)
class Plugin:
    """One behavior id and the entry points that claim it; usable if there is exactly one."""

    name: str
    claims: tuple[EntryPoint, ...]

    @property
    def origin(self) -> str:
        """``codeoptix-performance 0.1.0``; every claimant if there are several."""
        return " and ".join(_distribution(claim) for claim in self.claims)

    @property
    def value(self) -> str:
        """``module:Class``, as the distribution wrote it."""
        return " and ".join(claim.value for claim in self.claims)


@dataclass
class Plugins:
    """The plugins of this interpreter; each class is loaded when it is first asked for."""

    found: tuple[Plugin, ...]
    overruled: tuple[Plugin, ...] = ()
    _classes: dict[str, type[Any]] = field(default_factory=dict)
    _broken: dict[str, PluginError] = field(default_factory=dict)
    _lock: RLock = field(default_factory=RLock)

    @property
    def names(self) -> tuple[str, ...]:
        """Every behavior id a plugin brings, sorted."""
        return tuple(plugin.name for plugin in self.found)

    def behavior_class(self, name: str) -> type[Any]:
        """The class behind ``name``; raises the same ``PluginError`` each time if it is broken."""
        plugin = next(plugin for plugin in self.found if plugin.name == name)
        with self._lock:
            if name not in self._classes and name not in self._broken:
                self._load(plugin)
            if name in self._broken:
                raise self._broken[name]
            return self._classes[name]

    def check_all(self) -> None:
        """Loads every plugin once, so that each broken one has cost its warning."""
        for name in self.names:
            self.problem(name)

    def problem(self, name: str) -> PluginError | None:
        """Why ``name`` cannot be used, or None."""
        try:
            self.behavior_class(name)
        except PluginError as error:
            return error
        return None

    def _load(self, plugin: Plugin) -> None:
        try:
            self._classes[plugin.name] = _load_class(plugin)
        except PluginError as error:
            self._broken[plugin.name] = error
            _log.warning("%s", error)


@cache
def installed_plugins() -> Plugins:
    """What the environment of this interpreter brings, looked up once."""
    import codeoptix.behaviors as host  # noqa: PLC0415 - costs two seconds

    built_in = () if host_loads_entry_points(host) else built_in_names()
    return discover(entry_points(group=GROUP), built_in=built_in)


def host_loads_entry_points(behaviors: ModuleType) -> bool:
    """True for a host whose registry module names the group, and so looks it up by itself."""
    loader = behaviors.__loader__
    code = loader.get_code(behaviors.__name__) if isinstance(loader, InspectLoader) else None
    return code is not None and GROUP in _constants(code)


def discover(
    claims: Iterable[EntryPoint], *, built_in: Collection[str], switch: str | None = None
) -> Plugins:
    """The plugins among ``claims``, sorted; names of the host's own go to the host, with a warning.

    ``switch`` is read from the environment if it is None.
    """
    wanted = _wanted(os.environ.get(SWITCH) if switch is None else switch)
    by_name: defaultdict[str, list[EntryPoint]] = defaultdict(list)
    for claim in claims:
        if wanted(claim.name):
            by_name[claim.name].append(claim)
    plugins = [
        Plugin(name, tuple(sorted(by_name[name], key=_distribution))) for name in sorted(by_name)
    ]
    overruled = tuple(plugin for plugin in plugins if plugin.name in built_in)
    for plugin in overruled:
        _log.warning(
            "CodeOptiX has a behavior '%s' of its own; the one from %s is not used.",
            plugin.name,
            plugin.origin,
        )
    return Plugins(tuple(plugin for plugin in plugins if plugin.name not in built_in), overruled)


def _constants(code: CodeType) -> set[object]:
    """Every constant of ``code`` and of the functions and classes in it."""
    inner = [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return {*code.co_consts}.union(*map(_constants, inner))


def _wanted(switch: str | None) -> Callable[[str], bool]:
    if switch is None:
        return lambda _name: True
    names = {name.strip() for name in switch.split(",")} - {"", "0"}
    return names.__contains__


def _load_class(plugin: Plugin) -> type[Any]:
    if len(plugin.claims) > 1:
        raise PluginError(
            f"Behavior '{plugin.name}' is claimed by {plugin.origin}; uninstall one of them."
        )
    try:
        loaded = plugin.claims[0].load()
        _check(plugin.name, loaded)
    except (Exception, SystemExit) as error:  # a stranger's module may raise it
        raise PluginError(
            f"Behavior '{plugin.name}' of {plugin.origin} cannot be used: entry point"
            f" {plugin.value} raised {type(error).__name__}: {error}"
        ) from error
    checked: type[Any] = loaded
    return checked


def _check(name: str, loaded: object) -> None:
    from codeoptix.behaviors.base import BehaviorSpec  # noqa: PLC0415 - costs two seconds

    if not (isinstance(loaded, type) and issubclass(loaded, BehaviorSpec)):
        raise TypeError(f"{loaded!r} is not a subclass of codeoptix.behaviors.BehaviorSpec")
    answered = loaded().get_name()
    if answered != name:
        raise ValueError(f"its get_name() answers '{answered}', its entry point says '{name}'")


def built_in_names() -> tuple[str, ...]:
    """The behavior ids of the host itself, in its order; a plugin's class lives elsewhere."""
    from codeoptix.behaviors import BEHAVIOR_REGISTRY  # noqa: PLC0415 - costs two seconds

    return tuple(
        name
        for name, behavior in BEHAVIOR_REGISTRY.items()
        if behavior.__module__.startswith("codeoptix.")
    )


def _distribution(claim: EntryPoint) -> str:
    if claim.dist is None:
        return "an unknown distribution"
    return f"{claim.dist.name} {claim.dist.version}"
