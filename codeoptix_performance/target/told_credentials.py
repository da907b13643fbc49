"""Credentials that an app's own text names: demo users, seeded accounts, keys.

Only these are ever tried: none is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from codeoptix_performance.target.persona import Persona
from codeoptix_performance.target.regular_file import beginning_of

_TEXT_FILES = frozenset(
    {".py", ".md", ".txt", ".rst", ".js", ".ts", ".json", ".html", ".yaml", ".yml", ".sql"}
)
_NOT_THE_APPS_OWN = frozenset({"node_modules", ".venv", "venv", ".git", "__pycache__", "dist"})
_MOST_SEEN = 50_000
_MOST_FILES = 200
_MOST_BYTES = 300_000
_MOST_PERSONAS = 8
_MOST_KEYS = 8

_WORD = r"[\w.@+!#$%^&*-]{2,60}"
_NAME = rf"""["'](?P<name>{_WORD})["']"""
_PASSWORD = rf"""["'](?P<password>{_WORD})["']"""
_HASHED = r"(?:[\w.]+\(\s*)*b?"
"""Calls around a password, such as ``generate_password_hash(``."""
_NAME_FIELD = r"""["']?\b(?:user_?name|user|login|email)["']?\s*[:=]\s*"""
_PASSWORD_FIELD = rf"""["']?\b\w*(?:passw(?:or)?d|pwd)\w*["']?\s*[:=]\s*{_HASHED}"""
_NEAR = r"[^;{}]{0,160}?"
_IN_CODE = (
    re.compile(_NAME_FIELD + _NAME + _NEAR + _PASSWORD_FIELD + _PASSWORD, re.IGNORECASE),
    re.compile(_NAME + r"\s*:\s*\{\s*" + _NEAR + _PASSWORD_FIELD + _PASSWORD, re.IGNORECASE),
    re.compile(
        rf"(?:create_(?:super)?user|add_user|User)\(\s*{_NAME}\s*,\s*"
        rf"""(?:["'][^"']*@[^"']*["']\s*,\s*)?{_HASHED}{_PASSWORD}""",
        re.IGNORECASE,
    ),
)
_IN_PROSE = re.compile(
    rf"""(?:^|[`*\s("'])(?P<name>[\w.@+-]{{2,40}})[`*]*(?:\s*/\s*|:|\s+with password\s+)"""
    rf"""[`*]*(?P<password>{_WORD})[`*]*(?=[\s`*),.\"']|$)""",
    re.IGNORECASE,
)
_SPEAKS_OF_LOGIN = re.compile(r"password|credential|log ?in|demo user|sign ?in", re.IGNORECASE)
_USERS_TABLE = re.compile(
    r"\b\w*(?:users|credentials|accounts)\w*\s*(?::[^=\n]+)?=\s*\{(?P<body>[^{}]{1,2000})\}",
    re.IGNORECASE,
)
_TABLE_ENTRY = re.compile(rf"{_NAME}\s*:\s*{_HASHED}{_PASSWORD}")
_KEY = re.compile(
    r"\b\w*(?:api_?keys?|secret_token|access_token|auth_?token|bearer_token|tokens)\w*"
    r"""["']?\s*(?::[^=\n]{1,40})?[=:]\s*"""
    r"""(?:os\.(?:environ\.get|getenv)\(\s*["'][^"']+["']\s*,\s*)?"""
    r"""[\[({]?\s*["'](?P<key>[\w.:-]{6,100})["']""",
    re.IGNORECASE,
)
_HEADER_NAME = re.compile(r"""["'](X-[A-Za-z-]*(?:Key|Token|Auth))["']""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ToldCredentials:
    """What the text names, in its order: people, keys, and headers that keys may stand in."""

    personas: tuple[Persona, ...] = ()
    keys: tuple[str, ...] = ()
    header_names: tuple[str, ...] = ()


def told_in(texts: Iterable[str]) -> ToldCredentials:
    """The credentials that ``texts`` name."""
    texts = tuple(texts)
    pairs = dict.fromkeys(pair for text in texts for pair in _pairs(text))
    personas = [_persona(name, password) for name, password in pairs]
    keys = dict.fromkeys(found["key"] for text in texts for found in _KEY.finditer(text))
    headers = dict.fromkeys(name for text in texts for name in _HEADER_NAME.findall(text))
    return ToldCredentials(
        tuple(personas[:_MOST_PERSONAS]), tuple(keys)[:_MOST_KEYS], tuple(headers)
    )


def texts_of(code: str | None, workspace: Path | None) -> Iterator[str]:
    """The app's own text: the code that was given, or the readable files of its folder."""
    if code is not None:
        yield code
    if workspace is None:
        return
    place = workspace.resolve()
    is_file = place.is_file()
    root, files = (place.parent, iter([place])) if is_file else (place, _files_below(place))
    telling = (file for file in islice(files, _MOST_SEEN) if _is_text(file))
    texts = (beginning_of(file, root, _MOST_BYTES) for file in telling)
    for text in islice((text for text in texts if text is not None), _MOST_FILES):
        yield text.decode("utf-8", "replace")


def _is_text(file: Path) -> bool:
    return file.suffix.lower() in _TEXT_FILES


def _files_below(folder: Path) -> Iterator[Path]:
    for place, folders, names in folder.walk():
        folders[:] = sorted(set(folders) - _NOT_THE_APPS_OWN)
        yield from (place / name for name in sorted(names))


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for table in _USERS_TABLE.finditer(text):
        for entry in _TABLE_ENTRY.finditer(table["body"]):
            yield entry["name"], entry["password"]
    for pattern in _IN_CODE:
        for found in pattern.finditer(text):
            yield found["name"], found["password"]
    for line in text.splitlines():
        if _SPEAKS_OF_LOGIN.search(line):
            for found in _IN_PROSE.finditer(line):
                yield found["name"], found["password"]


def _persona(name: str, password: str) -> Persona:
    is_email = "@" in name
    return Persona("" if is_email else name, name if is_email else "", password)
