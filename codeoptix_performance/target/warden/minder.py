"""Runs one command for as long as somebody waits for it, and ends as it ended.

A program of its own, on the standard library alone: its arguments are the command, its standard
input says nothing and is closed by whoever waits, if need be by the kernel. Then the command is
killed, with all it has started in its session.
"""

from __future__ import annotations

import os
import select
import signal
import sys
from contextlib import suppress

from codeoptix_performance.target.warden.becoming import PR_SET_PDEATHSIG, prctl


def main() -> None:
    """The program; exit code 127 stands for a command that cannot be executed."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # who sends it to all of us closes our input as well
    command = os.fork()
    if command == 0:
        _become(sys.argv[1:])
    ended = os.pidfd_open(command)
    poll = select.poll()
    poll.register(ended, select.POLLIN)
    poll.register(0, select.POLLIN)
    poll.poll()
    os.kill(command, signal.SIGKILL)
    with suppress(ProcessLookupError):  # it has not come as far as to a session of its own
        os.killpg(command, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(command, 0)[1])
    sys.exit(code if code >= 0 else 128 - code)


def _become(argv: list[str]) -> None:
    try:
        os.setsid()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.execvp(argv[0], argv)  # noqa: S606 - no shell is the point
    except OSError as error:
        os.write(2, f"{argv[0]}: {error.strerror}\n".encode())
    finally:
        os._exit(127)
