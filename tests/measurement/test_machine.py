"""How long tasks waited for a processor, as the kernel tells it."""

import os

import pytest

from codeoptix_performance.measurement.machine import (
    seconds_at_work,
    seconds_of_pressure,
    seconds_stolen,
    seconds_waited,
    seconds_waited_by,
)

PRESSURE = "some avg10=0.51 avg60=2.28 avg300=5.68 total=2500000\nfull avg10=0.00 total=0\n"
STAT = "cpu  899738 17363 88012 1623852 5630 0 4849 300 0 0\ncpu0 1 2 3\n"


@pytest.mark.parametrize(
    ("pressure", "stat", "least", "most"),
    [
        pytest.param(PRESSURE, None, 2.5, 2.5, id="pressure in microseconds"),
        pytest.param(None, STAT, 0.3, 3.0, id="stolen time in ticks of a machine's own length"),
        pytest.param(None, None, 0.0, 0.0, id="a kernel that tells neither"),
        pytest.param("nonsense", "cpu 1 2 3", 0.0, 0.0, id="figures that are not there"),
    ],
)
def test_waiting_is_read_from_the_kernels_figures(tmp_path, pressure, stat, least, most):
    """Both together; what is not told counts as nothing."""
    paths = tmp_path / "pressure", tmp_path / "stat"
    for path, text in zip(paths, (pressure, stat), strict=True):
        if text is not None:
            path.write_text(text)

    assert least <= seconds_waited(*paths) <= most


def test_work_and_theft_are_told_apart(tmp_path):
    """Programs, the kernel and interrupts are at work; idle time and stolen time are not."""
    stat, pressure = tmp_path / "stat", tmp_path / "pressure"
    stat.write_text(STAT)
    pressure.write_text(PRESSURE)
    tick = seconds_stolen(stat) / 300

    assert pytest.approx((899738 + 17363 + 88012 + 4849) * tick) == seconds_at_work(stat)
    assert 2.5 == seconds_of_pressure(pressure)
    assert 0.0 == seconds_at_work(tmp_path / "none") == seconds_stolen(tmp_path / "none")


def test_waiting_never_goes_back():
    """It is counted since boot."""
    before = seconds_waited()

    assert before <= seconds_waited()


def a_process(proc, pid, *tasks):
    """Each task as its own words of schedstat and its children."""
    for number, (schedstat, children) in enumerate(tasks):
        task = proc / str(pid) / "task" / str(pid + number)
        task.mkdir(parents=True)
        (task / "schedstat").write_text(schedstat)
        (task / "children").write_text(children)


def test_a_process_waits_with_all_its_threads_and_children(tmp_path):
    """Two threads, a child, a grandchild; a child that is gone waits no more."""
    a_process(tmp_path, 10, ("9 1000000000 3\n", ""), ("9 500000000 3\n", "20 99 "))
    a_process(tmp_path, 20, ("9 250000000 3\n", "30 "))
    a_process(tmp_path, 30, ("9 125000000 3\n", ""))

    assert 1.875 == seconds_waited_by(10, tmp_path)


@pytest.mark.parametrize("words", ["", "nonsense", "1 2"])
def test_a_kernel_that_does_not_count_waiting_tells_nothing(tmp_path, words):
    """No error, and no waiting."""
    a_process(tmp_path, 10, (words, ""))

    assert 0.0 == seconds_waited_by(10, tmp_path)
    assert 0.0 == seconds_waited_by(11, tmp_path)


def test_this_very_process_can_be_asked():
    """The kernel's own files have the form that is read."""
    assert 0.0 <= seconds_waited_by(os.getpid()) < 3600.0
