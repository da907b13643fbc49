"""What the warden's forked child does on its way to becoming the app, or the sandbox around it."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
from typing import Any

PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_STATUS_FD, _CHANNELS_FD = 3, 4


def become(job: dict[str, Any], output: int, status: int, channels: int) -> None:
    """Replaces this process by what ``job`` describes: all an app may rely on, nothing of ours.

    In a sandbox the broker gets ``status`` and ``channels`` as descriptors 3 and 4 and starts the
    app in turn. Never returns; a program that cannot be executed is exit code 127.
    """
    wrapper = job["wrapper"]
    argv, env = (wrapper, job["mark"]) if wrapper else (job["argv"], job["env"])
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
            if signal.getsignal(number) is not None:
                signal.signal(number, signal.SIG_DFL)
        _prefer_for_the_kernels_out_of_memory_killer()
        os.dup2(output, 1)
        os.dup2(output, 2)
        if wrapper:
            _hand_over(job, status, channels)
        else:
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.chdir(job["cwd"])
        _limit(job["limits"])
        if job["limits"] and not wrapper:
            _drop_privileges(job["identity"])
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        os.execvpe(argv[0], argv, env)  # noqa: S606 - no shell is the point
    except OSError as error:
        os.write(2, f"{argv[0]}: {error.strerror}\n".encode())
    finally:
        os._exit(127)


def be_subreaper() -> None:
    """From now on every orphan of our descendants becomes our child."""
    prctl(_PR_SET_CHILD_SUBREAPER, 1)


def prctl(option: int, value: int) -> None:
    """One of the switches of a process that Python has no function for."""
    ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def _hand_over(job: dict[str, Any], status: int, channels: int) -> None:
    """Lays out what the broker takes: its job on 0, its two sockets on 3 and 4."""
    words = json.dumps({key: job[key] for key in ("argv", "env", "cwd", "identity")})
    paper = os.memfd_create("job")
    os.write(paper, words.encode())
    os.lseek(paper, 0, os.SEEK_SET)
    os.dup2(paper, 0)
    # First out of the way, so that neither is overwritten before it has been copied.
    status, channels = os.dup(status), os.dup(channels)
    while min(status, channels) <= _CHANNELS_FD:
        status, channels = os.dup(status), os.dup(channels)
    os.dup2(status, _STATUS_FD)
    os.dup2(channels, _CHANNELS_FD)
    os.chdir("/")


def _limit(limits: dict[str, int] | None) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if limits:
        for number, name in (
            (resource.RLIMIT_NOFILE, "open_files"),
            (resource.RLIMIT_FSIZE, "file_bytes"),
            (resource.RLIMIT_NPROC, "user_tasks"),
        ):
            _lower(number, limits[name])


def _lower(number: int, wanted: int) -> None:
    """Soft and hard limit at ``wanted``, never above what is allowed already."""
    hard = resource.getrlimit(number)[1]
    value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(number, (value, value))


def _drop_privileges(identity: int | None) -> None:
    if identity is not None:
        os.setgroups([])
        os.setresgid(identity, identity, identity)
        os.setresuid(identity, identity, identity)
    prctl(_PR_SET_NO_NEW_PRIVS, 1)


def _prefer_for_the_kernels_out_of_memory_killer() -> None:
    with open("/proc/self/oom_score_adj", "w") as file:  # noqa: PTH123 - pathlib is slow to import
        file.write("500")
