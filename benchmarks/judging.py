"""Apps of the corpus, judged through the public face, and verdicts compared with what is known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from codeoptix_performance import APIPerformanceEvaluator, PerformanceError
from tests.twin_table import KINDS, PAIRS, Kind, Pair

RIGHT: dict[Kind, str] = {"sound": "pass", "defective": "fail"}
ERROR = "error"
"""The outcome of an app for which no verdict was reached at all."""


@dataclass(frozen=True, slots=True)
class App:
    """One twin of the corpus."""

    pair: Pair
    kind: Kind

    @property
    def name(self) -> str:
        """``payments/defective``."""
        return f"{self.pair.name}/{self.kind}"


@dataclass(frozen=True, slots=True)
class Naming:
    """What the first evidence line of a defective app names; None where that is not asked of it."""

    defect: bool
    endpoint: bool | None
    line: bool | None


@dataclass(frozen=True, slots=True)
class Judged:
    """One verdict. ``seconds`` is wall time from call to result, the app's start included."""

    app: App
    outcome: str
    score: float
    seconds: float
    evidence: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        """A sound app passed, or a defective one failed."""
        return self.outcome == RIGHT[self.app.kind]

    @property
    def first_line(self) -> str:
        """The decisive evidence, empty where there is none."""
        return self.evidence[0] if self.evidence else ""


def chosen_apps(names: list[str]) -> list[App]:
    """The apps of ``names`` (``payments`` or ``payments/sound``), all of them if there are none.

    Raises ``ValueError`` for a name that is none.
    """
    apps = [App(pair, kind) for pair in PAIRS for kind in KINDS]
    for name in names:
        if not any(name in (app.name, app.pair.name) for app in apps):
            known = ", ".join(pair.name for pair in PAIRS)
            raise ValueError(
                f"There is no app {name!r}; there are {known}, each /sound, /defective."
            )
    return [app for app in apps if not names or {app.name, app.pair.name} & set(names)]


def judge_app(app: App, context: Mapping[str, Any]) -> Judged:
    """The default verdict on one app, changed by ``context`` only."""
    code = app.pair.code(app.kind)
    started = perf_counter()
    try:
        answer = APIPerformanceEvaluator().evaluate(code, context)
    except PerformanceError as error:
        return Judged(app, ERROR, 0.0, perf_counter() - started, (str(error),))
    seconds = perf_counter() - started
    return Judged(app, answer["outcome"], answer["score"], seconds, tuple(answer["evidence"]))


def naming_of(judged: Judged) -> Naming:
    """What the first evidence line says of the defect that ``judged.app`` is known to have."""
    pair, text = judged.app.pair, judged.first_line
    named = any(_names_endpoint(text, endpoint) for endpoint in pair.endpoints)
    return Naming(
        defect=any(re.search(words, text, re.IGNORECASE) for words in pair.defect.words),
        endpoint=named if pair.endpoints else None,
        line=_names_line(text, pair.lines()) if pair.defect.has_line else None,
    )


def _names_endpoint(text: str, endpoint: str) -> bool:
    """Whether the whole endpoint stands there, and not a longer path that begins alike."""
    return re.search(re.escape(endpoint) + r"(?![\w/{-])", text) is not None


def _names_line(text: str, lines: frozenset[int]) -> bool:
    return bool(lines & {int(number) for number in re.findall(r"\.py:(\d+)", text)})
