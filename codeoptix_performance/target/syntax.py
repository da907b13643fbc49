"""An app's Python text as a tree."""

from __future__ import annotations

import ast


def parsed(text: str | bytes) -> ast.Module:
    """The text's tree; raises ``SyntaxError`` for any text that Python can make nothing of.

    Besides wrong syntax that is a text with bytes that are no text, and one nested more deeply
    than the parser can follow, which it says with a ``MemoryError``.
    """
    try:
        return ast.parse(text)
    except ValueError as error:
        raise _no_syntax(str(error)) from error
    except (RecursionError, MemoryError) as error:
        raise _no_syntax("the code is nested too deeply") from error


def _no_syntax(message: str) -> SyntaxError:
    return SyntaxError(message, (None, 1, 1, ""))
