"""Builders of figures: what the measurement room would hand on, in one line each."""

from __future__ import annotations

import pytest

from codeoptix_performance.measurement.latencies import Latencies
from codeoptix_performance.measurement.measurement import Cause, EndpointMeasurement, Measurement
from codeoptix_performance.settings.sources import settings_from
from codeoptix_performance.target.target import Target
from codeoptix_performance.verdict.judge import judge

SECONDS = 10.0


def build_figures(name, successes=(), *, failures=0, in_flight=(), causes=(), service=None):
    """One endpoint's figures in a run of ten seconds; ``causes`` as {text: count}.

    ``service`` are its service times where they are others than its response times.
    """
    requests = len(successes) + failures
    latencies = Latencies(tuple(sorted(successes)), failures, tuple(sorted(in_flight)))
    return EndpointMeasurement(
        name=name,
        requests=requests,
        failures=failures,
        latencies=latencies,
        service=latencies if service is None else Latencies(tuple(sorted(service)), 0, ()),
        causes=tuple(Cause(text, count) for text, count in dict(causes).items()),
        received_bytes=0,
        requests_per_second=requests / SECONDS,
        failures_per_second=failures / SECONDS,
    )


def build_run(*endpoints, **changes):
    """A measurement of ``endpoints`` whose total is their sum."""
    causes = {}
    for cause in (cause for endpoint in endpoints for cause in endpoint.causes):
        causes[cause.text] = causes.get(cause.text, 0) + cause.count
    is_closed = all(endpoint.service is endpoint.latencies for endpoint in endpoints)
    total = build_figures(
        "Aggregated",
        [seconds for endpoint in endpoints for seconds in endpoint.latencies.successes],
        failures=sum(endpoint.failures for endpoint in endpoints),
        in_flight=[age for endpoint in endpoints for age in endpoint.latencies.in_flight],
        causes=causes,
        service=None
        if is_closed
        else [time for each in endpoints for time in each.service.successes],
    )
    facts = {
        "duration": SECONDS,
        "steady_from": 0.0,
        "steady_to": SECONDS,
        "users_planned": 20,
        "users_reached": 20,
        "total": total,
        "endpoints": endpoints,
        "timeline": (),
        "resources": None,
        "app_exit": None,
        "doubts": (),
        "died_users": (),
        "interrupted": False,
    }
    return Measurement(**{**facts, **changes})


class LoggingApp:
    """An app that ended and left a log."""

    pid = 1

    def __init__(self, log):
        self._log = log

    def exit(self):
        """Nothing: it ran until the end."""

    def log_tail(self):
        """Its last words."""
        return self._log


@pytest.fixture
def figures():
    return build_figures


@pytest.fixture
def run():
    return build_run


@pytest.fixture
def settings():
    def build(profile="api", **words):
        return settings_from(words, profile=profile)

    return build


@pytest.fixture
def judged():
    """The verdict on a run of these endpoints; ``log`` makes the app ours, with those words."""

    def build(settings, *endpoints, log=None, skipped=(), **changes):
        app = None if log is None else LoggingApp(log)
        target = Target("http://127.0.0.1:8000", "an app", (), skipped, app)
        return judge(settings, target, build_run(*endpoints, **changes))

    return build
