"""Heads of answers that were parsed before: the same bytes mean the same again."""

from __future__ import annotations

from typing import NamedTuple

from codeoptix_performance.load.answer import Answer, AnswerParser

_END = b"\r\n\r\n"
LONGEST = 4096
"""Bytes of a head that is kept."""
MOST = 256
"""Heads that are kept: with their second's date none of them comes again, and all are let go."""


class _Known(NamedTuple):
    """An answer, its head with the empty line, and how many bytes head and body are together."""

    head: bytes
    length: int
    answer: Answer


_NONE = _Known(b"", -1, Answer(0, 0, None))
"""Precedes the first one: no block has such a length."""


class KnownHeads:
    """Tells answers by heads that ``learn`` was shown, for all connections of a run.

    An app begins nearly all its answers with the same bytes, but for the date, and parsing them
    costs as much as sending a request. Nothing is guessed: a parser that stands between two answers
    makes of the same head, and of as many bytes after it, the same again.
    """

    __slots__ = ("_known", "_latest")

    def __init__(self) -> None:
        self._known: dict[bytes, _Known] = {}
        self._latest = _NONE

    def answer(self, block: bytes) -> Answer | None:
        """The answer that is all of ``block``; None where a parser has to look at it.

        Good for answers to any method but HEAD, whose bodies nobody wants.
        """
        head, length, answer = self._latest
        if len(block) == length and block.startswith(head):
            return answer
        known = self._known.get(block[: block.find(_END) + len(_END)])
        if known is None or known.length != len(block):
            return None
        self._latest = known
        return known.answer

    def is_head(self, block: bytes) -> bool:
        """Whether ``block`` is all of a known head, and its body is still to come."""
        known = self._known.get(block)
        return known is not None and len(block) < known.length

    def learn(self, block: bytes, parser: AnswerParser) -> None:
        """Keeps the head of the answer that ``parser`` made of ``block``, if it is ordinary.

        It is where the body is all that follows the first empty line, so that neither framing, an
        interim answer nor surplus can be in it, and where nothing but status and size is told.
        """
        end = block.find(_END) + len(_END)
        answer = parser.answer()
        if not parser.is_ordinary() or answer.size != len(block) - end:
            return
        if not len(_END) <= end <= LONGEST:
            return
        if len(self._known) >= MOST:
            self._known.clear()
        head = block[:end]
        self._known[head] = _Known(head, len(block), answer)
