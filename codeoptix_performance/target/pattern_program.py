"""The program that tries an app's patterns, where the kernel can end it: a line asks, one answers.

Some patterns keep ``re`` busy for years, and nothing else runs in the process meanwhile. The only
argument is the folder from which ``rstr`` is imported.
"""

from __future__ import annotations

import json
import random as random_module
import re
import resource
import signal
import sys
from typing import Any

_SECONDS = 0.25
_MOST_MEMORY = 512 * 2**20
_MOST_TEXTS = 60


def found(question: dict[str, Any]) -> bool:
    """Whether the pattern is found in the text; never, where it is no pattern."""
    try:
        return re.search(question["pattern"], question["text"]) is not None
    except (re.error, RecursionError, MemoryError, OverflowError):
        return False


def text_with(question: dict[str, Any]) -> tuple[str | None, bool]:
    """A text built from the pattern, and whether it is found in it and of a length that is asked.

    The last that was built where none is so; None where none can be built.
    """
    from rstr import Rstr  # noqa: PLC0415

    draws = _ShortAndPlain(question["seed"])
    draws.most_repeats = max(draws.most_repeats, question["least"])
    builder, text = Rstr(draws), None
    for _ in range(_MOST_TEXTS):
        try:
            text = builder.xeger(question["pattern"])
        except (re.error, KeyError, IndexError, TypeError, RecursionError, MemoryError):
            break
        is_fitting = question["least"] <= len(text) <= question["most"]
        if is_fitting and found({**question, "text": text}):
            return text, True
    return text, False


class _ShortAndPlain(random_module.Random):
    """Draws for ``rstr``: few repeats, plain characters, the same in every process."""

    most_repeats = 7

    def randint(self, a: int, b: int) -> int:
        return super().randint(a, min(b, a + self.most_repeats))

    def choice(self, seq: Any) -> Any:
        if seq and all(isinstance(entry, str) for entry in seq):
            # rstr hands over negated classes as a set in hash order, which differs by process.
            seq = sorted(c for c in seq if c.isascii() and c.isalnum()) or sorted(seq)
        return super().choice(seq)


def main() -> None:
    """Answers until nobody asks any more, or until one question takes too long."""
    sys.path.append(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGPROF])
    for line in sys.stdin:
        signal.setitimer(signal.ITIMER_PROF, _SECONDS)
        question = json.loads(line)
        answer = found(question) if "text" in question else text_with(question)
        sys.stdout.write(f"{json.dumps(answer)}\n")
        sys.stdout.flush()
        signal.setitimer(signal.ITIMER_PROF, 0)


if __name__ == "__main__":
    main()
