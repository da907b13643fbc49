"""The lock file of a Node app, where it names versions of the registry's packages only."""

from __future__ import annotations

import json
import re
from typing import Any

from codeoptix_performance.target.source import SourceFile

_LOCKS = ("package-lock.json", "npm-shrinkwrap.json")
_FOREIGN = re.compile(r"(?!npm:).*[:/\\]|\.", re.DOTALL)
_NAME = r"(?:@[\w~-][\w.~-]*/)?[\w~-][\w.~-]*"
_PLACE = re.compile(rf"node_modules/{_NAME}(?:/node_modules/{_NAME})*", re.ASCII)
_VERSION = re.compile(r"\d+\.\d+\.\d+(?:-[\w.-]+)?(?:\+[\w.-]+)?", re.ASCII)
_TABLES = ("dependencies", "optionalDependencies", "peerDependencies")
_KEPT = frozenset(
    {
        *("version", "integrity", *_TABLES, "peerDependenciesMeta", "bundleDependencies", "bin"),
        *("inBundle", "optional", "dev", "devOptional", "peer", "hasInstallScript"),
        *("engines", "os", "cpu", "libc"),
    }
)
"""What stays of an entry. Not ``resolved``: where a package comes from is the user's to say."""


def lock_of(files: tuple[SourceFile, ...]) -> str:
    """The lock file without its addresses; empty for none, and for one that leads elsewhere.

    npm takes the version in an entry for a path or an address where it reads like one, and does
    the same with what an entry depends on; a place may lie outside ``node_modules``.
    """
    text = next((file.text for file in files if file.path in _LOCKS), "")
    try:
        lock = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return ""
    packages = lock.get("packages") if isinstance(lock, dict) else None
    if not isinstance(packages, dict):
        return ""
    entries = {place: facts for place, facts in packages.items() if place}
    if not entries or not all(_is_of_the_registry(*entry) for entry in entries.items()):
        return ""
    kept = {
        place: {key: facts[key] for key in facts if key in _KEPT}
        for place, facts in entries.items()
    }
    return json.dumps({"lockfileVersion": lock.get("lockfileVersion"), "packages": kept})


def leads_elsewhere(wish: object) -> bool:
    """Whether what is wished of a package is no version, range or tag of the registry's."""
    return not isinstance(wish, str) or bool(_FOREIGN.match(wish))


def _is_of_the_registry(place: str, facts: Any) -> bool:
    if not isinstance(facts, dict) or not _PLACE.fullmatch(place) or facts.get("link"):
        return False
    version, name = facts.get("version"), place.rpartition("node_modules/")[2]
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        return False
    tables = [facts.get(key, {}) for key in _TABLES]
    return facts.get("name", name) == name and all(
        isinstance(table, dict) and not any(map(leads_elsewhere, table.values()))
        for table in tables
    )
