"""What importing and running Locust does to a process, seen from processes of their own."""

import subprocess
import sys
from textwrap import dedent

import pytest

LOAD = """
import sys, threading
from codeoptix_performance.load.locust_engine import LocustEngine
from codeoptix_performance.load.plan import LoadPlan, steady_users
from codeoptix_performance.measurement.recorder import Recorder
from codeoptix_performance.target.endpoint import Endpoint, Request

def load():
    endpoint = Endpoint("GET", "/ok", "settings", (Request("GET", "/ok"),))
    plan = LoadPlan(sys.argv[1], (endpoint,), steady_users(2, 100.0, 0.2), (0.01, 0.01), 5.0, 0)
    recorder = Recorder(plan)
    report = LocustEngine().run(plan, recorder, lambda _: False)
    assert not report.died, report.died
    assert len(recorder.samples[0]) > 2 and not recorder.samples[0].causes
"""


def run(app, program, **options):
    """Standard output of a new interpreter in which every warning is an error."""
    command = [sys.executable, "-W", "error", "-c", LOAD + dedent(program), app.url]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False, **options
    )
    assert (0, "") == (done.returncode, done.stderr)
    return done.stdout.strip()


def test_the_process_stays_as_it_was(app):
    """Sockets, ssl, threads, time, subprocess, signals and the environment are untouched."""
    program = """
        import logging, os, select, signal, socket, ssl, subprocess, time, warnings
        modules = (os, select, signal, socket, ssl, subprocess, threading, time)

        def state():
            return (
                {(module.__name__, name): id(value) for module in modules
                 for name, value in vars(module).items() if not name.startswith("_")},
                dict(os.environ),
                {number: signal.getsignal(number) for number in signal.valid_signals()},
                (logging.root.level, list(logging.root.handlers)),
                (sys.excepthook, threading.excepthook, sys.stdout, sys.stderr),
            )

        before = state()
        load()
        print(before == state(), threading.active_count())
    """

    assert "True 1" == run(app, program)


@pytest.mark.parametrize(
    "program",
    [
        pytest.param("import requests, urllib3, ssl; load()", id="after requests"),
        pytest.param(
            "thread = threading.Thread(target=load); thread.start(); thread.join()",
            id="in another thread",
        ),
        pytest.param(
            """
            threads = [threading.Thread(target=load) for _ in range(2)]
            for thread in threads: thread.start()
            for thread in threads: thread.join()
            """,
            id="in two threads at once",
        ),
        pytest.param("import asyncio; asyncio.run(asyncio.to_thread(load))", id="beside asyncio"),
        pytest.param(
            "import os; os.environ['LOCUST_SKIP_MONKEY_PATCH'] = '1'; import locust; load()",
            id="after locust, unpatched",
        ),
        pytest.param("import locust; load()", id="after locust, in a patched process"),
    ],
)
def test_it_works(app, program):
    """A load runs, without a warning, whatever came before it and wherever it is called."""
    run(app, dedent(program) + "\nprint(sum(t.name == 'load' for t in threading.enumerate()))")


def test_the_switch_keeps_its_value(app):
    """A value the host gave to Locust's switch is still there afterwards."""
    program = """
        import os
        os.environ["LOCUST_SKIP_MONKEY_PATCH"] = "mine"
        load()
        print(os.environ["LOCUST_SKIP_MONKEY_PATCH"])
    """

    assert "mine" == run(app, program)


def test_no_configuration_is_read(app, tmp_path):
    """A locust.conf in the current folder, such as the app's own, has no effect."""
    (tmp_path / "locust.conf").write_text("users = 77\nno-such-option = true\n")
    (tmp_path / "pyproject.toml").write_text("[tool.locust]\nusers = 77\n")

    assert "done" == run(app, "load(); print('done')", cwd=tmp_path)


def test_other_signal_handlers_can_be_set_meanwhile():
    """While Locust is imported, every other wish for a signal handler is granted as ever."""
    program = """
        import signal
        from codeoptix_performance.load import locust_import
        before = signal.signal
        with locust_import._without_window_handler():
            signal.signal(signal.SIGUSR1, signal.SIG_IGN)
            signal.signal(signal.SIGWINCH, signal.SIG_IGN)
        print(signal.getsignal(signal.SIGUSR1) is signal.SIG_IGN,
              signal.getsignal(signal.SIGWINCH) is signal.SIG_DFL, signal.signal is before)
    """

    done = subprocess.run(
        [sys.executable, "-c", dedent(program)], capture_output=True, text=True, check=True
    )

    assert "True True True" == done.stdout.strip()
