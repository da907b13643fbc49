"""Figures kept until the machine starts anew: found, not found, and asked for by two at once."""

from dataclasses import replace

import pytest

from codeoptix_performance.measurement.bare_machine.memory import (
    circumstances,
    measured_once,
    recall,
    remember,
)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A cache of this test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "codeoptix-performance" / "bare-machine"


@pytest.fixture
def here():
    return circumstances("bwrap", own_network=True, engine="locust")


def test_what_was_remembered_is_recalled(here, machine):
    """Figure by figure; before that there is nothing."""
    assert recall(here) is None
    assert remember(here, machine)
    assert machine == recall(here)


@pytest.mark.parametrize(
    "changes",
    [
        {"boot": "another-boot"},
        {"rung": "limits"},
        {"own_network": False},
        {"engine": "k6"},
        {"processors": 99},
        {"python": "PyPy 3"},
        {"package": "9.9"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_figures_hold_for_their_own_circumstances_only(here, machine, changes):
    """Anything else would be another machine."""
    remember(here, machine)

    assert recall(replace(here, **changes)) is None


def test_figures_of_earlier_boots_are_dropped(here, machine, folder):
    """The cache does not grow with every start."""
    before = replace(here, boot="0ld-boot")
    remember(before, machine)
    remember(here, machine)

    assert [here.file] == list(folder.iterdir())


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"rung": "bwrap", "closed": [], "times": [0.1], "pressure": 0.1}'],
    ids=["empty", "cut off", "another form", "no load"],
)
def test_a_file_that_is_no_good_is_measured_anew(here, machine, text):
    """It is as if it were not there, and then it is replaced."""
    remember(here, machine)
    here.file.write_text(text)

    assert recall(here) is None
    assert machine == measured_once(here, lambda: machine)
    assert machine == recall(here)


def test_figures_that_no_machine_has_are_not_believed(here, machine):
    """A floor of no time at all would be somebody's invention."""
    remember(here, machine)
    here.file.write_text(here.file.read_text().replace("0.0001,", "-1,", 1))

    assert recall(here) is None


def test_a_busy_machine_is_not_remembered(here, machine):
    """Its figures hold for who measured them."""
    busy = replace(machine, pressure=0.5)

    assert busy == measured_once(here, lambda: busy)
    assert recall(here) is None


def test_two_at_once_measure_once(here, machine):
    """A verdict does not wait for another's measurement; it does without."""
    measured = []

    def measure():
        measured.append(measured_once(here, lambda: pytest.fail("measured twice")))
        return machine

    assert machine == measured_once(here, measure)
    assert [None] == measured
    assert machine == measured_once(here, lambda: pytest.fail("it is known by now"))


def test_a_cache_that_cannot_be_written_is_done_without(here, machine, tmp_path):
    """The figures hold for who measured them."""
    (tmp_path / "cache").write_text("a file in the way")

    assert machine == measured_once(here, lambda: machine)
    assert not remember(here, machine)
    assert recall(here) is None


def test_the_folder_is_closed_to_others(here, machine, folder):
    """An app that runs as another user cannot look into it."""
    measured_once(here, lambda: machine)

    assert 0 == folder.stat().st_mode & 0o077
