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

_INSIDE = Path(__file__).parents[1] / "inside"
_BROKER = Path(__file__).with_name("broker.py")


def readable_paths(program: str, path: str, also: tuple[Path, ...] = ()) -> tuple[Path, ...]:
    """What must be readable for ``program`` (looked for in ``path``) to run; outer paths first.

    That is this interpreter with its packages, the program's own installation, and ``also``.
    """
    own = (Path(sys.prefix), Path(sys.base_prefix), _INSIDE, _BROKER)
    found = {*own, *installation_of(Path(sys.executable)), *also}
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
        settings = root / "pyvenv.cfg"
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
    if _holds_more(root):
        return {program, *(path for path in (root / "lib",) if path.is_dir())}
    return {root}


def _holds_more(root: Path) -> bool:
    home = users_home()
    return home.is_relative_to(root) or root in (home / ".local", Path("/"))


def _home_of(settings: Path) -> set[Path]:
    for line in settings.read_text(encoding="utf-8", errors="replace").splitlines():
        key, _, value = line.partition("=")
        if key.strip() == "home":
            return {Path(value.strip()).parent}
    return set()


def _is_system(path: Path) -> bool:
    return any(path.is_relative_to(root) for root in SYSTEM)
