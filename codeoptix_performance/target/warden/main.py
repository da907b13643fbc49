"""Stands between the evaluating process and one app, and leaves no process of it behind.

A program of its own; it and what it imports need nothing but the standard library. Over the
socket FD it takes and gives lines of JSON:

    takes   {"do": "run", "argv", "env", "cwd", "memory_limit", "grace",
             "wrapper", "mark", "identity", "limits", "own_folders"}
            {"do": "log"}    {"do": "ports"}    {"do": "stop"}
    gives   {"event": "started", "pid"}      {"event": "exited", "code", "out_of_memory"}
            {"event": "log", "head", "tail", "bytes"}    {"event": "ports", "ports"}

``wrapper`` is the command that makes a sandbox and runs its broker in it, empty for none; the
socket CHANNELS is the broker's. It is the subreaper of the app's tree, so a daemon that forked
away twice is still its descendant, and the tree is gone exactly when ``waitpid`` knows no child
any more. It ends the tree and removes FOLDER when it is told to stop and when the socket closes,
which the kernel does even for an evaluating process that was killed with -9. It lives in a
session of its own: Ctrl-C on the terminal does not reach it. It has one thread, which signals
that follow a parent's death are bound to.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import sys
from typing import Any

from codeoptix_performance.target.warden.becoming import be_subreaper
from codeoptix_performance.target.warden.output import Output
from codeoptix_performance.target.warden.removal import remove
from codeoptix_performance.target.warden.segments import Segments
from codeoptix_performance.target.warden.tree import Tree
from codeoptix_performance.target.warden.use import Use, use_of

_WAKE_SECONDS = 0.2


class Warden:
    """The loop: the socket, the app's output, what it uses, and its end."""

    def __init__(self, control: socket.socket, channels: socket.socket) -> None:
        self.control = control
        self.channels = channels
        self.received = b""
        self.output = Output()
        self.tree = Tree()
        self.use = Use(self.tree, 0, None, Segments(self.tree, own_space=True))
        self.grace_seconds = 1.0
        self.told_of_start = False
        self.told_of_exit = False
        self.ended_by_us = False
        self.wakeup, wakeup_writer = os.pipe()
        os.set_blocking(self.wakeup, False)
        os.set_blocking(wakeup_writer, False)
        signal.set_wakeup_fd(wakeup_writer, warn_on_full_buffer=False)

    def watch(self) -> None:
        """Serves until it is told to stop or the socket closes; then ends the tree."""
        poll = select.poll()
        for fd in (self.control.fileno(), self.output.reader, self.wakeup):
            poll.register(fd, select.POLLIN)
        poll.register(self.tree.status, select.POLLIN)
        while True:
            ready = [fd for fd, _ in poll.poll(_WAKE_SECONDS * 1000)]
            if self.output.reader in ready and not self.output.drain():
                poll.unregister(self.output.reader)
            if self.wakeup in ready:
                os.read(self.wakeup, 4096)
            if self.tree.status.fileno() in ready and not self.tree.hear():
                poll.unregister(self.tree.status)
            if self.control.fileno() in ready and not self.obey():
                break
            if self.tree.started:
                self.tell_of_start()
                self.tell_of_exit()
                self.end_what_uses_too_much()
        self.tree.end(self.output, self.grace_seconds)
        self.use.segments.remove()

    def obey(self) -> bool:
        """Does what the socket says; False when the work is over."""
        try:
            chunk = self.control.recv(65536)
        except ConnectionResetError:
            return False
        if not chunk:
            return False
        *lines, self.received = (self.received + chunk).split(b"\n")
        return all(self.do(json.loads(line)) for line in lines)

    def do(self, message: dict[str, Any]) -> bool:
        """Does one thing that was asked for; False for the last."""
        if message["do"] == "run":
            self.grace_seconds = message["grace"]
            self.use = use_of(self.tree, message)
            self.tree.start(message, self.output, self.channels)
        elif message["do"] == "ports":
            self.tell(event="ports", ports=self.tree.listening() if self.tree.root else [])
        elif message["do"] == "log":
            self.output.drain()
            self.tell(
                event="log",
                head=self.output.head.decode("utf-8", "replace"),
                tail=self.output.tail.decode("utf-8", "replace"),
                bytes=self.output.count,
            )
        return bool(message["do"] != "stop")

    def tell_of_start(self) -> None:
        """Says once which process is the app's first, as soon as there is one."""
        if self.tree.root and not self.told_of_start:
            self.told_of_start = True
            self.tell(event="started", pid=self.tree.root)

    def tell_of_exit(self) -> None:
        """Says once that the app ended. A root that ends well may leave a daemon that serves."""
        self.tree.reap()
        code = self.tree.root_code
        if self.told_of_exit or code is None:
            return
        living = self.tree.descendants() if code == 0 else []
        if living:
            self.tell_of_daemon(living[0])
            return
        self.told_of_exit = True
        self.output.drain()
        if self.use.exceeded:
            self.output.add(f"LimitExceededError: the app was ended because {self.use.exceeded}")
        self.tell(event="exited", code=code, out_of_memory=self.use.out_of_memory)

    def tell_of_daemon(self, pid: int) -> None:
        """Says once which process has taken the place of a root that forked away."""
        if self.tree.stands_in != pid:
            self.tree.stands_in = pid
            self.tell(event="started", pid=pid)

    def end_what_uses_too_much(self) -> None:
        """Kills a tree that is beyond a limit; the first broken limit is the one that is told."""
        if self.told_of_exit:
            return
        if self.ended_by_us:
            self.tree.kill()
        elif self.use.look(self.output.count):
            self.ended_by_us = True
            self.tree.kill()

    def tell(self, **message: Any) -> None:
        """One line to the evaluating process; that it has died is seen at the next read."""
        try:
            self.control.sendall(json.dumps(message).encode() + b"\n")
        except (BrokenPipeError, ConnectionResetError):
            return


def main() -> None:
    """Ends with 0 when no process and no folder is left; arguments: FD, CHANNELS and FOLDER."""
    control, channels = (socket.socket(fileno=int(word)) for word in sys.argv[1:3])
    folder = sys.argv[3]
    for end in (control, channels):
        end.set_inheritable(False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    be_subreaper()
    try:
        Warden(control, channels).watch()
    finally:
        remove(folder)


if __name__ == "__main__":
    main()
