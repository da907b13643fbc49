"""Stacks of an app under load → the line of its own where they come together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from codeoptix_performance.examination.examination import Behind, HotLine

MAIN_SHARE = 0.5
"""A line is named while it holds more than this share of the samples."""
FEWEST_SAMPLES = 5
_FRAME = re.compile(r"(?:^|;)([^;]+?) \(([^;()]+):(\d+)\)(?=;|\s\d+$)")
_LOOPS = re.compile(r"/asyncio/(runners|base_events|events)\.py$|/uvloop/|/tornado/ioloop\.py$")
"""Below a callback of an event loop stands one of these, and in no stack of another thread."""
_ENTRANCES = frozenset(
    {
        *("_run_once", "_run", "run_forever", "run_until_complete", "run", "run_sync"),
        *("serve_forever", "_bootstrap_inner", "_worker"),
    }
)
"""What stands below the app's code while it serves a request; what is below that only starts it."""
_BEHIND: tuple[tuple[Behind, re.Pattern[str]], ...] = (
    ("lazy-load", re.compile(r"django/db/models/fields/related|sqlalchemy/orm/strategies")),
    ("new-client", re.compile(r"(httpx|aiohttp)/_?client\.py:__init__|ssl\.py:create_default_con")),
    ("hashing", re.compile(r"hashlib|bcrypt|argon2|passlib|werkzeug/security|auth/hashers")),
)
_HASHING = re.compile(r"\b(pbkdf2_hmac|scrypt|hashpw|checkpw|kdf|argon2)\b")


@dataclass(frozen=True, slots=True)
class _Frame:
    function: str
    file: str
    line: int

    @property
    def name(self) -> str:
        return self.function.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class _Stack:
    """What an app did in ``count`` samples: its own frames, outermost first, and all frames."""

    own: tuple[_Frame, ...]
    frames: tuple[_Frame, ...]
    count: int

    @property
    def on_loop(self) -> bool:
        return any(_LOOPS.search(frame.file) for frame in self.frames)


def find_hot_line(raw: str, folder: str) -> HotLine | None:
    """The innermost line of the app's own that most samples share; None where there is none.

    ``raw`` are py-spy's stacks, one a line with their number at its end, outermost frame first;
    ``folder`` is where the app's files lie.
    """
    stacks = [stack for line in raw.splitlines() if (stack := _read(line, folder))]
    total = sum(stack.count for stack in stacks)
    if total < FEWEST_SAMPLES:
        return None
    path = _descend(stacks, total)
    if not path:
        return None
    through = [stack for stack in stacks if stack.own[: len(path)] == path]
    held = sum(stack.count for stack in through)
    caller = path[-2] if len(path) > 1 else None
    return HotLine(
        place=_place(path[-1], folder),
        called_from=_place(caller, folder) if caller else None,
        share=held / total,
        on_loop=sum(stack.count for stack in through if stack.on_loop) * 2 > held,
        behind=_behind(through, held),
    )


def behind_call(source: str) -> Behind | None:
    """What a line calls that leaves no frame of its own, as functions written in C do not."""
    return "hashing" if _HASHING.search(source) else None


def _descend(stacks: Iterable[_Stack], total: int) -> tuple[_Frame, ...]:
    """The own frames, from the outermost on, that more than half of all samples go through."""
    path: tuple[_Frame, ...] = ()
    while True:
        below = Counter[_Frame]()
        for stack in stacks:
            if len(stack.own) > len(path) and stack.own[: len(path)] == path:
                below[stack.own[len(path)]] += stack.count
        if not below:
            return path
        frame, count = below.most_common(1)[0]
        if count <= MAIN_SHARE * total:
            return path
        path = (*path, frame)


def _read(line: str, folder: str) -> _Stack | None:
    """One line of stacks; None for one that serves nothing: idle, starting, or not the app's."""
    count = line.rpartition(" ")[2]
    frames = tuple(_Frame(name, file, int(at)) for name, file, at in _FRAME.findall(line))
    entrances = [number for number, frame in enumerate(frames) if frame.name in _ENTRANCES]
    serving = frames[entrances[-1] + 1 :] if entrances else ()
    own = tuple(frame for frame in serving if _is_own(frame, folder))
    return _Stack(own, frames, int(count)) if own and count.isdigit() else None


def _is_own(frame: _Frame, folder: str) -> bool:
    return frame.file.startswith(f"{folder}/") and "site-packages" not in frame.file


def _behind(stacks: Iterable[_Stack], held: int) -> Behind | None:
    """What most of the samples were doing below the line, where its kind is known."""
    for kind, pattern in _BEHIND:
        doing = sum(
            stack.count
            for stack in stacks
            if any(pattern.search(f"{it.file}:{it.name}") for it in stack.frames)
        )
        if doing > MAIN_SHARE * held:
            return kind
    return None


def _place(frame: _Frame, folder: str) -> str:
    return f"{frame.file.removeprefix(f'{folder}/')}:{frame.line}"
