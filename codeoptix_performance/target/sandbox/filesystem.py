"""What an app in a sandbox can read besides its own folder: the system and its interpreter."""

from __future__ import annotations

import os
import sys
from pathlib import Path

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store")
CONFIGURATION = (
    *("alternatives", "ca-certificates", "crypto-policies", "default/locale", "fonts"),
    *("gai.conf", "host.conf", "hosts", "java", "ld.so.cache", "ld.so.conf", "ld.so.conf.d"),
    *("locale.alias", "locale.conf", "localtime", "magic", "mime.types", "nsswitch.conf"),
    *("os-release", "pki", "protocols", "services", "ssl", "terminfo", "timezone"),
)
"""Below ``/etc``: what libraries read. Users, keys and services' secrets are not among it."""

_SETTINGS = "pyvenv.cfg"
_OF_AN_ENVIRONMENT = frozenset(
    {
        *("bin", "etc", "include", "lib", "lib64", "man", "share", "src", _SETTINGS),
        *(".gitignore", ".lock", "CACHEDIR.TAG"),
    }
)
"""What installers put into an environment's folder; a project has more than ``src`` and these."""
_INSIDE = Path(__file__).parents[1] / "inside"
_BROKER = Path(__file__).with_name("broker.py")


def readable_paths(program: str, path: str, also: tuple[Path, ...] = ()) -> tuple[Path, ...]:
    """What must be readable for ``program`` (looked for in ``path``) to run; outer paths first.

    That is this interpreter with its packages, the program's own installation, and ``also``.
    """
    found = {_INSIDE, _BROKER, *installation_of(Path(sys.executable)), *also}
    for prefix in (sys.prefix, sys.base_prefix):
        found |= _shown_of(Path(prefix))
    for folder in path.split(":"):
        candidate = Path(folder, program)
        if program and candidate.is_file():
            found.update(installation_of(candidate))
            break
    return tuple(sorted(path for path in found if not _is_system(path)))


def installation_of(program: Path) -> set[Path]:
    """The folders a program is installed in, link by link, and a virtual environment's base."""
    found: set[Path] = set()
    hop = program.absolute()
    while True:
        found |= _roots(hop)
        if not hop.is_symlink():
            break
        hop = Path(os.path.normpath(hop.parent / hop.readlink()))
    found |= _roots(program.resolve())
    for root in list(found):
        settings = root if root.name == _SETTINGS else root / _SETTINGS
        if settings.is_file():
            found |= _home_of(settings)
    return found


def users_home() -> Path:
    """The user's home; a path that does not exist for a user who has none."""
    return Path(os.path.expanduser("~"))  # noqa: PTH111 - Path.home() raises for such a user


def _roots(program: Path) -> set[Path]:
    """``/opt/x`` for ``/opt/x/bin/program``, never a folder with a user's other things."""
    root = program.parent.parent
    if program.parent.name != "bin":
        return {program}
    shown = _shown_of(root)
    return shown if any(program.is_relative_to(path) for path in shown) else {program, *shown}


def _shown_of(root: Path) -> set[Path]:
    """The folder of an installation; of one with other things in it, what belongs to it."""
    if _is_users_own(root):
        parts = ["lib"]
    elif _is_a_project(root):
        parts = ["bin", "include", "lib", "lib64", "share", _SETTINGS]
    else:
        return {root}
    return {root / part for part in parts if (root / part).exists()}


def _is_users_own(root: Path) -> bool:
    home = users_home()
    return home.is_relative_to(root) or root in (home / ".local", Path("/"))


def _is_a_project(root: Path) -> bool:
    """Whether a virtual environment was made in a folder that there is more in."""
    if not (root / _SETTINGS).is_file():
        return False
    return any(entry.name not in _OF_AN_ENVIRONMENT for entry in root.iterdir())


def _home_of(settings: Path) -> set[Path]:
    for line in settings.read_text(encoding="utf-8", errors="replace").splitlines():
        key, _, value = line.partition("=")
        if key.strip() == "home":
            return {Path(value.strip()).parent}
    return set()


def _is_system(path: Path) -> bool:
    return any(path.is_relative_to(root) for root in SYSTEM)
