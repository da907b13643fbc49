"""What the sandbox adds: to the start of an app, and to each answer; side by side with none.

    python benchmarks/sandbox.py [ROUNDS]

Turns are short and alternate, so that a busy machine disturbs all alike.
"""

from __future__ import annotations

import socket
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from urllib.parse import urlsplit

from codeoptix_performance.settings.settings import SandboxName, Settings
from codeoptix_performance.target.sandbox.relay import relay_to
from codeoptix_performance.target.start import StartedApp, start_app

CODE = """
from fastapi import FastAPI

app = FastAPI()

@app.get("/")
async def root():
    return {"hello": "world"}
"""
ASKED = b"GET / HTTP/1.1\r\nHost: app\r\n\r\n"
STARTS = 12
TURN = 100
NEW_PER_TURN = 5
Open = Callable[[], socket.socket]


def main(rounds: int) -> None:
    """Starts first, then answers over kept and over new connections."""
    starts: dict[SandboxName, list[float]] = {"none": [], "limits": [], "bwrap": []}
    for _ in range(STARTS):
        for rung, seconds in starts.items():
            started = time.perf_counter()
            with start_app(Settings(code=CODE, sandbox=rung)):
                seconds.append(time.perf_counter() - started)
    for rung, seconds in starts.items():
        print(
            f"start on {rung:7} median {statistics.median(seconds) * 1e3:6.0f} ms  "
            f"least {min(seconds) * 1e3:6.0f} ms"
        )
    print(f"{'':10} {'kept connection':>22} {'new connection':>22}")
    print(f"{'':10} {'p50 µs':>11}{'p99 µs':>11} {'p50 µs':>11}{'p99 µs':>11}")
    for way, (kept, new) in measured(rounds).items():
        figures = [percentile(times, part) for times in (kept, new) for part in (0.5, 0.99)]
        print(
            f"{way:10} "
            + " ".join("".join(f"{x * 1e6:11.0f}" for x in figures[i : i + 2]) for i in (0, 2))
        )


def measured(rounds: int) -> dict[str, tuple[list[float], list[float]]]:
    """Seconds per answer by way: over one kept connection, and with a new connection each."""
    with ExitStack() as stack:
        apps = {
            rung: stack.enter_context(start_app(Settings(code=CODE, sandbox=rung)))
            for rung in ("none", "limits", "bwrap")
        }
        doorway = apps["bwrap"].doorway
        if doorway is None:
            sys.exit("bwrap has no doorway here")
        relay = stack.enter_context(relay_to(doorway))
        ways: dict[str, Open] = {
            "plain": dialer(apps["none"]),
            "limits": dialer(apps["limits"]),
            "doorway": lambda: without_delay(doorway.connect(10)),
            "relay": lambda: dialed(relay),
        }
        lines = {way: stack.enter_context(connect()) for way, connect in ways.items()}
        for line in lines.values():
            for _ in range(300):
                answer(line)
        times: dict[str, tuple[list[float], list[float]]] = {way: ([], []) for way in ways}
        for _ in range(rounds):
            for way, connect in ways.items():
                kept, new = times[way]
                kept += [answer(lines[way]) for _ in range(TURN)]
                new += [once(connect) for _ in range(NEW_PER_TURN)]
        return times


def dialer(app: StartedApp) -> Open:
    """How an app without a network of its own is reached."""
    return lambda: dialed(app.base_url)


def dialed(address: str) -> socket.socket:
    """A connection to a base URL."""
    parts = urlsplit(address)
    return without_delay(socket.create_connection((parts.hostname or "", parts.port or 0), 10))


def without_delay(connection: socket.socket) -> socket.socket:
    """The connection, with Nagle's algorithm off."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def answer(line: socket.socket) -> float:
    """Seconds from question to answer."""
    started = time.perf_counter()
    line.sendall(ASKED)
    words = b""
    while b"}" not in words:
        words += line.recv(65536)
    return time.perf_counter() - started


def once(connect: Open) -> float:
    """Seconds from nothing to an answer."""
    started = time.perf_counter()
    with connect() as line:
        answer(line)
    return time.perf_counter() - started


def percentile(times: list[float], part: float) -> float:
    """The nearest rank."""
    return sorted(times)[int(len(times) * part)]


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
