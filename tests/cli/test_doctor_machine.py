"""What ``doctor --machine`` shows and how it ends."""

from dataclasses import replace

import pytest

from codeoptix_performance.cli import doctor_machine
from codeoptix_performance.cli.main import run
from codeoptix_performance.errors import EngineError
from codeoptix_performance.measurement.bare_machine.figures import BareMachine, ClosedLoad
from codeoptix_performance.measurement.bare_machine.memory import circumstances, recall
from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.target.sandbox.hold import Hold

CLOSED = (ClosedLoad(1, 4000.0, 3e-5), ClosedLoad(8, 10000.0, 1.6e-5))
QUIET = BareMachine("none", CLOSED, (0.0009, 0.0012, 0.0031), 0.01)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """A cache of this test's own, and a rung that needs no trying."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(doctor_machine, "choose_hold", lambda _settings: Hold("none"))
    return tmp_path / "cache"


@pytest.fixture
def found(monkeypatch):
    """What is found out when the machine is measured."""

    def use(measure):
        monkeypatch.setattr(doctor_machine, "measure_bare_machine", measure)

    return use


def test_figures_are_shown_and_kept(found, capsys):
    """For verdicts to come."""
    found(lambda _settings: QUIET)

    assert 0 == run(["doctor", "--machine"])

    assert (
        "This machine with a server that answers at once, on the rung none\n"
        "  ceiling         10000/s without pauses (1 user 4000/s, 8 users 10000/s)\n"
        "  load generator  16.0 µs of processor time a request\n"
        "  noise floor     median 1.2 ms, P95 3.1 ms, P99 3.1 ms, max 3.1 ms, of 3 requests under "
        "the default light load\n"
        "  These figures are kept until the machine starts anew.\n"
    ) == capsys.readouterr().out
    engine = Settings().engine
    assert QUIET == recall(circumstances("none", own_network=False, engine=engine))


def test_figures_of_a_busy_machine_need_a_person(found, capsys):
    """They are shown, and not kept."""
    found(lambda _settings: replace(QUIET, pressure=0.45))

    assert 3 == run(["doctor", "--machine"])

    page = capsys.readouterr().out
    assert "! These figures are not kept: 45 % of the time something waited" in page
    assert "10000/s" in page


def test_figures_that_cannot_be_kept_need_a_person(found, capsys, cache):
    """The sentence says why."""
    cache.write_text("a file in the way")
    found(lambda _settings: QUIET)

    assert 3 == run(["doctor", "--machine"])
    assert "! These figures are not kept: the cache cannot be" in capsys.readouterr().out


def test_a_machine_that_cannot_be_measured_says_why(found, capsys):
    """One line, and no figures."""

    def fail(_settings):
        raise EngineError("The load generator failed.")

    found(fail)

    assert 3 == run(["doctor", "--machine"])
    assert "! Nothing could be measured: The load generator failed.\n" == capsys.readouterr().out
