"""Every request of a run, kept exactly, in 23 bytes each."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from math import ceil
from time import perf_counter

from codeoptix_performance.load.plan import LoadPlan

RECENT_SECONDS = 5.0
_RECENT_SAMPLES = 2000
_LARGEST_SIZE = 2**32 - 1


class Samples:
    """One endpoint's finished requests, in the order they finished.

    ``starts`` are moments in seconds; ``sizes`` are capped at 4 GiB; ``failed`` is 0 or 1.
    """

    def __init__(self) -> None:
        self.starts = array("d")
        self.seconds = array("d")
        self.statuses = array("H")
        self.sizes = array("I")
        self.failed = array("B")
        self.causes: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self.failed)

    def add(self, start: float, at: float, status: int, size: int, cause: str | None) -> None:
        """Takes one; ``failed`` grows last, so a reader in another thread sees whole samples."""
        self.starts.append(start)
        self.seconds.append(at - start)
        self.statuses.append(status)
        self.sizes.append(min(size, _LARGEST_SIZE))
        if cause is not None:
            self.causes[cause] += 1
        self.failed.append(cause is not None)

    def finish(self, number: int) -> float:
        """The moment sample ``number`` finished."""
        return self.starts[number] + self.seconds[number]

    def first_finished_from(self, moment: float) -> int:
        """The number of the first sample that finished at ``moment`` or later."""
        return bisect_left(range(len(self)), moment, key=self.finish)

    def successes(self) -> list[float]:
        """Seconds of the successful requests, in the order they finished."""
        return [
            taken for taken, failed in zip(self.seconds, self.failed, strict=True) if not failed
        ]


@dataclass(frozen=True, slots=True)
class Progress:
    """How the run stands. Rates and percentiles are those of the last ``RECENT_SECONDS``.

    ``p95`` is in seconds, failures left out, and None where nothing succeeded lately; with much
    traffic it is taken from a sample of it.
    """

    elapsed: float
    users: int
    requests: int
    failures: int
    in_flight: int
    requests_per_second: float
    p95: float | None


class Recorder:
    """Takes a run's facts from one thread; ``progress`` may be asked from any other."""

    def __init__(self, plan: LoadPlan) -> None:
        self.samples = tuple(Samples() for _ in plan.endpoints)
        self.user_changes: list[tuple[float, int]] = []
        """Moments and how many users were active from then on."""
        self._in_flight: dict[int, tuple[int, float]] = {}
        self._last_token = 0
        self._first_at: float | None = None

    @property
    def began_at(self) -> float | None:
        """The moment of the first event; None before it."""
        return self._first_at

    def begin(self, endpoint: int, due: float, at: float) -> int:  # noqa: ARG002
        """The token of a request that leaves now."""
        if self._first_at is None:
            self._first_at = at
        self._last_token += 1
        self._in_flight[self._last_token] = (endpoint, at)
        return self._last_token

    def end(self, token: int, at: float, status: int, size: int, cause: str | None) -> None:
        """It is answered, or failed for ``cause``."""
        endpoint, start = self._in_flight.pop(token)
        self.samples[endpoint].add(start, at, status, size, cause)

    def users(self, count: int, at: float) -> None:
        """So many users are active from now on."""
        if self._first_at is None:
            self._first_at = at
        self.user_changes.append((at, count))

    def in_flight(self) -> list[tuple[int, float]]:
        """Endpoint and start of every request that has not finished."""
        return list(self._in_flight.values())

    def progress(self, elapsed: float | None = None) -> Progress:
        """How the run stands ``elapsed`` seconds after its first event; by default, now."""
        began_at = perf_counter() if self._first_at is None else self._first_at
        elapsed = perf_counter() - began_at if elapsed is None else elapsed
        requests, failures = sum(map(len, self.samples)), self._failures()
        lately = min(RECENT_SECONDS, elapsed)
        recent, p95 = self._recent(began_at + elapsed - lately)
        return Progress(
            elapsed=elapsed,
            users=self.user_changes[-1][1] if self.user_changes else 0,
            requests=requests,
            failures=failures,
            in_flight=len(self._in_flight),
            requests_per_second=recent / lately if lately > 0 else 0.0,
            p95=p95,
        )

    def _failures(self) -> int:
        return sum(samples.causes.total() for samples in self.samples)

    def _recent(self, since: float) -> tuple[int, float | None]:
        """How many finished from the moment ``since`` on, and the P95 of their successes."""
        firsts = [samples.first_finished_from(since) for samples in self.samples]
        ends = [len(samples) for samples in self.samples]
        count = sum(ends) - sum(firsts)
        step = max(1, count // _RECENT_SAMPLES)
        times = sorted(
            taken
            for samples, first, end in zip(self.samples, firsts, ends, strict=True)
            for taken, failed in zip(
                samples.seconds[first:end:step], samples.failed[first:end:step], strict=True
            )
            if not failed
        )
        return count, times[ceil(0.95 * len(times)) - 1] if times else None
