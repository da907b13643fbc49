"""Markdown fences in a text, with the words that name them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_OPENING = re.compile(r"(?P<indent>\s*)(?P<fence>`{3,}|~{3,})\s*(?P<info>[^`]*)")
_TITLE = re.compile(r"\s*(?:#+\s.*|\*\*.*\*\*:?|.*`[^`]+`.*|\S+|.*:)\s*")
_PYTHON = ("python", "py", "python3", "py3")
_JAVASCRIPT = ("javascript", "js", "node", "mjs")
_SHELL = ("bash", "sh", "shell", "console", "zsh", "output", "terminal")


@dataclass(frozen=True, slots=True)
class Fence:
    """A fenced block: its opening line's words, the title line before it, its content."""

    info: str
    title: str
    text: str

    @property
    def language(self) -> str:
        """The first word of the opening line, lower case; ``""`` when there is none."""
        match = re.match(r"[\w+#-]*", self.info)
        word = match[0].lower() if match else ""
        return "" if re.match(r"[\w+#-]*[./]", self.info) else word

    @property
    def is_python(self) -> bool:
        """Whether it says it is Python."""
        return self.language in _PYTHON

    @property
    def is_javascript(self) -> bool:
        """Whether it says it is JavaScript."""
        return self.language in _JAVASCRIPT

    @property
    def is_shell(self) -> bool:
        """Whether it shows commands or output, which no title turns into a file."""
        return self.language in _SHELL


def is_opening(line: str) -> bool:
    """Whether a fence may start with this line."""
    return _OPENING.fullmatch(line) is not None


def read(text: str) -> list[Fence]:
    """The fences of ``text`` in order; one without an end reaches to the end of the text."""
    fences: list[Fence] = []
    lines = text.split("\n")
    number = 0
    while number < len(lines):
        opening = _OPENING.fullmatch(lines[number])
        if opening is None:
            number += 1
            continue
        end = _closing_line(lines, number + 1, opening["fence"])
        body = [line.removeprefix(opening["indent"]) for line in lines[number + 1 : end]]
        fences.append(Fence(opening["info"].strip(), _title(lines[:number]), _joined(body)))
        number = end + 1
    return fences


def _closing_line(lines: list[str], start: int, fence: str) -> int:
    """The number of the line that ends the fence; the number of lines when none does."""
    closing = re.compile(rf"\s*{re.escape(fence[0])}{{{len(fence)},}}\s*")
    for number in range(start, len(lines)):
        if closing.fullmatch(lines[number]):
            return number
    return len(lines)


def _title(before: list[str]) -> str:
    """The line that names a fence: the last one with words, at most one blank line away."""
    for line in reversed(before[-2:]):
        if line.strip():
            return line.strip() if _TITLE.fullmatch(line) and not is_opening(line) else ""
    return ""


def _joined(body: list[str]) -> str:
    return "\n".join(body).strip("\n") + "\n"
