"""Words from people and programs, each with where it came from; the strongest layer wins."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from codeoptix_performance.errors import SettingsError

_ENVIRONMENT = {
    "LOCUST_HOST": "url",
    "LOCUST_USERS": "users",
    "LOCUST_SPAWN_RATE": "spawn_rate",
    "LOCUST_RUN_TIME": "run_time",
}
_TABLE_IN_PYPROJECT = "codeoptix-performance"


class Words(Mapping[str, Any]):
    """Settings as they were written, each with its origin; not yet checked.

    ``strict`` names the origins all of whose keys must be ours.
    """

    def __init__(
        self, values: Mapping[str, Any], origins: Mapping[str, str], *, strict: frozenset[str]
    ) -> None:
        self._values = dict(values)
        self._origins = dict(origins)
        self._strict = strict

    @classmethod
    def of(cls, values: Mapping[str, Any], origin: str, *, strict: bool = False) -> Words:
        """``values`` that all came from ``origin``; those which are ``Words`` already stay so."""
        if isinstance(values, Words):
            return values
        if not isinstance(values, Mapping):
            raise SettingsError(origin, f"{origin}: settings must be an object of keys and values.")
        known = frozenset({origin}) if strict else frozenset[str]()
        return cls(values, dict.fromkeys(values, origin), strict=known)

    def over(self, weaker: Words) -> Words:
        """Both layers as one; what this one says wins."""
        return Words(
            {**weaker._values, **self._values},
            {**weaker._origins, **self._origins},
            strict=weaker._strict | self._strict,
        )

    def without(self, key: str) -> Words:
        """The same words but for ``key``."""
        values = {name: value for name, value in self._values.items() if name != key}
        return Words(values, self._origins, strict=self._strict)

    def origin(self, key: str) -> str:
        """Where ``key`` came from: ``context``, a file's name, an environment variable."""
        return self._origins[key]

    def must_be_ours(self, key: str) -> bool:
        """True where ``key`` stands in a place that holds nobody else's keys."""
        return self._origins[key] in self._strict

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def environment_words(environ: Mapping[str, str]) -> Words:
    """What Locust's own variables say: LOCUST_HOST, _USERS, _SPAWN_RATE and _RUN_TIME."""
    named = {name: key for name, key in _ENVIRONMENT.items() if environ.get(name, "").strip()}
    return Words(
        {key: environ[name] for name, key in named.items()},
        {key: name for name, key in named.items()},
        strict=frozenset(),
    )


def file_words(path: str | Path) -> Words:
    """What a YAML, TOML or JSON file says; ``pyproject.toml`` in ``[tool.codeoptix-performance]``.

    A relative ``workspace`` is taken from the file's own folder. Raises ``SettingsError`` for a
    file that cannot be read, and later for any key in it that is not ours.
    """
    file = Path(path)
    content = _parse(file)
    if not isinstance(content, Mapping):
        raise SettingsError("config", f"{file}: settings must be an object of keys and values.")
    values = {str(key): value for key, value in content.items()}
    if isinstance(values.get("workspace"), str) and values["workspace"].strip():
        values["workspace"] = file.parent / Path(values["workspace"]).expanduser()
    return Words.of(values, str(file), strict=True)


def _parse(file: Path) -> Any:
    try:
        text = file.read_text(encoding="utf-8")
        match file.suffix.lower():
            case ".json":
                return json.loads(text)
            case ".toml":
                return _our_part(file, tomllib.loads(text))
            case ".yaml" | ".yml":
                return yaml.safe_load(text) or {}
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SettingsError("config", f"{file}: it cannot be read ({reason}).") from error
    except (ValueError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise SettingsError("config", f"{file}: it cannot be parsed ({reason}).") from error
    raise SettingsError("config", f"{file}: its name must end in .yaml, .yml, .toml or .json.")


def _our_part(file: Path, document: dict[str, Any]) -> Any:
    """The whole document, or our table of a ``pyproject.toml``; empty where it has none."""
    if file.name != "pyproject.toml":
        return document
    return document.get("tool", {}).get(_TABLE_IN_PYPROJECT, {})
