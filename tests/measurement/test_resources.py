import os
import subprocess
import sys
import threading
import time

import pytest

from codeoptix_performance.measurement import resources as module
from codeoptix_performance.measurement.resources import watch_resources

READY = "print('ready', flush=True); import time; time.sleep(60)"
HOLDS_64_MIB = "block = b'x' * (64 * 2**20); " + READY
HAS_A_CHILD = (
    "import subprocess, sys; child = subprocess.Popen([sys.executable, '-c', "
    f"{HOLDS_64_MIB!r}], stdout=subprocess.PIPE); child.stdout.readline(); {READY}"
)
SPINS = "print('ready', flush=True)\nwhile True: pass"


class App:
    """A process of ours, as the target room hands it on."""

    def __init__(self, program):
        command = [sys.executable, "-c", program]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)
        self.process.stdout.readline()
        self.pid = self.process.pid

    def exit(self):
        return None

    def log_tail(self):
        return ""

    def close(self):
        try:
            os.killpg(self.pid, 9)
        except ProcessLookupError:
            return
        finally:
            self.process.wait()
            self.process.stdout.close()


@pytest.fixture
def start():
    """Starts apps, and ends them."""
    apps = []

    def start(program):
        apps.append(App(program))
        return apps[-1]

    yield start
    for app in apps:
        app.close()


def _until(condition):
    deadline = time.monotonic() + 20
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert condition()


@pytest.mark.parametrize("program", [HOLDS_64_MIB, HAS_A_CHILD], ids=["itself", "its child"])
def test_memory_of_the_whole_tree(start, program):
    """Memory is that of the process and everything it started."""
    with watch_resources(start(program)) as watch:
        pass

    seen = watch.result()

    assert seen.samples == 2
    assert seen.memory_at_start > 64 * 2**20
    assert seen.memory_peak >= max(seen.memory_at_start, seen.memory_at_end)


def test_processor_time(start, monkeypatch):
    """An app that computes without pause uses about a core, one that sleeps uses none."""
    monkeypatch.setattr(module, "SAMPLE_INTERVAL", 0.05)
    with watch_resources(start(SPINS)) as busy, watch_resources(start(READY)) as idle:
        _until(lambda: min(busy.result().samples, idle.result().samples) >= 10)

    assert busy.result().cpu_share > 5 * idle.result().cpu_share
    assert 0.1 < busy.result().cpu_share < 1.5


def test_an_app_that_dies_meanwhile(start, monkeypatch):
    """The samples until then are kept, and nothing is raised."""
    monkeypatch.setattr(module, "SAMPLE_INTERVAL", 0.02)
    app = start(HOLDS_64_MIB)
    with watch_resources(app) as watch:
        _until(lambda: watch.result().samples >= 3)
        app.close()
        time.sleep(0.1)

    assert watch.result().memory_at_end > 0


def test_an_app_that_was_gone_already(start):
    """Nothing was seen, and the result says so."""
    app = start(READY)
    app.close()

    with watch_resources(app) as watch:
        pass

    assert watch.result() is None


def test_no_app_of_ours():
    """An app that was already running is not watched."""
    with watch_resources(None) as watch:
        pass

    assert watch.result() is None


def test_the_watch_ends_with_an_error_too(start):
    """The sampling thread is gone afterwards, also when the run raises."""
    app = start(READY)

    with pytest.raises(ZeroDivisionError), watch_resources(app):
        raise ZeroDivisionError

    assert not [thread for thread in threading.enumerate() if thread.name == "resources"]
