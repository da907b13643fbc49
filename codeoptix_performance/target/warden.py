"""Stands between the evaluating process and one app, and leaves no process of it behind.

A program of its own, run as ``python -I -S warden.py FD FOLDER``; it needs nothing but the
standard library. Over the socket FD it takes and gives lines of JSON:

    takes   {"do": "run", "argv", "env", "cwd", "memory_limit", "grace"}
            {"do": "log"}    {"do": "ports"}    {"do": "stop"}
    gives   {"event": "started", "pid"}      {"event": "exited", "code", "out_of_memory"}
            {"event": "log", "head", "tail", "bytes"}    {"event": "ports", "ports"}

It is the subreaper of the app's tree, so a daemon that forked away twice is still its
descendant, and the tree is gone exactly when ``waitpid`` knows no child any more. It ends the
tree and removes FOLDER when it is told to stop and when the socket closes, which the kernel
does even for an evaluating process that was killed with -9. It lives in a session of its own:
Ctrl-C on the terminal does not reach it.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import select
import shutil
import signal
import socket
import sys
import time
from typing import Any

_HEAD_BYTES = 16 * 1024
_TAIL_BYTES = 64 * 1024
_PIPE_BYTES = 1024 * 1024
_LOOK_SECONDS = 0.2
_PAGE = os.sysconf("SC_PAGE_SIZE")
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_LISTENING = "0A"


class Output:
    """The first and the last bytes an app wrote, and how many there were."""

    def __init__(self) -> None:
        self.reader, self.writer = os.pipe()
        os.set_blocking(self.reader, False)
        self.head, self.tail, self.count = b"", b"", 0
        try:
            import fcntl  # noqa: PLC0415 - only here, and absent on some systems

            fcntl.fcntl(self.writer, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        except (ImportError, AttributeError, OSError):
            pass  # a smaller pipe only means more turns

    def drain(self, turns: int = 16) -> bool:
        """Takes what is there, at most ``turns`` times 64 KiB; whether the pipe is still open."""
        for _ in range(turns):
            try:
                chunk = os.read(self.reader, _TAIL_BYTES)
            except BlockingIOError:
                return True
            if not chunk:
                return False
            self.count += len(chunk)
            room = _HEAD_BYTES - len(self.head)
            self.head += chunk[:room]
            self.tail = (self.tail + chunk)[-_TAIL_BYTES:]
        return True


class Tree:
    """The app and everything that descends from it."""

    def __init__(self) -> None:
        self.root = 0
        self.root_code: int | None = None
        self.stands_in = 0

    def start(self, job: dict[str, Any], output: Output) -> int:
        """Starts the app in a session of its own; its process id."""
        self.root = os.fork()
        if self.root == 0:
            _become_app(job, output.writer)
        os.close(output.writer)
        return self.root

    def reap(self) -> bool:
        """Collects what has ended; whether any process of the tree is left."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if pid == 0:
                return True
            if pid == self.root:
                self.root_code = os.waitstatus_to_exitcode(status)

    def descendants(self) -> list[int]:
        """Every living process below the warden, parents before their children."""
        children: dict[int, list[int]] = {}
        for name in os.listdir("/proc"):  # noqa: PTH208 - as in _read
            if name.isdigit():
                parent = _parent_of(name)
                if parent:
                    children.setdefault(parent, []).append(int(name))
        found = [os.getpid()]
        for pid in found:
            found += children.get(pid, ())
        return found[1:]

    def send(self, number: int) -> None:
        """Sends a signal to every process of the tree."""
        for pid in self.descendants():
            try:
                os.kill(pid, number)
            except (ProcessLookupError, PermissionError):
                continue

    def resident_bytes(self) -> int:
        """Memory of the tree; pages that several processes share count once, nearly."""
        private, shared = 0, 0
        for pid in self.descendants():
            fields = _read(f"/proc/{pid}/statm").split()
            if fields:
                private += int(fields[1]) - int(fields[2])
                shared = max(shared, int(fields[2]))
        return (private + shared) * _PAGE

    def listening(self) -> list[tuple[str, int]]:
        """Address (as the kernel writes it, in hex) and port of each listener.

        Parents' before children's, lower descriptors first: nearly the order they were opened in.
        """
        pids = self.descendants()
        order: dict[str, int] = {}
        for pid in pids:
            for inode in _socket_inodes(pid):
                order.setdefault(inode, len(order))
        rows = {row for pid in pids[:1] for row in _listeners(pid) if row[0] in order}
        return [(host, port) for _, host, port in sorted(rows, key=lambda row: order[row[0]])]

    def end(self, output: Output, grace_seconds: float) -> None:
        """Asks the app to end, waits for ``grace_seconds``, and kills whatever is left."""
        if self.reap() and self.root_code is None:
            os.killpg(self.root, signal.SIGTERM)
        deadline = time.monotonic() + grace_seconds
        while self.reap():
            if self.root_code is not None or time.monotonic() >= deadline:
                self.send(signal.SIGKILL)
            output.drain()
            time.sleep(0.005)


class Warden:
    """The loop: the socket, the app's output, its memory and its end."""

    def __init__(self, control: socket.socket) -> None:
        self.control = control
        self.received = b""
        self.output = Output()
        self.tree = Tree()
        self.memory_limit = 0
        self.grace_seconds = 1.0
        self.out_of_memory = False
        self.told_of_exit = False
        self.wakeup, wakeup_writer = os.pipe()
        os.set_blocking(self.wakeup, False)
        os.set_blocking(wakeup_writer, False)
        signal.set_wakeup_fd(wakeup_writer, warn_on_full_buffer=False)

    def watch(self) -> None:
        """Serves until it is told to stop or the socket closes; then ends the tree."""
        poll = select.poll()
        for fd in (self.control.fileno(), self.output.reader, self.wakeup):
            poll.register(fd, select.POLLIN)
        next_look = 0.0
        while True:
            ready = [fd for fd, _ in poll.poll(_LOOK_SECONDS * 1000)]
            if self.output.reader in ready and not self.output.drain():
                poll.unregister(self.output.reader)
            if self.wakeup in ready:
                os.read(self.wakeup, 4096)
            if self.control.fileno() in ready and not self.obey():
                break
            if self.tree.root:
                self.tell_of_exit()
                if self.memory_limit and time.monotonic() >= next_look:
                    next_look = time.monotonic() + self.look_at_memory()
        self.tree.end(self.output, self.grace_seconds)

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
            self.memory_limit = message["memory_limit"]
            self.grace_seconds = message["grace"]
            self.tell(event="started", pid=self.tree.start(message, self.output))
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

    def tell_of_exit(self) -> None:
        """Says once that the app ended. A root that ends well may leave a daemon that serves."""
        any_left = self.tree.reap()
        code = self.tree.root_code
        if self.told_of_exit or code is None:
            return
        if code == 0 and any_left:
            self.tell_of_daemon()
            return
        self.told_of_exit = True
        self.output.drain()
        self.tell(event="exited", code=code, out_of_memory=self.out_of_memory)

    def tell_of_daemon(self) -> None:
        """Says once which process has taken the place of a root that forked away."""
        living = self.tree.descendants()
        if living and self.tree.stands_in != living[0]:
            self.tree.stands_in = living[0]
            self.tell(event="started", pid=living[0])

    def look_at_memory(self) -> float:
        """Kills a tree beyond its limit; seconds until the next look, fewer close to the limit."""
        started = time.monotonic()
        used = self.tree.resident_bytes()
        if used > self.memory_limit and not self.told_of_exit:
            self.out_of_memory = True
            self.tree.send(signal.SIGKILL)
        took = time.monotonic() - started
        return max(_LOOK_SECONDS * (0.25 if used > self.memory_limit / 2 else 1.0), 20 * took)

    def tell(self, **message: Any) -> None:
        """One line to the evaluating process; that it has died is seen at the next read."""
        try:
            self.control.sendall(json.dumps(message).encode() + b"\n")
        except (BrokenPipeError, ConnectionResetError):
            return


def _become_app(job: dict[str, Any], output: int) -> None:
    """In the forked child: everything an app may rely on, and nothing of ours."""
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
            if signal.getsignal(number) is not None:
                signal.signal(number, signal.SIG_DFL)
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        _prefer_for_the_kernels_out_of_memory_killer()
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.chdir(job["cwd"])
        os.execvpe(job["argv"][0], job["argv"], job["env"])  # noqa: S606 - no shell is the point
    except OSError as error:
        os.write(2, f"{job['argv'][0]}: {error.strerror}\n".encode())
    finally:
        os._exit(127)


def _prefer_for_the_kernels_out_of_memory_killer() -> None:
    with open("/proc/self/oom_score_adj", "w") as file:  # noqa: PTH123 - as in _read
        file.write("500")


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def _parent_of(pid: str) -> int:
    """The parent of a process; 0 when it is gone."""
    fields = _read(f"/proc/{pid}/stat").rpartition(b")")[2].split()
    return int(fields[1]) if fields else 0


def _read(path: str) -> bytes:
    """What a file of ``/proc`` says; nothing when its process is gone."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - pathlib would double the start-up time
            return file.read()
    except OSError:
        return b""


def _socket_inodes(pid: int) -> list[str]:
    """The process's sockets by ascending descriptor, as far as it still had them."""
    inodes = []
    try:
        for fd in sorted(map(int, os.listdir(f"/proc/{pid}/fd"))):  # noqa: PTH208 - as in _read
            link = os.readlink(f"/proc/{pid}/fd/{fd}")  # noqa: PTH115 - as in _read
            if link.startswith("socket:["):
                inodes.append(link[8:-1])
    except OSError:
        return inodes
    return inodes


def _listeners(pid: int) -> set[tuple[str, str, int]]:
    """Inode, hex address and port of every TCP listener in the network that ``pid`` sees."""
    rows = set()
    for table in ("tcp", "tcp6"):
        for line in _read(f"/proc/{pid}/net/{table}").decode().splitlines()[1:]:
            fields = line.split()
            if fields[3] == _LISTENING:
                address, port = fields[1].split(":")
                rows.add((fields[9], address, int(port, 16)))
    return rows


def main() -> None:
    """Ends with 0 when no process and no folder is left."""
    control_fd, folder = int(sys.argv[1]), sys.argv[2]
    os.set_inheritable(control_fd, False)  # noqa: FBT003 - the standard library's signature
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    try:
        Warden(socket.socket(fileno=control_fd)).watch()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
