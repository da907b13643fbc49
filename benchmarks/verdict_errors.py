"""How often the sequential decision is wrong, and how long it takes, on simulated apps.

    .venv/bin/python benchmarks/verdict_errors.py [runs of each kind]

Nothing is loaded and no clock is read: response times are drawn, the decision looks at them every
0.2 s as it would at a run, and every run is repeatable by its seed. ``tests/verdict`` runs a
short form of this and holds the figures that docs/verdict.md claims.
"""

from __future__ import annotations

import math
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from statistics import NormalDist, fmean
from typing import Literal

from codeoptix_performance.measurement.latencies import Latencies
from codeoptix_performance.measurement.measurement import EndpointMeasurement
from codeoptix_performance.settings.asked_limits import LIMIT_WORDS
from codeoptix_performance.settings.limits import Limit
from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.settings.sources import settings_from
from codeoptix_performance.verdict.checks import Check, observe
from codeoptix_performance.verdict.score import score
from codeoptix_performance.verdict.sequential.decision import SequentialDecision
from codeoptix_performance.verdict.sequential.due_bins import Finished
from codeoptix_performance.verdict.sequential.looks import HostHealth, Look, News
from codeoptix_performance.verdict.verdict import Outcome

LOOK = 0.2
CAP = 30.0
SPREAD = 0.5
"""Standard deviation of the logarithm of response times."""
BURST_SLOWER = 2.5
BURST_SECONDS = 0.4
BURST_SHARE = 0.1
LIMIT = 0.5
TIMEOUT = 10.0

Noise = Literal["independent", "drifting 0.5 s", "drifting 2 s", "bursts"]
NOISES: tuple[Noise, ...] = ("independent", "drifting 0.5 s", "drifting 2 s", "bursts")
DRIFT_SECONDS = {"drifting 0.5 s": 0.5, "drifting 2 s": 2.0}


@dataclass(frozen=True, slots=True)
class App:
    """What is simulated; times in seconds.

    Response times are lognormal with the given 95th percentile over a long time. A ``hang``
    share of requests takes ``hang_seconds``, and a ``fail`` share fails at once. In the first
    seconds it is ``cold_factor`` times slower, fading over ``cold_seconds``.
    """

    p95: float = 0.1
    rate: float = 100.0
    noise: Noise = "independent"
    hang: float = 0.0
    hang_seconds: float = 20.0
    fail: float = 0.0
    cold_factor: float = 1.0
    cold_seconds: float = 0.5
    freezes_at: float = math.inf
    """From here on nothing is answered."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended: decided at a moment, or at ``CAP`` by its figures alone.

    ``finished`` are all its requests that were over, ``in_flight`` the ages of the others.
    """

    seconds: float
    look: Look
    finished: tuple[Finished, ...]
    in_flight: tuple[float, ...]

    @property
    def state(self) -> str:
        """``fails`` if a limit was decided to fail, ``passes`` if the run ended well early."""
        if any(decision.state == "fails" for decision in self.look.decisions):
            return "fails"
        return "passes" if self.look.over else "open"


NEAR_AND_FAR = (1 / 4, 1 / 2, 1 / 1.4, 1.4, 2.0, 4.0)
"""Times the limit, where scores are asked for."""
SCORED: dict[str, dict[str, str | list[str]]] = {
    "P95": {"http_req_duration": "p(95)<500"},
    "P95, average": {"http_req_duration": ["p(95)<500", "avg<249"]},
    "P99, maximum": {"http_req_duration": ["p(99)<703", "max<1500"]},
}
"""Thresholds that an app with a P95 of 500 ms just keeps."""
P95 = LIMIT_WORDS["max_p95_response_time"].limit("max_p95_response_time", LIMIT)
AVERAGE = LIMIT_WORDS["max_avg_response_time"].limit("max_avg_response_time", LIMIT)
FAILURES = LIMIT_WORDS["max_failure_rate"].limit("max_failure_rate", 0.01)


def play(
    app: App,
    limits: tuple[Limit, ...],
    seed: int,
    *,
    health: HostHealth | None = None,
    cap: float = CAP,
) -> Ending:
    """One run until it is over, looked at every ``LOOK`` seconds."""
    decision = SequentialDecision(limits, ["GET /"], min_requests=100, request_timeout=TIMEOUT)
    requests = _requests(app, random.Random(seed))  # noqa: S311 # repeatable, not secret
    pending: list[Finished] = []
    over: list[Finished] = []
    upcoming = next(requests)
    number = 0
    while True:
        number += 1
        now = number * LOOK
        while upcoming.due <= now:
            pending.append(upcoming)
            upcoming = next(requests)
        finished = [one for one in pending if one.due + one.seconds <= now]
        over += finished
        pending = [one for one in pending if one.due + one.seconds > now]
        in_flight = [one.due for one in pending]
        look = decision.look(News(now, 0.0, [finished], [in_flight], health or HostHealth()))
        if look.over or now >= cap:
            return Ending(now, look, tuple(over), tuple(now - one.due for one in pending))


def _requests(app: App, chance: random.Random) -> Iterator[Finished]:
    """Requests without end, in the order they are due, arriving by chance (Poisson)."""
    centre = _centre(app)
    slowness = _slowness(app, chance)
    own = SPREAD * math.sqrt(0.75) if app.noise in DRIFT_SECONDS else SPREAD
    due = 0.0
    while True:
        due += chance.expovariate(app.rate)
        log_seconds = centre + slowness(due) + chance.gauss(0.0, own)
        seconds = math.exp(log_seconds)
        if app.cold_factor > 1:
            seconds *= 1 + (app.cold_factor - 1) * math.exp(-due / app.cold_seconds)
        if due >= app.freezes_at:
            yield Finished(due, math.inf, failed=False)
        elif app.hang and chance.random() < app.hang:
            yield Finished(due, min(app.hang_seconds, TIMEOUT), app.hang_seconds > TIMEOUT)
        elif app.fail and chance.random() < app.fail:
            yield Finished(due, 0.002, failed=True)
        else:
            yield Finished(due, seconds, failed=False)


def _centre(app: App) -> float:
    """The log median that makes ``app.p95`` the 95th percentile of its times over a long time."""
    normal = NormalDist()
    if app.noise != "bursts":
        return math.log(app.p95) - SPREAD * normal.inv_cdf(0.95)
    low, high = 0.0, 3.0
    shift = math.log(BURST_SLOWER) / SPREAD
    for _ in range(50):
        middle = (low + high) / 2
        below = (1 - BURST_SHARE) * normal.cdf(middle) + BURST_SHARE * normal.cdf(middle - shift)
        low, high = (middle, high) if below < 0.95 else (low, middle)
    return math.log(app.p95) - SPREAD * low


def _slowness(app: App, chance: random.Random) -> Callable[[float], float]:
    """What is added to the logarithm at a moment; moments must not go backwards."""
    if app.noise in DRIFT_SECONDS:
        return _Drift(DRIFT_SECONDS[app.noise], SPREAD / 2, chance)
    return _Bursts(chance) if app.noise == "bursts" else lambda _due: 0.0


class _Drift:
    """An Ornstein-Uhlenbeck process: memory fades over ``seconds``."""

    def __init__(self, seconds: float, deviation: float, chance: random.Random) -> None:
        self._seconds, self._deviation, self._chance = seconds, deviation, chance
        self._at, self._value = 0.0, chance.gauss(0.0, deviation)

    def __call__(self, due: float) -> float:
        kept = math.exp(-(due - self._at) / self._seconds)
        noise = self._deviation * math.sqrt(1 - kept * kept)
        self._value = self._value * kept + self._chance.gauss(0.0, noise)
        self._at = due
        return self._value


class _Bursts:
    """Two states; the slow one lasts ``BURST_SECONDS`` on average, ``BURST_SHARE`` of the time."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._slow = chance.random() < BURST_SHARE
        self._until = self._length()

    def __call__(self, due: float) -> float:
        while due >= self._until:
            self._slow = not self._slow
            self._until += self._length()
        return math.log(BURST_SLOWER) if self._slow else 0.0

    def _length(self) -> float:
        calm = BURST_SECONDS * (1 - BURST_SHARE) / BURST_SHARE
        return self._chance.expovariate(1 / (BURST_SECONDS if self._slow else calm))


@dataclass(frozen=True, slots=True)
class Tally:
    """Runs of one kind of app: how long they took and how they ended."""

    endings: tuple[Ending, ...]

    def share(self, state: str) -> float:
        """Runs that ended so, 0..1."""
        return sum(ending.state == state for ending in self.endings) / len(self.endings)

    @property
    def mean_seconds(self) -> float:
        """Of load, until the run was over."""
        return fmean(ending.seconds for ending in self.endings)

    @property
    def late_seconds(self) -> float:
        """95 % of the runs were over by then."""
        ordered = sorted(ending.seconds for ending in self.endings)
        return ordered[math.ceil(0.95 * len(ordered)) - 1]


def many(app: App, limits: tuple[Limit, ...], runs: int, *, first_seed: int = 0) -> Tally:
    """``runs`` independent runs of ``app``."""
    return Tally(tuple(play(app, limits, seed) for seed in range(first_seed, first_seed + runs)))


def score_of(settings: Settings, ending: Ending) -> float:
    """As the judge gives it for the figures of this run alone."""
    times = sorted(one.seconds for one in ending.finished if not one.failed)
    failures = len(ending.finished) - len(times)
    latencies = Latencies(tuple(times), failures, tuple(sorted(ending.in_flight)))
    rate = len(ending.finished) / ending.seconds
    total = EndpointMeasurement(
        "all", latencies.finished, failures, latencies, (), 0, rate, 0.0, latencies
    )
    checks = tuple(Check(limit, None, total, observe(limit, total)) for limit in settings.limits)
    outcome: Outcome = "fail" if any(check.broken for check in checks) else "pass"
    return score(settings, outcome, checks, total.requests)


def ten_scores(app: App, thresholds: dict[str, str | list[str]], first_seed: int) -> list[float]:
    """Of ten runs of one app."""
    settings = settings_from({"thresholds": thresholds}, profile="api")
    seeds = range(first_seed, first_seed + 10)
    return [score_of(settings, play(app, settings.limits, seed)) for seed in seeds]


DISTANCES = (0.05, 0.125, 0.25, 0.35, 0.45, 0.55, 0.6, 0.75, 1.0, 2.0)


def main(runs: int) -> None:
    """The table of docs/verdict.md."""
    print(f"{runs} runs of each kind; limit P95 {LIMIT} s, 100 requests/s")
    print("mean/95th-percentile seconds, wrongly decided %, undecided %\n")
    print("| true P95 | " + " | ".join(NOISES) + " |")
    for p95 in DISTANCES:
        cells = []
        for noise in NOISES:
            tally = many(App(p95=p95, noise=noise), (P95,), runs)
            wrong = tally.share("fails" if p95 < LIMIT else "passes")
            cells.append(
                f"{tally.mean_seconds:.1f}/{tally.late_seconds:.1f}, "
                f"{100 * wrong:.2f}, {100 * tally.share('open'):.0f}"
            )
        print(f"| {p95 * 1000:.0f} ms | " + " | ".join(cells) + " |", flush=True)
    print("\nguide's three limits (P95, average, failures):")
    sound = App(p95=0.1)
    kinds = {
        "sound": sound,
        "hang 10 % for 20 s": replace(sound, hang=0.1),
        "8 % take 3 s": replace(sound, hang=0.08, hang_seconds=3.0),
        "freezes at 1 s": replace(sound, freezes_at=1.0),
        "frozen from the start": replace(sound, freezes_at=0.0),
        "5 % fail": replace(sound, fail=0.05),
        "0.2 % fail": replace(sound, fail=0.002),
        "five times slower at first": replace(sound, p95=0.3, cold_factor=5.0),
    }
    for name, app in kinds.items():
        tally = many(app, (P95, AVERAGE, FAILURES), runs)
        states = ", ".join(
            f"{state} {100 * tally.share(state):.2f} %" for state in ("passes", "fails", "open")
        )
        print(
            f"| {name} | {tally.mean_seconds:.1f}/{tally.late_seconds:.1f} | {states} |", flush=True
        )
    print_scores(max(1, runs // 10))


def print_scores(tens: int) -> None:
    """How far the scores of ten runs of one app lie apart."""
    print(f"\n{tens} times ten runs at each distance; tens that differ by 0.05 or more, and scores")
    for name, thresholds in SCORED.items():
        for noise in NOISES:
            for off in NEAR_AND_FAR:
                app = App(p95=LIMIT * off, noise=noise, rate=50.0)
                each = [ten_scores(app, thresholds, 10 * ten) for ten in range(tens)]
                apart = sum(max(scores) - min(scores) > 0.045 for scores in each)
                counts = Counter(score for scores in each for score in scores)
                shown = ", ".join(f"{score:.2f}: {counts[score]}" for score in sorted(counts))
                print(f"| {name} | {noise} | {off:.2f} | {apart} | {shown} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
