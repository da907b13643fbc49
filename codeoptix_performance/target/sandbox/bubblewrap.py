"""The command line of ``bwrap`` that puts an app into namespaces of its own."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from codeoptix_performance.target.sandbox.filesystem import CONFIGURATION, SYSTEM
from codeoptix_performance.target.sandbox.hold import Hold

OWN_FOLDERS = ("app", "home", "tmp")
"""In the app's own folder: where it may write."""

_BROKER = Path(__file__).with_name("broker.py")
_SHARED_MEMORY_BYTES = 64 * 2**20
_FOR_THE_BROKER = ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP")


def bwrap_command(hold: Hold, folder: Path, readable: Iterable[Path]) -> tuple[str, ...]:
    """Program and arguments that run the broker inside, with the app's folder at its own path."""
    return (
        hold.bwrap,
        *_namespaces(hold),
        *_system(hold, folder),
        *_own_files(folder, readable),
        *("--remount-ro", "/", "--"),
        *(sys.executable, "-I", "-S", str(_BROKER)),
    )


def write_accounts(folder: Path, identity: int) -> None:
    """The only users the app can look up: itself, and nobody."""
    accounts = folder / "accounts"
    accounts.mkdir()
    home = folder / "home"
    (accounts / "passwd").write_text(
        f"app:x:{identity}:{identity}:app:{home}:/bin/sh\n"
        "nobody:x:65534:65534:nobody:/nonexistent:/bin/false\n",
        encoding="utf-8",
    )
    (accounts / "group").write_text(f"app:x:{identity}:\nnogroup:x:65534:\n", encoding="utf-8")


def _namespaces(hold: Hold) -> Iterator[str]:
    yield from ("--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try")
    yield from ("--hostname", "app", "--die-with-parent", "--as-pid-1", "--cap-drop", "ALL")
    if hold.own_network:
        yield "--unshare-net"
    if hold.identity is not None:
        for capability in _FOR_THE_BROKER:
            yield from ("--cap-add", capability)
    else:
        yield "--unshare-user"
        if hold.nested_namespaces_off:
            yield "--disable-userns"


def _system(hold: Hold, folder: Path) -> Iterator[str]:
    for name in SYSTEM:
        path = Path(name)
        if path.is_symlink():
            yield from ("--symlink", str(path.readlink()), name)
        elif path.is_dir():
            yield from ("--ro-bind", name, name)
    yield from _configuration(hold)
    for name in ("passwd", "group"):
        yield from ("--ro-bind", str(folder / "accounts" / name), f"/etc/{name}")
    yield from ("--proc", "/proc", "--dev", "/dev")
    yield from ("--size", str(_SHARED_MEMORY_BYTES), "--perms", "1777", "--tmpfs", "/dev/shm")  # noqa: S108 - inside
    yield from ("--remount-ro", "/dev")
    for name in ("/run", "/var"):
        yield from ("--perms", "0755", "--dir", name)
    yield from ("--symlink", "../tmp", "/var/tmp")  # noqa: S108 - as above


def _configuration(hold: Hold) -> Iterator[str]:
    wanted = (*CONFIGURATION, "resolv.conf") if not hold.own_network else CONFIGURATION
    yield from ("--perms", "0755", "--dir", "/etc")
    for name in wanted:
        path = Path("/etc", name)
        if path.exists():
            yield from ("--ro-bind", str(path.resolve()), str(path))


def _own_files(folder: Path, readable: Iterable[Path]) -> Iterator[str]:
    """The private /tmp first: what lies below the real one is mounted over it."""
    own = [folder / name for name in OWN_FOLDERS]
    shown = list(readable)
    yield from ("--bind", str(folder / "tmp"), "/tmp")  # noqa: S108 - inside it is private
    for parent in _parents([*own, *shown]):
        yield from ("--perms", "0755", "--dir", str(parent))
    for path in shown:
        yield from ("--ro-bind", str(path), str(path))
    for path in own:
        yield from ("--bind", str(path), str(path))


def _parents(paths: Iterable[Path]) -> list[Path]:
    """Every folder above the paths, outer ones first; bwrap would close them to other users."""
    above = {parent for path in paths for parent in path.parents}
    return sorted(above - {Path("/"), Path("/tmp")})  # noqa: S108 - as above
