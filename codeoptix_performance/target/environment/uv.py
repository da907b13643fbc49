"""A Python environment made by uv: of wheels only, so that no package's code runs meanwhile."""

from __future__ import annotations

import os
import re
import shutil
import sys
from contextlib import suppress
from pathlib import Path

from codeoptix_performance.errors import PreparationError, StartFailure, TargetError
from codeoptix_performance.target.environment.cache import cached_folder, name_of
from codeoptix_performance.target.environment.installer import NotInstalledError, run_installer
from codeoptix_performance.target.environment.requirements import Requirements

_FORMAT = 1
_LONGEST_QUOTE = 500
_NOT_FOR_UV = ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "UV_PYTHON", "UV_NO_BINARY", "UV_TARGET")
_WITHOUT_WHEEL = re.compile(r"no (usable )?wheels|building from source is disabled")


def uv_environment(requirements: Requirements, reason: str) -> Path:
    """The folder of an environment of this Python with the required packages in it.

    ``reason`` says in a clause why one is needed. Raises ``TargetError`` (``requirements``) with
    uv's own sentence when the requirements cannot be met by anybody, and ``PreparationError``
    when it is this machine that cannot meet them.
    """
    uv = shutil.which("uv", path=os.pathsep.join((str(Path(sys.executable).parent), _path())))
    if uv is None:
        raise PreparationError(
            f"The app could not be tested: {reason}, and uv, which makes an environment that has "
            "it, is not installed: pip install 'codeoptix-performance[environments]'."
        )
    name = name_of(
        _FORMAT,
        sys.version,
        sys.base_prefix,
        sorted(requirements.lines),
        sorted(requirements.constraints),
    )

    def make(folder: Path, place: Path) -> None:
        _install(uv, requirements, folder)
        _compile(folder, place)

    return cached_folder("python", name, make)


def _install(uv: str, requirements: Requirements, folder: Path) -> None:
    venv = ("venv", "--relocatable", "--allow-existing", "--python", sys.executable)
    _run_uv(requirements, uv, *venv, folder)
    listed, limits = folder / "requirements.txt", folder / "constraints.txt"
    listed.write_text("\n".join(requirements.lines), encoding="utf-8")
    limits.write_text("\n".join(requirements.constraints), encoding="utf-8")
    if requirements.lines:
        _run_uv(
            requirements,
            *(uv, "pip", "install", "--python", folder / "bin" / "python"),
            *("--only-binary", ":all:", "--link-mode", "copy", "--requirements", listed),
            *(("--constraints", limits) if requirements.constraints else ()),
        )


def _run_uv(requirements: Requirements, *words: str | Path) -> None:
    """Runs uv as the user has set it up by variables; no file of a project has a say."""
    kept = {name: value for name, value in os.environ.items() if name not in _NOT_FOR_UV}
    plain = ("--no-config", "--no-progress", "--color", "never", "--no-python-downloads")
    try:
        done = run_installer((*words, *plain), cwd=Path("/"), env=kept)
    except NotInstalledError as error:
        raise _not_prepared(requirements, str(error)) from error
    if done.returncode:
        _refuse(requirements, done.stderr)


def _refuse(requirements: Requirements, said: str) -> None:
    """Whose fault it is that nothing was installed: the app's where no solution exists."""
    sentence = sentence_of(said)
    if "No solution found" in said and not _WITHOUT_WHEEL.search(said):
        start = f"The app's requirements ({requirements.origin}) cannot be installed"
        raise TargetError(StartFailure("requirements", f"{start}: {sentence}."))
    raise _not_prepared(requirements, sentence)


def sentence_of(said: str) -> str:
    """The sentence in what uv wrote: the reason for there being no solution, or all causes."""
    plain = re.sub(r"[×╰╭├│─▶]|^\s*(error|cause|Caused by):", " ", said, flags=re.MULTILINE)
    because = re.search(r"Because.*?(?=\n\s*\n|\n\s*hint:|\Z)", plain, re.DOTALL)
    if because:
        return " ".join(because[0].split()).rstrip(".")[:_LONGEST_QUOTE]
    lines = [" ".join(line.split()) for line in plain.splitlines() if line.strip()]
    told = [line for line in lines if not line.startswith(("Using Python", "warning:"))]
    return ": ".join(told).rstrip(".")[:_LONGEST_QUOTE] or "uv gave no reason"


def _not_prepared(requirements: Requirements, reason: str) -> PreparationError:
    return PreparationError(
        "The app could not be tested: its packages could not be installed "
        f"({requirements.origin}): {reason}."
    )


def _compile(folder: Path, place: Path) -> None:
    """Byte code under the names the files will have; ``-S`` keeps any ``.pth`` from running.

    An app may start thousands of times, and would compile all it imports each time. Files that
    do not compile are the app's own affair, and the exit code with them.
    """
    words = (sys.executable, "-I", "-S", "-m", "compileall", "-q", "-j", "2")
    with suppress(NotInstalledError):
        run_installer((*words, "-s", folder, "-p", place, folder / "lib"), cwd=Path("/"))


def _path() -> str:
    return os.environ.get("PATH") or os.defpath
