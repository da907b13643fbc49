"""Durations, sizes and figures: seconds and bytes inside, people's words at the edge."""

from __future__ import annotations

import math
import re

_DURATION_PARTS = re.compile(r"(\d+(?:\.\d+)?)(ms|h|m|s)")
_SECONDS_PER = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmg]i?b|b)?", re.IGNORECASE)
_BYTES_PER = {
    "b": 1,
    "kb": 10**3,
    "mb": 10**6,
    "gb": 10**9,
    "kib": 2**10,
    "mib": 2**20,
    "gib": 2**30,
}


def parse_duration(text: str | float) -> float:
    """Seconds of ``30s``, ``2m``, ``1h30m``, ``1.5s``, ``250ms`` or a bare number of seconds.

    Raises ``ValueError`` for anything else, for a negative number and for one without an end.
    """
    if isinstance(text, int | float) and not isinstance(text, bool):
        seconds = float(text)
    else:
        seconds = _parse_duration_words(str(text).strip())
    if not math.isfinite(seconds) or seconds < 0:
        raise ValueError(f"{text!r} is not a duration")
    return seconds


def _parse_duration_words(words: str) -> float:
    if re.fullmatch(r"\d+(\.\d+)?", words):
        return float(words)
    if not re.fullmatch(f"(?:{_DURATION_PARTS.pattern})+", words):
        raise ValueError(f"{words!r} is not a duration")
    return sum(float(n) * _SECONDS_PER[unit] for n, unit in _DURATION_PARTS.findall(words))


def parse_size(text: str | int) -> int:
    """Bytes of ``512MiB``, ``1GB``, ``1.5 GiB`` or a bare number of bytes; else ``ValueError``."""
    if isinstance(text, int) and not isinstance(text, bool) and text >= 0:
        return text
    match = _SIZE.fullmatch(str(text).strip())
    if match is None or isinstance(text, bool):
        raise ValueError(f"{text!r} is not a size")
    count = float(match[1]) * _BYTES_PER[(match[2] or "b").lower()]
    if not math.isfinite(count):
        raise ValueError(f"{text!r} is not a size")
    return int(count)


def format_duration(seconds: float) -> str:
    """``250 ms``, ``4.2 s``, ``2 min 5 s``, ``1 h 30 min``."""
    if round(seconds, 3) < 1:
        return f"{seconds * 1000:.0f} ms"
    if round(seconds, 1) < 60:
        return f"{_short(seconds)} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def format_milliseconds(seconds: float) -> str:
    """``0.82 ms``, ``12.4 ms``, ``1240 ms``: no exponent; never ``0`` for what is above it."""
    milliseconds = seconds * 1000
    if 0 < milliseconds < 0.01:
        return "under 0.01 ms"
    digits = 2 if milliseconds < 1 else 1 if milliseconds < 99.95 else 0
    return f"{milliseconds:.{digits}f} ms"


def format_ratio(ratio: float) -> str:
    """``0.5 %``, ``12 %``, ``100 %``; some is never shown as none, nor almost all as all."""
    percent = ratio * 100
    if 0 < percent < 0.01:
        return "under 0.01 %"
    if 99.5 <= percent < 100:
        return f"{math.floor(percent * 100) / 100:g} %"
    digits = 2 if percent < 1 else 1 if percent < 10 else 0
    return f"{percent:.{digits}f}".rstrip("0").rstrip(".") + " %" if digits else f"{percent:.0f} %"


def format_bytes(count: float) -> str:
    """``812 B``, ``64 KiB``, ``1.5 GiB``."""
    for unit, size in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if count >= size:
            return f"{_short(count / size)} {unit}"
    return f"{count:.0f} B"


def format_rate(per_second: float) -> str:
    """``0.25/s``, ``16.2/s``, ``1240/s``."""
    if 0 < per_second < 1:
        return f"{per_second:.2g}/s"
    return f"{per_second:.0f}/s" if per_second >= 100 else f"{_short(per_second)}/s"


def _short(number: float) -> str:
    return f"{number:.1f}".rstrip("0").rstrip(".")
