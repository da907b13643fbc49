"""Installers, run so that none outlives whoever wants something installed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

_PACKAGES = Path(__file__).parents[3]
_START = (
    "import sys; sys.path.append(sys.argv.pop(1)); "
    "from codeoptix_performance.target.warden.minder import main; main()"
)
_LONGEST_SECONDS = 600.0


class NotInstalledError(Exception):
    """An installer did not end in time, or cannot be run; the text is a clause about it."""


def run_installer(
    words: Sequence[str | Path], *, cwd: Path, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """How the command ended and what it said; what it writes, anybody may read.

    It is killed with all it has started when this process ends, however it does, and after ten
    minutes. Raises ``NotInstalledError``.
    """
    name = Path(words[0]).name
    reader, writer = os.pipe()
    try:
        installer = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _START, str(_PACKAGES), *words],
            cwd=cwd,
            env=env,
            stdin=reader,
            umask=0o022,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        )
    except OSError as error:
        os.close(writer)
        raise NotInstalledError(f"{name} cannot be run ({error.strerror})") from error
    finally:
        os.close(reader)
    with installer:
        try:
            out, said = installer.communicate(timeout=_LONGEST_SECONDS)
        except subprocess.TimeoutExpired as error:
            reason = f"{name} had not ended after {_LONGEST_SECONDS:g} s"
            raise NotInstalledError(reason) from error
        finally:
            os.close(writer)
    return subprocess.CompletedProcess(words, installer.returncode, out, said)
