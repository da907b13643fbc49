"""Words that stand in sentences: endpoints, shares, quotes, exits; none that mislead the host.

The host maps some substrings of evidence to causes of its own ("Agent not following planning
artifacts"). They are rephrased in quotes, and percent-encoded in paths, which keeps a path valid.
"""

from __future__ import annotations

import re
from signal import Signals

from codeoptix_performance.units import format_ratio

_REPHRASED = {"missing": "absent", "hardcoded": "fixed", "no assertions": "without assertions"}
_TRIGGER = re.compile("|".join(_REPHRASED), re.IGNORECASE)
_TERMINAL_CODES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_EXCEPTION = re.compile(r"(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Exit|Exhausted|Group)\b.*")

LONGEST_QUOTE = 200
LONGEST_LOG = 600


def plain(sentence: str) -> str:
    """The sentence without the host's trigger words, capitals kept."""

    def rephrase(match: re.Match[str]) -> str:
        found, words = match[0], _REPHRASED[match[0].lower()]
        return words.upper() if found.isupper() else words.title() if found.istitle() else words

    return _TRIGGER.sub(rephrase, sentence)


def show_endpoint(name: str | None) -> str:
    """``GET /items``, safe to stand in evidence; all requests together for None."""
    if name is None:
        return "All requests"
    return _TRIGGER.sub(lambda match: f"%{ord(match[0][0]):02X}{match[0][1:]}", one_line(name))


def one_line(text: str) -> str:
    """``text`` without terminal codes, line ends and other unprintable characters."""
    return _UNPRINTABLE.sub(" ", _TERMINAL_CODES.sub("", text)).strip()


def quote(text: str) -> str:
    """``text`` on one line, at most 200 characters, without a full stop at its end."""
    line = one_line(text).rstrip(".")
    return line if len(line) <= LONGEST_QUOTE else f"{line[: LONGEST_QUOTE - 1]}…"


def last_exception(log_tail: str) -> str | None:
    """The last line of a log that names an exception, as Python ends its tracebacks."""
    for line in reversed(log_tail.splitlines()):
        match = _EXCEPTION.match(one_line(line))
        if match:
            return quote(match[0])
    return None


def last_lines(log_tail: str) -> str | None:
    """The end of a log as one line, at most about 600 characters; None for an empty log."""
    lines = [shown for line in log_tail.splitlines() if (shown := one_line(line))]
    joined = " | ".join(lines)
    if not joined:
        return None
    return joined if len(joined) <= LONGEST_LOG else f"…{joined[1 - LONGEST_LOG :]}"


def share(count: int, total: int) -> str:
    """``3 of 134 requests``, or ``31 % of 134 requests`` where counting no longer helps."""
    if count < 10 or count == total:
        return f"{count} of {requests(total)}"
    return f"{format_ratio(count / total)} of {requests(total)}"


def requests(count: int) -> str:
    """``1 request``, ``134 requests``."""
    return f"{count} request" if count == 1 else f"{count} requests"


def users(count: int) -> str:
    """``1 user``, ``20 users``."""
    return f"{count} user" if count == 1 else f"{count} users"


def were(count: int) -> str:
    """``was`` for one, ``were`` for any other count."""
    return "was" if count == 1 else "were"


def exit_words(code: int) -> str:
    """``with exit code 1`` or ``by SIGKILL``; negative codes are signals, as in ``subprocess``."""
    if code >= 0:
        return f"with exit code {code}"
    try:
        return f"by {Signals(-code).name}"
    except ValueError:
        return f"by signal {-code}"
