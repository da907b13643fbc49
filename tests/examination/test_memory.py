"""Memory that reads leave behind, and which of them it is."""

from __future__ import annotations

import pytest

from codeoptix_performance.examination.examination import Keeper
from codeoptix_performance.examination.memory import watch_memory
from codeoptix_performance.examination.stretch import Part, Stretch
from codeoptix_performance.target.endpoint import Endpoint, Request


def endpoint(path, method="GET"):
    return Endpoint(method, path, "routes", (Request(method, path),), weight=3)


class Leaking:
    """Answers 100 requests of each endpoint in a stretch; each keeps as many bytes as it says.

    ``warm_up`` bytes come on top in the first stretch, and nothing is kept after so many stretches
    as ``full_after`` says. Stands in for a Prober and an app of ours.
    """

    app_pid = None

    def __init__(self, keeps, *, warm_up=0, requests=100, full_after=99):
        self.keeps, self.warm_up, self.requests = keeps, warm_up, requests
        self.full_after = full_after
        self.asked = []

    def run(self, endpoints, users, seconds):
        names = [each.name for each in endpoints]
        self.asked.append(names)
        kept = sum(self.requests * self.keeps.get(name, 0) for name in names)
        grown = kept * (len(self.asked) <= self.full_after) + self.warm_up
        self.warm_up = 0
        rising = [Part(name, self.requests + n, 0, 0, 0.01) for n, name in enumerate(names)]
        return Stretch(users, seconds, tuple(rising), 0.5, 0.0, 1000, 1000 + grown)


READS = tuple(endpoint(path) for path in "abcdef")
MIX = [read.name for read in READS]


@pytest.mark.parametrize(
    ("keeps", "keeper"),
    [
        pytest.param({"GET d": 9000}, Keeper("GET d", 9000.0), id="one of many"),
        pytest.param(
            {"GET d": 4000, "GET e": 8000}, Keeper("GET e", 8000.0), id="the worst of two"
        ),
        pytest.param({"GET a": 9000}, None, id="one that is asked too rarely to be looked at"),
    ],
)
def test_a_leak_is_traced_to_the_read_that_keeps_most(keeps, keeper):
    """Each of the four that were asked most is asked alone."""
    app = Leaking(keeps)

    growth = watch_memory(app, (*READS, endpoint("a", "POST")))

    assert [MIX] * 4 + [["GET f"], ["GET e"], ["GET d"], ["GET c"]] == app.asked
    assert keeper == growth.keeper


@pytest.mark.parametrize(
    "app",
    [
        pytest.param(Leaking({}), id="nothing is kept"),
        pytest.param(Leaking({}, warm_up=50_000_000), id="caches are filled once"),
    ],
)
def test_without_a_leak_no_read_is_asked_alone(app):
    """Two stretches are enough."""
    growth = watch_memory(app, READS)

    assert ([MIX, MIX], None) == (app.asked, growth.keeper)


def test_what_is_full_by_the_last_stretch_is_no_leak():
    """A cache with many entries grows like one until then."""
    app = Leaking({"GET d": 9000}, full_after=3)

    growth = watch_memory(app, READS)

    assert ([MIX] * 4, None, 0.0) == (app.asked, growth.keeper, growth.bytes_each)


def test_the_only_read_there_is_needs_no_stretch_alone():
    """What all reads together keep, it keeps."""
    app = Leaking({"GET a": 5000})

    growth = watch_memory(app, READS[:1])

    assert (Keeper("GET a", 5000.0), 4) == (growth.keeper, len(app.asked))


def test_what_a_slow_app_keeps_is_not_told():
    """Too few requests for a figure per request."""
    assert watch_memory(Leaking({"GET a": 9000}, requests=10), READS) is None
