"""Stacks of a sampler → the app's own line where most of the time goes."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from codeoptix_performance.examination.hot_lines import behind_call, find_hot_line
from codeoptix_performance.examination.profiling import _py_spy, _sampling, _source

APP = "/work/app"
LIBRARY = "/venv/lib/python3.13/site-packages"
START = f"<module> ({APP}/app.py:97);run (/lib/uvicorn/main.py:632)"
LOOP = f"{START};run (/lib/python3/asyncio/runners.py:118);_run_once (/lib/asyncio/b.py:9)"
THREAD = "Thread._bootstrap_inner (/lib/python3.13/threading.py:1041)"


def stacks(*rows):
    """Stacks as py-spy writes them, with a process in front whose words may be anything."""
    return "\n".join(f'process 7:"python app.py (x:1); -";{stack} {count}' for stack, count in rows)


def own(*lines):
    return ";".join(f"f{line} ({APP}/app.py:{line})" for line in lines)


@pytest.mark.parametrize(
    ("behind", "source"),
    [
        ("hashing", 'digest = hashlib.pbkdf2_hmac("sha256", password, salt, 100_000)'),
        ("hashing", "return bcrypt.hashpw(password, bcrypt.gensalt())"),
        ("hashing", "if bcrypt.checkpw(password, row.password):"),
        ("hashing", "key = hashlib.scrypt(password, salt=salt, n=2**14, r=8, p=1)"),
        (None, "password_hash = users[name].password_hash"),
        (None, "time.sleep(0.2)"),
    ],
)
def test_what_leaves_no_frame_is_told_by_its_line(behind, source):
    """Hashing is done in C."""
    assert behind == behind_call(source)


@pytest.mark.parametrize(
    ("rows", "place", "called_from"),
    [
        pytest.param([(f"{LOOP};{own(90, 54)}", 60)], "app.py:54", "app.py:90", id="innermost"),
        pytest.param(
            [(f"{THREAD};{own(109, line)}", 20) for line in (71, 72, 73)],
            "app.py:109",
            None,
            id="where three helpers come together",
        ),
        pytest.param(
            [(f"{THREAD};{own(20)};get ({LIBRARY}/orm/query.py:9)", 30), (LOOP, 500)],
            "app.py:20",
            None,
            id="an idle loop and libraries do not count",
        ),
        pytest.param(
            [(f"{THREAD};{own(50)}", 88), (f"{THREAD};{own(51, 20)}", 12)],
            "app.py:50",
            None,
            id="a lock that seven of eight wait for",
        ),
    ],
)
def test_the_line_is_the_last_that_most_samples_share(rows, place, called_from):
    """Not the deepest of the most frequent stack: a loop's work is spread over many."""
    found = find_hot_line(stacks(*rows), APP)

    assert (place, called_from) == (found.place, found.called_from)


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([], id="nothing was sampled"),
        pytest.param([(LOOP, 300)], id="it was idle"),
        pytest.param([(f"{LOOP};{own(54)}", 4)], id="too few to tell"),
        pytest.param([(f"{THREAD};{own(n)}", 9) for n in (1, 2, 3)], id="no line has most"),
        pytest.param([(f"{THREAD};f ({LIBRARY}/x.py:3)", 90)], id="only libraries"),
    ],
)
def test_without_a_line_nothing_is_said(rows):
    """A wrong line would cost more than none."""
    assert find_hot_line(stacks(*rows), APP) is None


def test_a_call_on_the_event_loop_is_told_from_one_in_a_thread():
    """By what stands below it."""
    on_loop = find_hot_line(stacks((f"{LOOP};{own(5)}", 9)), APP)
    in_thread = find_hot_line(stacks((f"{THREAD};{own(5)}", 9)), APP)

    assert (True, False) == (on_loop.on_loop, in_thread.on_loop)


@pytest.mark.parametrize(
    ("frame", "behind"),
    [
        (f"__get__ ({LIBRARY}/django/db/models/fields/related_descriptors.py:2)", "lazy-load"),
        (f"AsyncClient.__init__ ({LIBRARY}/httpx/_client.py:1)", "new-client"),
        ("pbkdf2 (/lib/python3.13/hashlib.py:3)", "hashing"),
        (f"execute ({LIBRARY}/django/db/backends/utils.py:79)", None),
    ],
)
def test_what_a_line_does_in_libraries_says_what_is_wrong_with_it(frame, behind):
    """Only where most of its samples do so."""
    found = find_hot_line(stacks((f"{THREAD};{own(5)};{frame}", 9), (f"{THREAD};{own(5)}", 4)), APP)

    assert behind == found.behind


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux" or not _py_spy(), reason="py-spy is not there")
def test_a_running_program_is_sampled_from_outside(tmp_path):
    """The line that is busy is found in the stacks, and its text in the file."""
    program = tmp_path / "app.py"
    program.write_text(
        "import threading\ndef busy():\n    while True: pass\n"
        "threading.Thread(target=busy, daemon=True).start()\ninput()\n"
    )
    raw = tmp_path / "stacks"
    with subprocess.Popen([sys.executable, program], stdin=subprocess.PIPE, cwd=tmp_path) as app:
        try:
            deadline = time.monotonic() + 30
            found = None
            while found is None and time.monotonic() < deadline:
                with _sampling(_py_spy(), app.pid, raw, tmp_path / "errors"):
                    time.sleep(1.0)
                words = raw.read_text() if raw.exists() else ""
                found = find_hot_line(words, str(tmp_path))
        finally:
            app.kill()

    assert "app.py:3" == found.place
    assert "while True: pass" == _source(Path(tmp_path), found.place)
