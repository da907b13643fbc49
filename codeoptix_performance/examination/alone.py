"""Each endpoint as a single user sees it: what the app does for many is held against that."""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import median
from time import perf_counter

from codeoptix_performance.examination.stretch import Part, Prober, Stretch
from codeoptix_performance.target.endpoint import Endpoint

MIX_SECONDS = 0.4
FEWEST = 3
"""Requests of an endpoint that its time is told from; draws by weight may leave one out."""
SHORT_LOOK = 0.05
LAST_BEGIN = 2.0
"""Seconds after which no endpoint is asked for more; what was not reached by then is told."""


@dataclass(frozen=True, slots=True)
class Alone:
    """What one user saw: the ``mix`` by its weights, and a part of every endpoint.

    The parts hold the mix's requests and those that were sent because the mix had too few. Of all
    of them the answer was waited for, so no time is that of a request that was cut off.
    """

    mix: Stretch
    parts: tuple[Part, ...]

    def part(self, name: str) -> Part | None:
        """That of the endpoint called ``name``."""
        return next((part for part in self.parts if part.name == name), None)

    @property
    def unanswered(self) -> tuple[str, ...]:
        """Endpoints of which not one request finished: nothing more can be said of them."""
        return tuple(part.name for part in self.parts if not part.requests)

    @property
    def sound(self) -> frozenset[str]:
        """Endpoints that answered, and never with a failure."""
        return frozenset(part.name for part in self.parts if part.requests and not part.failures)


def see_alone(prober: Prober, endpoints: tuple[Endpoint, ...]) -> Alone:
    """Everything for ``MIX_SECONDS``, then each endpoint of which that had too few requests."""
    mix = prober.run(endpoints, 1, MIX_SECONDS, whole=True)
    last_begin = perf_counter() + LAST_BEGIN
    parts = tuple(
        _enough_of(prober, endpoint, part, last_begin)
        for endpoint, part in zip(endpoints, mix.parts, strict=True)
    )
    return Alone(mix, parts)


def ask_alone(prober: Prober, endpoint: Endpoint, seconds: float) -> Part:
    """One user asks for nothing else; the last request, begun within ``seconds``, is waited for."""
    return prober.run((replace(endpoint, weight=1),), 1, seconds, whole=True).parts[0]


def joined(one: Part, other: Part) -> Part:
    """Both as if they had been asked in one go; the median is of successes where there are any."""
    times = (*one.times, *other.times)
    requests = one.requests + other.requests
    received = one.bytes_each * one.requests + other.bytes_each * other.requests
    medians = [part.median for part in (one, other) if part.median is not None]
    return Part(
        name=one.name,
        requests=requests,
        failures=one.failures + other.failures,
        in_flight=one.in_flight + other.in_flight,
        median=median(times or medians) if times or medians else None,
        least=min((part.least for part in (one, other) if part.least is not None), default=None),
        bytes_each=received / requests if requests else 0.0,
        broken=one.broken + other.broken,
        cause=one.cause or other.cause,
        times=times,
    )


def _enough_of(prober: Prober, endpoint: Endpoint, part: Part, last_begin: float) -> Part:
    """A short look first: only that tells how long a look for ``FEWEST`` has to be."""
    if part.requests < FEWEST and perf_counter() < last_begin:
        part = joined(part, ask_alone(prober, endpoint, SHORT_LOOK))
    lacking = FEWEST - part.requests
    if lacking > 0 and part.requests and part.median is not None and perf_counter() < last_begin:
        # The last of them is begun half a request before the end of the look.
        part = joined(part, ask_alone(prober, endpoint, (lacking - 0.5) * part.median))
    return part
