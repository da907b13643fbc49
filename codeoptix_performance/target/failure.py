"""Why an app is not up, in one sentence made from how it ended and what it wrote."""

from __future__ import annotations

import re
import signal
from collections.abc import Mapping
from typing import Any

from codeoptix_performance.errors import FailureKind, StartFailure
from codeoptix_performance.target.readiness import Readiness
from codeoptix_performance.target.target import AppExit
from codeoptix_performance.units import format_bytes, format_duration

_EXCEPTION = re.compile(
    r"(?:(?:[A-Za-z_][\w.]*\.)?[A-Za-z_]\w*(?:Error|Exception|Exit|Interrupt|Warning"
    r"|ImproperlyConfigured|DoesNotExist|NotFound|Timeout|Refused)|Error)(?: \[\w+\])?(?::.*)?"
)
_PORT_IN_USE = re.compile(
    r"address already in use|port is already in use|port \d+ is in use", re.IGNORECASE
)
_PORT_IN_LINE = re.compile(r"[(\[]?['\"][\w.:*]*['\"], (\d+)[)\]]|[Pp]ort:? (\d+)|:(\d{2,5})\b")
_FILE_LINE = re.compile(r'\s*File "([^"]+)", line (\d+)')
_LONGEST_QUOTE = 300


def failure_of(readiness: Readiness, log_tail: str, memory_limit_bytes: int) -> StartFailure:
    """The failure that ``readiness`` (any state but ``ready``) amounts to."""
    if readiness.exit is not None:
        return _ended(readiness.exit, readiness.seconds, memory_limit_bytes)
    kind, sentence = _silence(readiness)
    return StartFailure(kind, sentence, log_tail=log_tail)


def failure_of_step(
    step: Mapping[str, Any], readiness: Readiness, log_tail: str, memory_limit_bytes: int
) -> StartFailure:
    """The failure of what had to run before the app: its ``command``, and ``code`` if it ended."""
    if readiness.exit is not None and readiness.exit.out_of_memory:
        return _ended(readiness.exit, readiness.seconds, memory_limit_bytes)
    command, code = str(step.get("command"))[:_LONGEST_QUOTE], step.get("code")
    start = f"The app did not start: its set-up command {command!r}"
    if not isinstance(code, int):
        within = format_duration(readiness.seconds)
        sentence = f"{start} had not ended after {within}."
        return StartFailure("did-not-start", sentence, log_tail=log_tail)
    last = _last_words(log_tail)
    quote = f": {last.rstrip('.')}" if last else ""
    sentence = f"{start} exited with code {code}{quote}."
    return StartFailure("did-not-start", sentence, code, log_tail)


def is_port_in_use(log: str) -> bool:
    """Whether an app says that another program has the port it wanted."""
    return bool(_PORT_IN_USE.search(log))


def _silence(readiness: Readiness) -> tuple[FailureKind, str]:
    within = f"within {format_duration(readiness.seconds)}"
    port = readiness.listener.port if readiness.listener else 0
    if readiness.state == "silent":
        return "never-answered", f"The app listens on port {port} but answered nothing {within}."
    if readiness.state == "not-http":
        return "never-answered", f"The app listens on port {port} but does not answer in HTTP."
    if readiness.state == "refusing":
        sentence = (
            f"The app listens on port {port} but was not ready {within}: {readiness.refusal}."
        )
        return "never-answered", sentence
    return "did-not-start", f"The app did not start: it did not listen on any port {within}."


def _ended(ending: AppExit, seconds: float, memory_limit_bytes: int) -> StartFailure:
    if ending.out_of_memory:
        limit = format_bytes(memory_limit_bytes)
        sentence = f"The app did not start: it used more than its {limit} of memory."
        return StartFailure("out-of-memory", sentence, ending.code, ending.log_tail)
    reason = _reason(ending, seconds)
    sentence = f"The app did not start: {reason.rstrip('.')}."
    return StartFailure("did-not-start", sentence, ending.code, ending.log_tail)


def _reason(ending: AppExit, seconds: float) -> str:
    if is_port_in_use(ending.log_tail):
        port = _port_named_in(ending.log_tail)
        return f"port {port} is already in use" if port else "its port is already in use"
    after = f"after {format_duration(seconds)}"
    last = _last_words(ending.log_tail)
    quote = f": {last}" if last else ""
    if ending.code < 0:
        return f"it was ended by {_signal_name(-ending.code)} {after}{quote}"
    if ending.code == 0:
        return f"it ended by itself {after} without serving anything{quote}"
    return f"it exited with code {ending.code} {after}{quote}"


def _port_named_in(log: str) -> str:
    """The port in the line that complains; else in any line near it."""
    lines = log.splitlines()
    complaints = [line for line in lines if _PORT_IN_USE.search(line)]
    for line in [*complaints, *reversed(lines)]:
        match = _PORT_IN_LINE.search(line)
        if match:
            return next(group for group in match.groups() if group)
    return ""


def _last_words(log: str) -> str:
    """The last exception's line, with the place of a syntax error; else the last line."""
    lines = [line for line in log.splitlines() if line.strip()]
    for number in range(len(lines) - 1, -1, -1):
        line = lines[number]
        if _EXCEPTION.fullmatch(line):
            if re.match(r"(?:Syntax|Indentation|Tab)Error", line):
                line = _with_place(line, lines[:number])
            return line[:_LONGEST_QUOTE]
    return lines[-1].strip()[:_LONGEST_QUOTE] if lines else ""


def _with_place(line: str, before: list[str]) -> str:
    for earlier in reversed(before):
        match = _FILE_LINE.match(earlier)
        if match:
            name, _, words = line.partition(":")
            return f"{name} in {match[1]} line {match[2]}:{words}"
    return line


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
