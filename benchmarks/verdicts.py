"""Whether verdicts are right, say why, come soon, and repeat.

    .venv/bin/python -m benchmarks.verdicts                    the whole corpus, once
    .venv/bin/python -m benchmarks.verdicts --only payments    both twins of one app
    .venv/bin/python -m benchmarks.verdicts repeat --runs 20   four apps, the other core kept busy

The corpus is ``tests/apps/twins``: apps that are sound, and the same apps with one defect each.
Every verdict is the default one, ``APIPerformanceEvaluator().evaluate(code, {})``; ``--context``
changes it. ``--json`` prints figures for programs; progress goes to standard error.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from benchmarks.judging import ERROR, RIGHT, App, Judged, chosen_apps, judge_app, naming_of

OUTCOMES = ("pass", "fail", "inconclusive", ERROR)
REPEATED = ["catalog/sound", "library/sound", "payments/defective", "articles/defective"]
BURN = "import os, sys\nwhile os.getppid() == int(sys.argv[1]): pass"
"""Ends with who started it, however that ends."""
Json = dict[str, Any]


def judge_corpus(apps: list[App], context: Mapping[str, Any]) -> list[Judged]:
    """One verdict for each app, told of as they come."""
    done = []
    for number, app in enumerate(apps, 1):
        judged = judge_app(app, context)
        mark = "right" if judged.is_right else "WRONG"
        print(
            f"{number:>3}/{len(apps)} {app.name:<22} {judged.outcome:<12} {mark} "
            f"{judged.score:.2f} {judged.seconds:5.1f} s  {judged.first_line}",
            file=sys.stderr,
        )
        done.append(judged)
    return done


def corpus_figures(verdicts: list[Judged]) -> Json:
    """Confusion matrix, what the first evidence lines name, seconds per verdict, every verdict."""
    confusion = {
        kind: {
            outcome: sum(v.app.kind == kind and v.outcome == outcome for v in verdicts)
            for outcome in OUTCOMES
        }
        for kind in RIGHT
    }
    namings = [asdict(naming_of(v)) for v in verdicts if v.app.kind == "defective"]
    seconds = sorted(v.seconds for v in verdicts)
    return {
        "confusion": confusion,
        "right": sum(v.is_right for v in verdicts),
        "verdicts": len(verdicts),
        "named": {
            what: {
                "asked": sum(naming[what] is not None for naming in namings),
                "named": sum(naming[what] is True for naming in namings),
            }
            for what in ("defect", "endpoint", "line")
        },
        "seconds": {
            "median": statistics.median(seconds),
            "p95": seconds[math.ceil(0.95 * len(seconds)) - 1],
        },
        "apps": [_row(v) for v in verdicts],
    }


def _row(judged: Judged) -> Json:
    naming = asdict(naming_of(judged)) if judged.app.kind == "defective" else None
    return {
        "app": judged.app.name,
        "framework": judged.app.pair.framework,
        "defect": judged.app.pair.defect.id if judged.app.kind == "defective" else None,
        "outcome": judged.outcome,
        "right": judged.is_right,
        "score": judged.score,
        "seconds": judged.seconds,
        "names": naming,
        "evidence": list(judged.evidence),
    }


def print_corpus(figures: Json) -> None:
    """The same for people: the matrix, then what was named, then seconds."""
    print(f"{'':<12}" + "".join(f"{outcome:>14}" for outcome in OUTCOMES))
    for kind, row in figures["confusion"].items():
        print(f"{kind:<12}" + "".join(f"{row[outcome]:>14}" for outcome in OUTCOMES))
    print(f"\n{figures['right']} of {figures['verdicts']} verdicts are right.")
    for what, count in figures["named"].items():
        print(f"The first evidence line names the {what}: {count['named']} of {count['asked']}.")
    seconds = figures["seconds"]
    print(f"Seconds per verdict: median {seconds['median']:.1f}, p95 {seconds['p95']:.1f}.")


@contextmanager
def busy_core() -> Iterator[None]:
    """A process that keeps one core busy; the last one, where processes can be kept to a core."""
    with subprocess.Popen([sys.executable, "-c", BURN, str(os.getpid())]) as burner:
        try:
            if hasattr(os, "sched_setaffinity"):
                os.sched_setaffinity(burner.pid, {max(os.sched_getaffinity(0))})
            yield
        finally:
            burner.kill()


def repeat_figures(apps: list[App], runs: int, context: Mapping[str, Any]) -> Json:
    """Outcomes, flips and score spread of ``runs`` verdicts on each app, a core kept busy.

    The apps take turns, so that a slow spell of the machine does not fall on one of them alone.
    """
    rounds: list[Judged] = []
    with busy_core():
        for _ in range(runs):
            rounds += judge_corpus(apps, context)
    return {app.name: _repeated([v for v in rounds if v.app == app]) for app in apps}


def _repeated(verdicts: list[Judged]) -> Json:
    outcomes = Counter(v.outcome for v in verdicts)
    scores = [v.score for v in verdicts]
    return {
        "runs": len(verdicts),
        "outcomes": dict(outcomes),
        "wrong": sum(not v.is_right for v in verdicts),
        "flips": len(verdicts) - outcomes.most_common(1)[0][1],
        "score_spread": max(scores) - min(scores),
        "median_seconds": statistics.median(v.seconds for v in verdicts),
    }


def print_repeated(figures: Json) -> None:
    """One line for each app; a flip is a verdict other than the app's most frequent one."""
    print(f"{'app':<24}{'runs':>6}{'wrong':>7}{'flips':>7}{'score spread':>14}{'median s':>10}")
    for name, row in figures.items():
        print(
            f"{name:<24}{row['runs']:>6}{row['wrong']:>7}{row['flips']:>7}"
            f"{row['score_spread']:>14.3f}{row['median_seconds']:>10.1f}  {row['outcomes']}"
        )


def asked() -> argparse.Namespace:
    """The command line; a word that cannot be used ends the program with one sentence."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("mode", nargs="?", choices=("corpus", "repeat"), default="corpus")
    parser.add_argument("--only", action="append", default=[], metavar="APP")
    parser.add_argument("--runs", type=int, default=20, help="verdicts on each app (repeat)")
    parser.add_argument("--context", default="{}", metavar="JSON")
    parser.add_argument("--json", action="store_true")
    words = parser.parse_args()
    if words.runs < 1:
        parser.error("--runs: give 1 or more.")
    try:
        words.context = json.loads(words.context)
    except ValueError as error:
        parser.error(f"--context: {error}; give a JSON object, such as '{{\"users\": 10}}'.")
    if not isinstance(words.context, dict):
        parser.error("--context: give a JSON object, such as '{\"users\": 10}'.")
    fallback = REPEATED if words.mode == "repeat" else []
    try:
        words.apps = chosen_apps(words.only or fallback)
    except ValueError as error:
        parser.error(f"--only: {error}")
    return words


def main() -> None:
    """Judges what was asked for and prints the figures."""
    words = asked()
    if words.mode == "repeat":
        figures = repeat_figures(words.apps, words.runs, words.context)
        show = print_repeated
    else:
        figures = corpus_figures(judge_corpus(words.apps, words.context))
        show = print_corpus
    if words.json:
        print(json.dumps(figures, indent=2))
    else:
        show(figures)


if __name__ == "__main__":
    main()
