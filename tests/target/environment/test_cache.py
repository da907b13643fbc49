"""Folders made once: whole, or not there."""

import os
import threading
import time

import pytest

from codeoptix_performance.errors import PreparationError
from codeoptix_performance.target.environment.cache import cached_folder, name_of


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """A cache of this test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "codeoptix-performance"


def fill(folder, _place):
    (folder / "file").write_text("there")


def test_a_folder_is_made_once():
    """The second run finds it."""
    made = []

    def make(folder, place):
        made.append(place)
        fill(folder, place)

    first, second = cached_folder("kind", "name", make), cached_folder("kind", "name", make)

    assert first == second
    assert [first] == made
    assert "there" == (first / "file").read_text()


def test_two_runs_at_once_make_it_once():
    """The second waits for the first."""
    made, found = [], []

    def make(folder, place):
        made.append(place)
        time.sleep(0.2)
        fill(folder, place)

    def run():
        found.append((cached_folder("kind", "name", make) / "file").read_text())

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert ["there"] * 4 == found
    assert 1 == len(made)


def test_what_was_made_by_half_is_never_there(place):
    """Neither after an error nor after a run that was killed; the next one starts anew."""

    def fail(folder, _place):
        (folder / "half").write_text("")
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        cached_folder("kind", "name", fail)
    assert ["name.lock"] == sorted(path.name for path in (place / "kind").iterdir())

    (place / "kind" / "name.x.half").mkdir()
    (place / "kind" / "name.x.half" / "rest").write_text("of a killed run")
    made = cached_folder("kind", "name", fill)

    assert ["file"] == sorted(path.name for path in made.iterdir())
    assert ["name", "name.lock"] == sorted(path.name for path in (place / "kind").iterdir())


def test_a_half_is_nobody_elses():
    """An installer that a killed run has started may still write into that run's own."""
    places = []

    def fail(folder, _place):
        places.append(folder)
        raise ValueError("no")

    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            cached_folder("kind", "name", fail)

    assert 2 == len(set(places))


def test_what_nobody_used_for_a_month_is_removed_when_another_is_made():
    """What was used since stays, however old it is."""
    old, used = (cached_folder("kind", name, fill) for name in ("old", "used"))
    long_ago = time.time() - 40 * 24 * 3600
    half = old.with_name("another.x.half")
    half.mkdir()
    for folder in (old, used, half):
        os.utime(folder, (long_ago, long_ago))
    cached_folder("kind", "used", fill)

    cached_folder("kind", "new", fill)

    assert (False, True, False) == (old.exists(), used.exists(), half.exists())


def test_a_cache_that_cannot_be_written_is_no_fault_of_the_app(tmp_path):
    """The sentence names the place."""
    (tmp_path / "cache").write_text("a file in the way")

    with pytest.raises(PreparationError, match=r"cache/codeoptix-performance/kind cannot be"):
        cached_folder("kind", "name", fill)


def test_a_name_follows_the_contents():
    """Nothing else."""
    assert name_of("a", ["b"]) == name_of("a", ["b"])
    assert name_of("a", ["b"]) != name_of("a", ["c"])
