"""A command line that starts an app, taken apart without a shell as far as that is possible."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

PORT = "{port}"
"""Stands for the port in the words of a command."""

_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=.*", re.DOTALL)
_PORT_VARIABLE = re.compile(r"\$(?:PORT\b|\{PORT(?::?-[^{}]*)?\})")
_SHELL = re.compile(r"[|&;<>()`$*?~\n]|(?:^|\s)(?:cd|source|\.|if|for|while|export)\s")


class UnreadableCommandError(ValueError):
    """The text is no command line; the message is a clause that says why."""


@dataclass(frozen=True, slots=True)
class CommandLine:
    """Words to execute after ``variables`` are set; ``{port}`` in them stands for the port.

    ``origin`` says who wrote it: the setting ``command`` or ``setup``, or a file: ``Procfile``.
    """

    text: str
    words: tuple[str, ...]
    origin: str = "command"
    variables: tuple[tuple[str, str], ...] = ()

    @property
    def description(self) -> str:
        """For people: ``command node server.js``, ``Procfile: gunicorn app:app``."""
        return f"{self.origin} {self.text}" if self.is_setting else f"{self.origin}: {self.text}"

    @property
    def is_setting(self) -> bool:
        """Whether the user wrote it, and not a file of the app."""
        return self.origin in ("command", "setup")

    @property
    def program(self) -> str:
        """What is looked for on PATH, or in the app's folder."""
        return self.words[0]

    @property
    def knows_port(self) -> bool:
        """Whether the port stands in its words."""
        return any(PORT in word for word in self.words)

    def on_port(self, port: int) -> tuple[str, ...]:
        """The words with the port filled in."""
        return tuple(word.replace(PORT, str(port)) for word in self.words)


@dataclass(frozen=True, slots=True)
class Step:
    """A command to run before the app; the app is not started when a required one fails."""

    command: CommandLine
    required: bool = True


def command_of_setting(text: str, key: str = "command") -> CommandLine:
    """A user's own command line: a shell has no part in it unless it is named.

    Raises ``UnreadableCommandError``.
    """
    return _command(text, key)


def command_of_file(text: str, origin: str) -> CommandLine:
    """A command line as a Procfile or a ``package.json`` has it: for a shell, which is avoided.

    ``$PORT`` becomes the port; what else only a shell understands is left to ``sh``. Raises
    ``UnreadableCommandError``.
    """
    told = _PORT_VARIABLE.sub(PORT, text)
    if _SHELL.search(told):
        return CommandLine(text, ("sh", "-c", text), origin)
    command = _command(told.removeprefix("exec "), origin)
    return CommandLine(text, command.words, origin, command.variables)


def _command(text: str, origin: str) -> CommandLine:
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise UnreadableCommandError(f"it cannot be read as a command line ({error})") from error
    variables: list[tuple[str, str]] = []
    while words and _ASSIGNMENT.fullmatch(words[0]):
        name, _, value = words.pop(0).partition("=")
        variables.append((name, value))
    if not words:
        raise UnreadableCommandError("it names no program")
    return CommandLine(text, tuple(words), origin, tuple(variables))
