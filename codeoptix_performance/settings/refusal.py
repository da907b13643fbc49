"""How a bad value is told: one sentence with where it came from, key, value, what is accepted."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from codeoptix_performance.errors import SettingsError

_LONGEST_VALUE = 80


class RefusedValueError(ValueError):
    """A value that cannot be used; ``reason`` is a clause such as ``it must be above 0``.

    ``place`` and ``value`` are set where the fault sits inside the setting: ``[1].path``.
    """

    def __init__(self, reason: str, *, place: str = "", value: Any = ...) -> None:
        super().__init__(reason)
        self.reason = reason
        self.place = place
        self.value = value


def refuse(origin: str, key: str, value: Any, refused: RefusedValueError) -> NoReturn:
    """Raises the ``SettingsError`` whose one sentence carries all there is to know."""
    shown = value if refused.value is ... else refused.value
    sentence = f"{origin}: {key}{refused.place} is {show(shown)}; {refused.reason}."
    raise SettingsError(key, sentence) from None


def show(value: Any) -> str:
    """``value`` as JSON would write it, on one line, at most 80 characters."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        text = " ".join(repr(value).split())
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"
