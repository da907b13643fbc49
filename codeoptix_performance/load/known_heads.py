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
    """An answer, and how many bytes there are of it, head and body."""

    length: int
    answer: Answer


class KnownHeads:
    """Tells answers by heads that ``learn`` was shown, for all connections of a run.

    An app begins nearly all its answers with the same bytes, but for the date, and parsing them
    costs as much as sending a request. Nothing is guessed: a parser that stands between two answers
    makes of the same head, and of as many bytes after it, the same again.
    """

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[bytes, _Known] = {}

    def answer(self, block: bytes) -> Answer | None:
        """The answer that is all of ``block``; None where a parser has to look at it.

        Good for answers to any method but HEAD, whose bodies nobody wants.
        """
        known = self._known.get(block[: block.find(_END)])
        return known.answer if known is not None and known.length == len(block) else None

    def learn(self, block: bytes, parser: AnswerParser) -> None:
        """Keeps the head of an answer that ``parser`` was fed as one ``block``, if it is ordinary.

        It is where the body is all that follows the first empty line, so that neither framing, an
        interim answer nor surplus can be in it, and where nothing but status and size is told.
        """
        end = block.find(_END)
        answer = parser.answer()
        if not parser.is_ordinary() or answer.size != len(block) - end - len(_END):
            return
        if end > LONGEST:
            return
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[block[:end]] = _Known(len(block), answer)
