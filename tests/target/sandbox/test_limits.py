"""Apps that take all they can get; each of them stops by itself, well above its limit."""

import math
import os
import signal
from pathlib import Path

import pytest
from held_apps import MIB, ending_of, marks, wait_for

from codeoptix_performance.target.warden.disk import Disk

SLEEPERS = """
    import os, time
    count = 0
    try:
        while count < 300:
            if os.fork() == 0:
                time.sleep(60)
                os._exit(0)
            count += 1
    except OSError:
        pass
    print(count, flush=True)
    time.sleep(60)
"""


def test_an_app_that_forks_without_end_is_stopped(bwrap):
    """By the kernel at the limit, or by the warden soon after it; nothing of it is left."""
    with bwrap.running(SLEEPERS, tasks=60) as app:
        assert wait_for(lambda: app.log_tail() or app.exit())
        words = app.log_tail().split()
        if not words or not words[0].isdigit() or int(words[0]) >= 60:
            assert "more than 60 processes and threads" in ending_of(app).log_tail


def test_processes_beyond_the_limit_end_the_app(rung):
    """The warden counts, wherever the kernel does not; threads count too."""
    code = """
        import threading, time
        for _ in range(200):
            threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
        time.sleep(60)
    """
    ended = rung.ending(code, tasks=50)

    assert 0 != ended.code
    assert "more than 50 processes and threads" in ended.log_tail or "start new thread" in (
        ended.log_tail
    )


def test_processes_that_multiply_faster_than_they_are_killed_are_ended(rung):
    """Each of them forks and ends, so that a list of them is old when it is read."""
    code = """
        import os, time
        deadline = time.monotonic() + 60
        for _ in range(6):
            if os.fork() == 0:
                break
        print("going", flush=True)
        while time.monotonic() < deadline:
            if os.fork():
                os._exit(0)
    """
    with rung.running(code) as app:
        assert wait_for(lambda: "going" in app.log_tail())
        token = app.token

    assert [] == marks(token)


TAKERS = {
    "processes of their own": """
        for _ in range(2):
            os.fork()
        kept = bytearray(os.urandom(2**20)) * 60
    """,
    "memory that each shares with nobody": """
        for _ in range(3):
            os.fork()
        kept = mmap.mmap(-1, 60 * 2**20)
        for page in range(0, len(kept), 4096):
            kept[page] = 1
    """,
    "segments that no process has": """
        libc = ctypes.CDLL(None)
        libc.shmat.restype = ctypes.c_void_p
        for _ in range(5):
            number = libc.shmget(0, 60 * 2**20, 0o1600)
            address = libc.shmat(number, None, 0)
            ctypes.memset(address, 1, 60 * 2**20)
            libc.shmdt(ctypes.c_void_p(address))
    """,
}


@pytest.mark.parametrize("taker", TAKERS.values(), ids=TAKERS)
def test_memory_of_the_whole_tree_is_bounded(rung, taker):
    """Several parts together are what one may not be."""
    code = f"""
        import ctypes, mmap, os, time
        {taker}
        time.sleep(60)
    """
    ended = rung.ending(code, memory=160 * MIB)

    assert ended.out_of_memory
    assert -signal.SIGKILL == ended.code


SHARERS = {
    "a mapping": "kept = mmap.mmap(-1, 100 * 2**20)",
    "what they had before they were born": "kept = bytearray(100 * 2**20)",
}


@pytest.mark.parametrize("shared", SHARERS.values(), ids=SHARERS)
def test_what_processes_share_counts_once(rung, shared):
    """A server that is loaded before its workers start is no bigger than one."""
    code = f"""
        import mmap, os, time
        {shared}
        for page in range(0, len(kept), 4096):
            kept[page] = 1
        children = [os.fork() for _ in range(2)]
        total = sum(kept[page] for page in range(0, len(kept), 4096))
        time.sleep(1)
        for child in filter(None, children):
            os.waitpid(child, 0)
        if all(children):
            print(total)
    """

    assert 25_600 == rung.said(code, memory=260 * MIB)


def numbers():
    """Those of the segments that this process sees."""
    lines = Path("/proc/sysvipc/shm").read_text().splitlines()
    return {line.split()[1] for line in lines}


def test_segments_of_shared_memory_do_not_outlive_the_app(rung):
    """They would be there until somebody removes them by hand."""
    code = """
        import ctypes, time
        print(ctypes.CDLL(None).shmget(int(time.time()), 2**20, 0o1600), flush=True)
        time.sleep(60)
    """
    before = numbers()
    with rung.running(code) as app:
        assert wait_for(lambda: app.log_tail().isdigit())
        assert wait_for(lambda: (numbers() > before) == (rung.rung == "limits"))

    assert numbers() <= before


FILLERS = {
    "one file": """
        with open("large", "wb", buffering=0) as file:
            for _ in range(200):
                file.write(bytes(2**20))
    """,
    "many small files": """
        for number in range(40_000):
            open(f"{number}", "w").close()
    """,
    "a file without a name": """
        import os
        with open("hidden", "wb", buffering=0) as file:
            os.unlink("hidden")
            for _ in range(200):
                file.write(bytes(2**20))
            import time
            time.sleep(60)
    """,
    "a file that is only mapped still": """
        import mmap, os
        with open("hidden", "w+b", buffering=0) as file:
            for _ in range(100):
                file.write(bytes(2**20))
            mapped = mmap.mmap(file.fileno(), 0)
        os.unlink("hidden")
        os.closerange(3, 64)
    """,
}


@pytest.mark.parametrize("filler", FILLERS.values(), ids=FILLERS)
def test_an_app_that_fills_the_disk_is_ended(rung, filler):
    """However it does it: the files it has added are counted, named or not."""
    code = f"{filler}\n        import time\n        time.sleep(60)\n"

    ended = rung.ending(code, disk_bytes=64 * MIB)

    assert "it wrote more than 64 MiB to disk" in ended.log_tail
    assert -signal.SIGKILL == ended.code


OUT_OF_SIGHT = {
    "deeper than a path can tell": (
        """
        import os
        for _ in range(1500):
            os.mkdir("deep")
            os.chdir("deep")
        """,
        "it made folders more than 200 deep",
    ),
    "in a folder that is closed": (
        """
        import os
        os.mkdir("closed", 0o300)
        with open("closed/large", "wb", buffering=0) as file:
            for _ in range(100):
                file.write(bytes(2**20))
        """,
        "it wrote more than 64 MiB to disk"
        if os.geteuid() == 0
        else "it made a folder that cannot be looked into",
    ),
    "in more files than anybody counts": (
        """
        for number in range(3000):
            open(f"{number}", "w").close()
        """,
        "it made more than 2000 files and folders",
    ),
}


@pytest.mark.parametrize(("filler", "words"), OUT_OF_SIGHT.values(), ids=OUT_OF_SIGHT)
def test_nothing_is_written_where_it_is_not_counted(rung, filler, words):
    """What cannot be counted is a broken limit of its own."""
    code = f"{filler}\n        import time\n        time.sleep(60)\n"

    ended = rung.ending(code, disk_bytes=64 * MIB, entries=2000)

    assert words in ended.log_tail
    assert -signal.SIGKILL == ended.code


def test_a_look_is_not_late_where_the_room_is_lost_already(tmp_path, monkeypatch):
    """One that took long is not followed by another soon, and that is no time to fill a disk."""
    room = [1000 * MIB, 1000]
    monkeypatch.setattr("codeoptix_performance.target.warden.disk._room_of", lambda _: tuple(room))
    disk = Disk([str(tmp_path)], {"disk_bytes": 8 * MIB, "entries": 20, "depth": 5}, None)
    assert "" == disk.broken([])
    (tmp_path / "large").write_bytes(bytes(9 * MIB))
    disk.next_look = math.inf

    room[0] -= 7 * MIB
    assert "" == disk.broken([])
    room[0] -= 2 * MIB
    assert "it wrote more than 8 MiB to disk" == disk.broken([])


def test_a_single_file_has_a_greatest_length(rung):
    """The kernel refuses the write; the app lives."""
    code = """
        try:
            with open("large", "wb", buffering=0) as file:
                for _ in range(64):
                    file.write(bytes(2**20))
        except OSError as error:
            print("true")
    """

    assert rung.said(code, file_bytes=16 * MIB) is True


def test_an_app_that_prints_without_end_is_ended(rung):
    """What it printed last is kept, and no more."""
    code = """
        line = "x" * 1023
        for _ in range(256 * 1024):
            print(line)
    """
    with rung.running(code, log_bytes=8 * MIB) as app:
        ended = ending_of(app)
        kept = len(app.log().tail) + len(app.log().head)

    assert "it printed more than 8 MiB" in ended.log_tail
    assert kept < MIB


def test_open_files_are_bounded(rung):
    """The app hears of it; it is not ended for it."""
    code = """
        import json, os
        held = []
        try:
            while len(held) < 2000:
                held.append(open(os.devnull))
        except OSError as error:
            print(json.dumps(len(held)))
    """

    assert rung.said(code, open_files=100) < 100


def test_no_core_is_dumped(rung):
    """A crash leaves no file of the size of the app's memory."""
    code = "import json, resource; print(json.dumps(resource.getrlimit(resource.RLIMIT_CORE)))"

    assert [0, 0] == rung.said(code)
