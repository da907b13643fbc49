"""Every exit code of ``codeoptix-performance``, in one list."""

from __future__ import annotations

from enum import IntEnum
from typing import Self

from codeoptix_performance.assessment import Assessment


class ExitCode(IntEnum):
    """What the shell is told; ``sentence`` says it in words."""

    sentence: str

    def __new__(cls, value: int, sentence: str) -> Self:
        """A code and its sentence."""
        member = int.__new__(cls, value)
        member._value_ = value
        member.sentence = sentence
        return member

    PASS = 0, "The verdict is pass: data was seen and every limit held."
    FAIL = 1, "The verdict is fail: a limit was broken, or the app did not start or did not hold."
    USAGE = 2, "The command line, a setting or a file named there is wrong; nothing was started."
    INCONCLUSIVE = 3, "The verdict is inconclusive, or the app could not be tested at all."
    INTERRUPTED = 130, "Ctrl-C, SIGTERM or SIGHUP ended the run; the page shows what was measured."


_OF_OUTCOME = {
    "pass": ExitCode.PASS,
    "fail": ExitCode.FAIL,
    "inconclusive": ExitCode.INCONCLUSIVE,
}


def exit_code_of(assessment: Assessment) -> ExitCode:
    """The code that tells the shell how ``assessment`` ended."""
    if assessment.interrupted:
        return ExitCode.INTERRUPTED
    return _OF_OUTCOME[assessment.verdict.outcome]
