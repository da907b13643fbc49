"""The server that answers at once, really started, held and loaded."""

import pytest

from codeoptix_performance.errors import EngineError
from codeoptix_performance.load.scripted_engine import Script, ScriptedEngine, steady, users
from codeoptix_performance.measurement.bare_machine import measuring
from codeoptix_performance.measurement.bare_machine.known import bare_machine_of
from codeoptix_performance.measurement.bare_machine.measuring import measure_bare_machine
from codeoptix_performance.measurement.bare_machine.memory import circumstances, remember
from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.target.sandbox.isolation import Isolation
from codeoptix_performance.target.target import Target

HELD = Target("http://a", "an app", (), app=object(), isolation=Isolation("limits", (), ""))


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """A cache of this test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def scripted(monkeypatch):
    """The engine that answers for every load."""

    def use(*events, **facts):
        engine = ScriptedEngine(Script((users(0.0, 20), *events), **facts))
        monkeypatch.setattr(measuring, "choose_engine", lambda _settings: engine)

    return use


@pytest.mark.slow
def test_the_machine_is_measured_as_apps_are(monkeypatch):
    """On the rung that was asked for, with ever more users, under light load."""
    monkeypatch.setattr(measuring, "SECONDS_WITHOUT_PAUSES", 0.2)
    monkeypatch.setattr(measuring, "SECONDS_OF_LIGHT_LOAD", 2.0)

    found = measure_bare_machine(Settings(sandbox="limits"))

    assert ("limits", [1, 8, 32]) == (found.rung, [load.users for load in found.closed])
    assert all(load.requests_per_second > 0 for load in found.closed)
    assert all(0 < load.generator_seconds < 1 for load in found.closed)
    assert len(found.times) > 1
    assert sorted(found.times) == list(found.times)


def test_figures_are_taken_from_what_was_answered(scripted):
    """Rate, processor time and times of the scripted load."""
    scripted(*steady(0, every=0.01, until=0.695, seconds=0.002), generator_cpu_share=0.5)

    found = measure_bare_machine(Settings(sandbox="none"))

    assert 70 == len(found.times)
    assert pytest.approx(100.0) == found.ceiling
    assert pytest.approx(0.005) == found.best.generator_seconds
    assert pytest.approx(0.002) == found.floor.quantile(0.95)


@pytest.mark.parametrize(
    ("events", "said"),
    [
        pytest.param((), "nothing was sent", id="nothing"),
        pytest.param(
            tuple(steady(0, every=0.1, until=0.6, seconds=0.01, cause="refused")),
            "refused",
            id="failures",
        ),
    ],
)
def test_a_server_that_was_not_asked_has_no_figures(scripted, events, said):
    """An error says why; a verdict goes on without them."""
    scripted(*events)

    with pytest.raises(EngineError, match=said):
        measure_bare_machine(Settings(sandbox="none"))
    assert bare_machine_of(Settings(sandbox="none"), HELD, needed=True) is None


def test_nothing_is_measured_where_it_is_not_needed(monkeypatch, machine):
    """What is known is used all the same."""
    monkeypatch.setattr(
        "codeoptix_performance.measurement.bare_machine.known.measure_bare_machine",
        lambda _settings: pytest.fail("it was measured"),
    )

    assert bare_machine_of(Settings(), HELD, needed=False) is None
    remember(circumstances("limits", own_network=False, engine="auto"), machine)
    assert machine == bare_machine_of(Settings(), HELD, needed=False)
    assert machine == bare_machine_of(Settings(), HELD, needed=True)


def test_of_an_app_that_runs_elsewhere_nothing_is_known():
    """Another machine serves it."""
    assert bare_machine_of(Settings(), Target("http://a", "an app", ()), needed=True) is None
