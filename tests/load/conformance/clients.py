"""Runs cases against a client in its own process and says what the outcome was."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from conformance.outcomes import Cause, Outcome, our_cause, their_cause
from conformance.raw_server import RawServer

PROGRAM = Path(__file__).with_name("client_process.py")
ROUNDS_OF_A_USER = 3
PLAINLY_ANSWERED = (200, 2)


@dataclass(frozen=True, slots=True)
class Observed:
    """``outcome`` with the client's own words, and bytes its memory grew by for the case."""

    outcome: Outcome
    words: str | None
    grown: int


class Client:
    """``ours`` or ``theirs``; ``tls`` maps a case's certificate to the server's SSL context."""

    def __init__(self, name, tls, environment):
        self._name = name
        self._tls = tls
        self._environment = environment
        self._process = self._start()

    def _start(self):
        return subprocess.Popen(
            [sys.executable, str(PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=self._environment,
        )

    def close(self):
        """Ends the process."""
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()

    def run(self, case):
        """What this client makes of ``case``."""
        scripts = {"/case": case.script, "/before": case.before, "/elsewhere": case.elsewhere}
        server = RawServer(
            {path: script for path, script in scripts.items() if script is not None},
            host=case.host,
            tls=self._tls.get(case.certificate),
            listens=case.listens,
            reads_bodies=case.reads_bodies,
        )
        with server:
            result = self._ask(case, server)
        return self._observed(case, result, server.log)

    def _ask(self, case, server):
        theirs = self._name == "theirs"
        ours = "ours as a user" if case.as_user else "ours"
        job = {
            "client": "theirs" if theirs else ours,
            "url": server.url,
            "requests": _requests(case),
            "timeout": case.timeout,
            "keep_body": case.keep_body,
        }
        self._say(json.dumps(job))
        result = self._hear(case)
        if result.get("waiting"):
            server.settled.wait(30)
            self._say("go on")
            result = self._hear(case)
        return result

    def _say(self, line):
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def _hear(self, case):
        line = self._process.stdout.readline()
        if line:
            return json.loads(line)
        self.close()
        died_of = self._process.returncode
        self._process = self._start()
        raise RuntimeError(f"The client ended with {died_of} at {case.name!r}.")

    def _observed(self, case, result, log):
        number = 1 if case.as_user or case.before else 0
        said, following = result["said"][number : number + 2]
        class_of = their_cause if self._name == "theirs" else our_cause
        asked, kept = _traced(case, log)
        cause = class_of(said["cause"], said["status"])
        unharmed = (following["status"], following["size"]) == PLAINLY_ANSWERED
        outcome = Outcome(
            status=said["status"],
            size=said["size"],
            cause=cause,
            kept=kept,
            sent=asked,
            # After a wait without end nobody would come to ask again.
            next_unharmed=case.as_user or unharmed or cause is Cause.ENDLESS,
            content=said["content"] if case.keep_body else None,
        )
        return Observed(outcome, said["cause"], result["grown"])


def _requests(case):
    tested = _request(case.method, "/case", case.body_size, idle=case.idle)
    if case.as_user:
        return [tested] * ROUNDS_OF_A_USER
    first = [_request("GET", "/before")] if case.before else []
    return [*first, tested, _request(case.next_method, "/after")]


def _request(method, path, body_size=0, *, idle=False):
    return {"method": method, "path": path, "body_size": body_size, "idle": idle}


def _traced(case, log):
    """Requests the server saw for the one under test, and whether the next kept its connection."""
    if case.as_user:
        return _traced_rounds(log)
    paths = [asked.path for asked in log]
    if "/after" not in paths:
        return paths.count("/case"), False
    after = paths.index("/after")
    last = log[after - 1].connection if after else None
    return paths.count("/case"), log[after].connection == last


def _traced_rounds(log):
    """As ``_traced``, for the second of a user's rounds, each of which begins with ``/case``."""
    begins = [index for index, asked in enumerate(log) if asked.path == "/case"]
    second, third = begins[1:ROUNDS_OF_A_USER]
    return third - second, log[third].connection == log[third - 1].connection
