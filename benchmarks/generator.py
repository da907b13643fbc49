"""CPU per request of load generators, side by side against one server on loopback.

    make bench

Every generator runs in a process of its own, three rounds in turn, 20 connections without
pauses. CPU is what the operating system charged that process, its start included; a machine's
speed cancels out in the ratios. A program that is not installed is named and left out.
"""

from __future__ import annotations

import resource
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

SECONDS = 4
USERS = 20
ROUNDS = 3
REFERENCE = "FastHttpUser"

_OURS = """
import sys
from codeoptix_performance.load.locust_engine import LocustEngine
from codeoptix_performance.load.plan import LoadPlan, steady_users
from codeoptix_performance.measurement.recorder import Recorder
from codeoptix_performance.target.endpoint import Endpoint, Request
url, users, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
root = Endpoint("GET", "/", "settings", (Request("GET", "/"),))
plan = LoadPlan(url, (root,), steady_users(users, 1000.0, seconds), (0.0, 0.0), 10.0, 0)
recorder = Recorder(plan)
LocustEngine().run(plan, recorder, lambda elapsed: False)
print("requests", sum(map(len, recorder.samples)))
"""

_STOCK = """
import sys
from locust import FastHttpUser, HttpUser, task
from locust.env import Environment
import gevent
url, users, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
class Visitor({base}):
    host = url
    @task
    def root(self):
        self.client.get("/")
environment = Environment(user_classes=[Visitor])
runner = environment.create_local_runner()
runner.start(users, spawn_rate=1000)
gevent.sleep(seconds)
runner.quit()
print("requests", environment.stats.total.num_requests)
"""


@dataclass(frozen=True, slots=True)
class Score:
    """One generator's round: requests answered, and the CPU seconds its process was charged."""

    requests: int
    cpu_seconds: float

    @property
    def microseconds(self) -> float:
        """CPU per request."""
        return self.cpu_seconds / max(1, self.requests) * 1e6


@dataclass(frozen=True, slots=True)
class Generator:
    """A name, how it is started, and where its output says how many requests were answered."""

    name: str
    argv: Callable[[str], list[str]]
    count: Callable[[str], int]


def _word_after(mark: str) -> Callable[[str], int]:
    def count(output: str) -> int:
        line = next(line for line in output.splitlines() if mark in line)
        return int(line.split(mark)[1].split()[0])

    return count


def _word_before(mark: str) -> Callable[[str], int]:
    def count(output: str) -> int:
        line = next(line for line in output.splitlines() if mark in line)
        return int(line.split(mark)[0].split()[-1])

    return count


def _python(program: str) -> Callable[[str], list[str]]:
    return lambda url: [sys.executable, "-c", program, url, str(USERS), str(SECONDS)]


def generators() -> list[Generator]:
    """Ours, Locust's two clients, and the programs that are installed."""
    found = [
        Generator("codeoptix-performance", _python(_OURS), _word_after("requests ")),
        Generator(
            "FastHttpUser", _python(_STOCK.format(base="FastHttpUser")), _word_after("requests ")
        ),
        Generator("HttpUser", _python(_STOCK.format(base="HttpUser")), _word_after("requests ")),
    ]
    programs = [
        Generator(
            "wrk",
            lambda url: ["wrk", "-t1", f"-c{USERS}", f"-d{SECONDS}s", f"{url}/"],
            _word_before(" requests in "),
        ),
        Generator(
            "ab",
            lambda url: [
                *("ab", "-q", "-k", "-r", "-l", "-t", str(SECONDS), "-n", "10000000"),
                *("-c", str(USERS), f"{url}/"),
            ],
            _word_after("Complete requests:"),
        ),
    ]
    for program in programs:
        if shutil.which(program.name):
            found.append(program)
        else:
            print(f"{program.name} is not installed and was left out.")
    return found


def measure(generator: Generator, url: str) -> Score:
    """One round: the generator's own count over the CPU time of its process and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        generator.argv(url), capture_output=True, text=True, check=True, timeout=60
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Score(generator.count(done.stdout), cpu)


def main() -> None:
    """Prints one line per generator: requests per second, CPU per request, ratio to Locust's."""
    with subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("plain_server.py"))],
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        url = f"http://127.0.0.1:{server.stdout.readline().strip()}"
        try:
            chosen = generators()
            rounds = [{it.name: measure(it, url) for it in chosen} for _ in range(ROUNDS)]
        finally:
            server.terminate()
    reference = statistics.median(one[REFERENCE].microseconds for one in rounds)
    print(f"{'generator':<24}{'requests/s':>12}{'CPU µs/request':>16}{'× FastHttpUser':>16}")
    for it in chosen:
        scores = [one[it.name] for one in rounds]
        rate = statistics.median(score.requests for score in scores) / SECONDS
        cpu = statistics.median(score.microseconds for score in scores)
        print(f"{it.name:<24}{rate:>12.0f}{cpu:>16.1f}{cpu / reference:>16.2f}")


if __name__ == "__main__":
    main()
