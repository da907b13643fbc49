"""hey, ab and wrk: small programs for one address, without users or percentiles of use here."""

from __future__ import annotations

import re
from pathlib import Path

from benchmarks.process import Finished
from benchmarks.tools.tool import Load, Seen, Tool, number_in

MORE_THAN_ENOUGH = 2_000_000
"""ab ends after 50,000 requests whatever ``-t`` says, unless ``-n`` follows with more."""


def _hey_command(load: Load, _: Path) -> list[str]:
    return ["-z", f"{load.seconds}s", "-c", str(load.users), load.url]


def _hey_account(finished: Finished, _: Path) -> Seen:
    by_status = re.findall(r"\[(\d{3})\]\s+(\d+) responses", finished.output)
    answered = sum(int(count) for _, count in by_status)
    good = sum(int(count) for status, count in by_status if status == "200")
    unanswered = re.findall(r"\[(\d+)\]\s+\S+ \"?http", finished.output)
    lost = sum(int(count) for count in unanswered)
    return Seen(requests=answered + lost, failures=answered - good + lost)


def _ab_command(load: Load, _: Path) -> list[str]:
    return [
        *("-q", "-k", "-r", "-l", "-t", str(load.seconds), "-n", str(MORE_THAN_ENOUGH)),
        *("-c", str(load.users), load.url),
    ]


def _ab_account(finished: Finished, _: Path) -> Seen:
    failed = number_in(finished.output, r"Failed requests:\s+(\d+)")
    other = number_in(finished.output, r"Non-2xx responses:\s+(\d+)", otherwise=0)
    return Seen(number_in(finished.output, r"Complete requests:\s+(\d+)"), failed + other)


def _wrk_command(load: Load, _: Path) -> list[str]:
    return ["-t1", f"-c{load.users}", f"-d{load.seconds}s", load.url]


def _wrk_account(finished: Finished, _: Path) -> Seen:
    other = number_in(finished.output, r"Non-2xx or 3xx responses: (\d+)", otherwise=0)
    errors = re.search(
        r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", finished.output
    )
    lost = sum(map(int, errors.groups())) if errors else 0
    return Seen(number_in(finished.output, r"(\d+) requests in "), other + lost)


HEY = Tool("hey", "hey", _hey_command, _hey_account, install="apt install hey")
AB = Tool("ab", "ab", _ab_command, _ab_account, install="apt install apache2-utils")
WRK = Tool("wrk", "wrk", _wrk_command, _wrk_account, install="apt install wrk")
