"""Which rung an app is held on, and what is said where it is not the best."""

import os
import shutil
import stat

import pytest

from codeoptix_performance.errors import SettingsError
from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.target.sandbox import ladder
from codeoptix_performance.target.sandbox.isolation import PROMISES


@pytest.fixture
def tried_anew():
    """Rungs are tried once per process; these tests change what there is to try."""
    ladder.forget_tries()
    yield
    ladder.forget_tries()


@pytest.fixture
def bwrap_is(tmp_path, monkeypatch, tried_anew):  # noqa: ARG001 - what it does is wanted
    """Puts a shell script in the place of ``bwrap``; None for no such program."""

    def replace(script):
        if script is not None:
            program = tmp_path / "bwrap"
            real = shutil.which("bwrap")
            program.write_text(f"#!/bin/sh\n{script.replace('bwrap "$@"', f'{real} "$@"')}\n")
            program.chmod(program.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
        monkeypatch.setenv("PATH", f"{tmp_path}" if script is None else f"{tmp_path}:/usr/bin:/bin")

    return replace


def held(sandbox="auto"):
    return ladder.choose_hold(Settings(code="", sandbox=sandbox))


def test_the_best_rung_keeps_every_promise():
    """Each was tried: what must be denied was denied, and what must work worked."""
    hold = held()

    assert ("bwrap", True) == (hold.rung, hold.own_network)
    assert tuple(PROMISES) == hold.isolation.promises
    assert "bubblewrap" in hold.isolation.sentence


def test_limits_keep_what_they_can_and_say_so():
    """Nothing is promised that was not seen to hold."""
    hold = held("limits")

    assert not hold.own_network
    assert {"environment", "descriptors", "limits", "end"} <= set(hold.isolation.promises)
    assert not {"network", "messages"} & set(hold.isolation.promises)
    assert "open to it were the network" in hold.isolation.sentence


def test_nothing_is_asked_for_by_name_only():
    """And is called what it is."""
    hold = held("none")

    assert ("none", None) == (hold.rung, hold.identity)
    assert "as asked" in hold.isolation.sentence


REASONS = {
    "not there": (None, "bwrap is not installed"),
    "refused by the kernel": (
        'echo "bwrap: setting up uid map: Permission denied" >&2; exit 1',
        "setting up uid map: Permission denied",
    ),
    "ends without a word": ("exit 1", "it ended at once"),
    "leaves the network open": (
        'for a do shift; [ "$a" = --unshare-net ] || set -- "$@" "$a"; done; exec bwrap "$@"',
        "it does not hold that an app reaches no address but its own loopback",
    ),
}


@pytest.mark.parametrize(("script", "words"), REASONS.values(), ids=REASONS)
def test_where_bubblewrap_does_not_work_the_next_rung_says_why(bwrap_is, script, words):
    """One sentence; a program that only pretends is found out by being tried."""
    bwrap_is(script)

    hold = held()

    assert "limits" == hold.rung
    assert words in hold.isolation.sentence
    assert 1 == hold.isolation.sentence.count(".") - hold.isolation.sentence.count("...")


@pytest.mark.parametrize(("script", "words"), REASONS.values(), ids=REASONS)
def test_bubblewrap_by_name_is_refused_where_it_does_not_work(bwrap_is, script, words):
    """With the setting, the reason, and what is accepted."""
    bwrap_is(script)

    with pytest.raises(SettingsError, match="must be auto, bwrap, limits or none") as caught:
        held("bwrap")

    assert "sandbox" == caught.value.key
    assert words in str(caught.value)


@pytest.mark.usefixtures("tried_anew")
def test_a_rung_is_tried_once_per_process():
    """A second app does not wait for it again."""
    held()
    first = ladder.try_namespaces(own_network=True)

    assert first is ladder.try_namespaces(own_network=True)


def test_a_rung_that_failed_is_tried_again(bwrap_is, monkeypatch):
    """A machine that was busy for a moment is not held against the next app."""
    working = os.environ["PATH"]
    bwrap_is("exit 1")
    assert "limits" == held().rung

    monkeypatch.setenv("PATH", working)

    assert "bwrap" == held().rung


@pytest.mark.skipif(os.getuid() != 0, reason="only root has a user number to give")
def test_every_app_of_roots_is_a_user_of_its_own():
    """Numbers that nobody has, and not the same one twice in a row."""
    assert held().identity != held().identity
