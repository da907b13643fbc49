"""Ctrl-C, SIGTERM and SIGHUP."""

import signal

import pytest

from codeoptix_performance.cli import interrupts
from codeoptix_performance.cli.interrupts import clean_interrupts

SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_a_signal_is_an_interrupt_and_handlers_are_put_back(number):
    """Whoever called us finds its own handlers again."""
    before = [signal.getsignal(each) for each in SIGNALS]

    with pytest.raises(KeyboardInterrupt), clean_interrupts():
        signal.raise_signal(number)

    assert before == [signal.getsignal(each) for each in SIGNALS]


def test_a_second_signal_does_not_disturb_the_cleaning_up():
    """The app's processes are ended first."""
    cleaned = False
    with clean_interrupts():
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            signal.raise_signal(signal.SIGTERM)
            cleaned = True

    assert cleaned


def test_a_signal_long_after_the_first_interrupts_again(monkeypatch):
    """A cleaning up that hangs can be left."""
    monkeypatch.setattr(interrupts, "CLEANUP_SECONDS", -1.0)

    with clean_interrupts():
        for _ in range(2):
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)


def test_an_ignored_signal_stays_ignored():
    """``nohup`` means what it says."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with clean_interrupts():
            signal.raise_signal(signal.SIGHUP)
            assert signal.SIG_IGN == signal.getsignal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)
