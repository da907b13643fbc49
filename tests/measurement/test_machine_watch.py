"""What became of the processors between two readings of the kernel's clocks."""

import math
import os
from dataclasses import replace

import pytest

from codeoptix_performance.measurement.machine import this_boot
from codeoptix_performance.measurement.machine_watch import Clocks, machine_use, read_clocks

BEGAN = Clocks(at=100.0, pressure=50.0, stolen=3.0, at_work=1000.0, ours=7.0, app_waited=1.0)
ENDED = Clocks(at=110.0, pressure=52.5, stolen=4.0, at_work=1016.0, ours=9.0, app_waited=1.5)


def test_what_lies_between_is_shared_out():
    """Work that is neither ours nor the app's is that of others; shares are of the time."""
    use = machine_use(BEGAN, ENDED, app_cpu=8.0)

    assert (10.0, 0.25, 0.1, 0.6, 0.5) == (
        use.seconds,
        use.pressure,
        use.stolen,
        pytest.approx(use.others),
        use.app_waited,
    )


@pytest.mark.parametrize(
    ("ended", "app_cpu", "expected"),
    [
        pytest.param(ENDED, 99.0, (0.0, 0.5), id="clocks of another grain"),
        pytest.param(replace(ENDED, app_waited=0.0), 8.0, (0.6, 0.0), id="the app has ended"),
        pytest.param(replace(ENDED, app_waited=math.inf), None, (None, math.inf), id="not ours"),
    ],
)
def test_what_cannot_be_told_is_not_told(ended, app_cpu, expected):
    """Nothing is below zero, and what is not known bounds nothing."""
    use = machine_use(BEGAN, ended, app_cpu)

    assert pytest.approx(expected[0]) == use.others
    assert expected[1] == use.app_waited


def test_between_a_moment_and_itself_is_nothing():
    """Nor was anything measured."""
    assert machine_use(BEGAN, BEGAN, 0.0) is None


def test_the_kernels_clocks_can_be_read():
    """They never go back."""
    before, after = read_clocks(os.getpid()), read_clocks(os.getpid())

    assert before.at < after.at
    assert before.at_work <= after.at_work
    assert before.ours <= after.ours
    assert math.isinf(read_clocks(None).app_waited)


def test_a_boot_has_a_name(tmp_path):
    """The kernel's own; else the minute in which the machine started."""
    told = tmp_path / "boot_id"
    told.write_text("6cec367e-05ff\n")

    assert "6cec367e-05ff" == this_boot(told)
    assert 0 < int(this_boot(tmp_path / "none"), 16)
