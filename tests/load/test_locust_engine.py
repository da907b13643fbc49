import asyncio
import gc
import logging
import signal
import threading
import time
import weakref
from dataclasses import replace
from pathlib import Path

import pytest

from codeoptix_performance.errors import EngineError
from codeoptix_performance.load.locust_engine import LocustEngine
from codeoptix_performance.load.plan import LoadPlan, steady_users
from codeoptix_performance.measurement.recorder import Recorder
from codeoptix_performance.target.endpoint import UNIQUE, Creation, Endpoint, Request


def endpoint(method, path, *, weight=1, creation=None, body=None):
    request = Request(method, path, (), body)
    return Endpoint(method, path, "settings", (request,), weight, creation)


def plan(url, *endpoints, users=4, spawn_rate=100.0, run_time=0.4, pause=0.02, timeout=5.0):
    endpoints = endpoints or (endpoint("GET", "/ok"),)
    return LoadPlan(
        url, endpoints, steady_users(users, spawn_rate, run_time), (pause, pause), timeout, 0
    )


def load(load_plan, watch=lambda _: False, sink=None):
    recorder = Recorder(load_plan) if sink is None else sink
    return LocustEngine().run(load_plan, recorder, watch), recorder


def open_files():
    return sorted(entry.name for entry in Path("/proc/self/fd").iterdir())


def test_a_run(app):
    """Every user asks again and again, from the start to the end of the run time."""
    report, recorder = load(plan(app.url, users=3, run_time=0.5))

    samples = recorder.samples[0]
    assert (3, (), (), False) == (
        report.peak_users,
        report.died,
        report.listener_errors,
        report.interrupted,
    )
    assert 0.5 <= report.stopped_at - report.started_at < 5
    assert [1, 2, 3] == [count for _, count in recorder.user_changes]
    assert len(samples) > 9
    assert {200} == set(samples.statuses)
    assert 2 * len(samples) == samples.received_bytes
    assert not samples.causes
    assert all(report.started_at <= start <= report.stopped_at for start in samples.columns.due)
    assert report.generator_cpu_share > 0
    assert app.connections == 3


def test_users_arrive_at_the_spawn_rate(app):
    """With two users a second, the first comes at once and each later one half a second after."""
    _, recorder = load(plan(app.url, users=4, spawn_rate=2.0, run_time=1.3))

    moments = [at - recorder.user_changes[0][0] for at, _ in recorder.user_changes]

    assert len(moments) in (2, 3)  # a busy machine may miss the last one
    assert all(moment >= 0.5 * number for number, moment in enumerate(moments))


def test_the_busiest_second_is_told(app):
    """With its whole seconds, a run says how hard the generator worked in the worst of them."""
    report, _ = load(plan(app.url, run_time=1.2))

    assert report.busiest_second > 0


def test_a_hung_app(app):
    """What is in flight at the end is left in flight: neither answered nor failed."""
    report, recorder = load(plan(app.url, endpoint("GET", "/hang"), users=3, run_time=0.3))

    assert 0 == len(recorder.samples[0])
    assert [0, 0, 0] == [request.endpoint for request in recorder.in_flight()]
    assert 0.3 <= report.stopped_at - report.started_at < 5


@pytest.mark.parametrize(
    ("path", "left"),
    [
        pytest.param("/slow", 0, id="answered within the time"),
        pytest.param("/hang", 3, id="never answered"),
    ],
)
def test_users_finish_what_is_under_way(app, path, left):
    """For as long as the plan's ``stop_timeout``, and no longer than it takes them."""
    asked = replace(plan(app.url, endpoint("GET", path), users=3, run_time=0.3), stop_timeout=0.6)

    report, recorder = load(asked)

    assert left == recorder.count_in_flight()
    assert (report.stopped_at - report.started_at >= 0.9) == bool(left)


def test_failures_keep_their_cause(app, closed_port):
    """Failures are counted under what happened, in words."""
    _, answered = load(plan(app.url, endpoint("GET", "/missing")))
    _, refused = load(plan(f"http://127.0.0.1:{closed_port}"))
    _, timed_out = load(plan(app.url, endpoint("GET", "/hang"), timeout=0.1))

    assert ["404 Not Found"] == list(answered.samples[0].causes)
    assert ["connection refused"] == list(refused.samples[0].causes)
    assert ["no answer within 100 ms"] == list(timed_out.samples[0].causes)
    assert {0} == set(refused.samples[0].statuses)


def test_items_are_made_before_they_are_used_up(app):
    """Each DELETE names an item that the POST before it made; both are recorded."""
    creation = Creation("POST /items", Request("POST", "/items", (), b"{}"), "id", "{id}")
    endpoints = (
        endpoint("POST", "/items", weight=0),
        endpoint("DELETE", "/items/{id}", creation=creation),
    )

    _, recorder = load(plan(app.url, *endpoints, users=1))

    asked = [request[:2] for request in app.requests][:4]
    assert [("POST", "/items"), ("DELETE", "/items/1")] == asked[:2]
    assert [("POST", "/items"), ("DELETE", "/items/2")] == asked[2:]
    assert [{201}, {204}] == [set(samples.statuses) for samples in recorder.samples]


@pytest.mark.parametrize("path", ["/packed", "/unpackable"])
def test_bodies_nobody_reads_are_not_unpacked(app, path):
    """Whatever the encoding, an answer is a success by its status."""
    _, recorder = load(plan(app.url, endpoint("GET", path)))

    assert not recorder.samples[0].causes


def test_an_item_in_a_packed_answer_is_read(app):
    """The id of a new item is found in a compressed answer, too."""
    creation = Creation("POST /packed", Request("POST", "/packed"), "id", "{id}")

    load(plan(app.url, endpoint("DELETE", "/items/{id}", creation=creation), users=1))

    assert [("POST", "/packed"), ("DELETE", "/items/7")] == [
        request[:2] for request in app.requests[:2]
    ]


@pytest.mark.parametrize(
    ("causes", "asked", "path"),
    [
        pytest.param([], ["/redirect", "/ok"], "/redirect", id="followed"),
        pytest.param(
            ["redirected more than 5 times"], ["/round"] * 6, "/round", id="round and round"
        ),
    ],
)
def test_redirects(app, causes, asked, path):
    """A redirect within the app is followed; with what follows it is one request."""
    _, recorder = load(plan(app.url, endpoint("GET", path), users=1))

    assert asked == [path for _, path, *_ in app.requests[: len(asked)]]
    assert causes == list(recorder.samples[0].causes)
    assert len(recorder.samples[0]) <= len(app.requests) / len(asked)


def test_an_item_that_cannot_be_made_is_not_used(app):
    """Where the creation fails, that is the failure, and nothing is sent for the item."""
    creation = Creation("POST /missing", Request("POST", "/missing"), "id", "{id}")
    endpoints = (
        endpoint("POST", "/missing", weight=0),
        endpoint("DELETE", "/items/{id}", creation=creation),
    )

    _, recorder = load(plan(app.url, *endpoints))

    assert ["404 Not Found"] == list(recorder.samples[0].causes)
    assert 0 == len(recorder.samples[1])


def test_unique_values_and_cookies_travel(app):
    """Marked values differ per request, and a cookie once set is sent from then on."""
    body = f'{{"name":"{UNIQUE}"}}'.encode()
    endpoints = (endpoint("POST", "/set-cookie", body=body),)

    load(plan(app.url, *endpoints, users=1))

    bodies = [body for _, _, _, body in app.requests]
    cookies = [headers.get("cookie") for _, _, headers, _ in app.requests]
    assert len(bodies) == len(set(bodies)) > 2
    assert [None, "id=7", "id=7"] == cookies[:3]


def test_the_watch_ends_the_run(app):
    """The watch is asked in the calling thread with growing seconds, and can end the run early."""
    asked = []

    def watch(elapsed):
        asked.append((elapsed, threading.get_ident()))
        return len(asked) == 2

    report, _ = load(plan(app.url, run_time=30.0), watch)

    assert 2 == len(asked)
    assert 0 < asked[0][0] < asked[1][0] < 5
    assert {threading.get_ident()} == {thread for _, thread in asked}
    assert report.stopped_at - report.started_at < 5
    assert not report.interrupted


def test_an_error_of_the_watch_comes_out(app):
    """What the watch raises ends the load first and is raised then."""
    with pytest.raises(ZeroDivisionError):
        load(plan(app.url, run_time=30.0), lambda _: bool(1 / 0))

    assert not [thread for thread in threading.enumerate() if thread.name == "load"]


def test_ctrl_c_keeps_what_was_measured(app):
    """Ctrl-C in the calling thread ends the load, and the report says it was interrupted."""

    def watch(elapsed):
        if elapsed > 0.3:
            signal.raise_signal(signal.SIGINT)
        return False

    report, recorder = load(plan(app.url, run_time=30.0), watch)

    assert report.interrupted
    assert report.stopped_at - report.started_at < 10
    assert len(recorder.samples[0]) > 3


class BrokenSink:
    """Fails at one kind of fact."""

    def __init__(self, broken):
        self.broken = broken
        self.began = 0

    def begin(self, endpoint, due, at):  # noqa: ARG002
        self.began += 1
        return self._fail_at("begin")

    def end(self, token, at, status, size, cause):  # noqa: ARG002
        self._fail_at("end")

    def plan_begins(self, at):
        """Not of interest here."""

    def users(self, count, at):  # noqa: ARG002
        self._fail_at("users")

    def _fail_at(self, fact):
        if fact == self.broken:
            raise LookupError("no such thing")
        return 1


@pytest.mark.parametrize("fact", ["begin", "end", "users"])
def test_a_broken_sink_is_noticed(app, fact):
    """A sink that raises loses data, and the report says so once; the load goes on."""
    sink = BrokenSink(fact)

    report, _ = load(plan(app.url), sink=sink)

    assert (f"{fact}: LookupError: no such thing",) == report.listener_errors
    assert () == report.died
    assert sink.began > 8


def test_a_user_that_dies_is_noticed(app, monkeypatch, capfd, caplog):
    """A user whose work fails is gone and named in the report; nothing is printed or logged."""
    load(plan(app.url, run_time=0.05))
    from codeoptix_performance.load import visitor

    def fail(*_, **__):
        raise LookupError("no such thing")

    monkeypatch.setattr(visitor.Visitor, "_send", fail)
    with caplog.at_level(logging.DEBUG):
        report, recorder = load(plan(app.url, users=3, run_time=30.0))

    assert ("a user ended by LookupError: no such thing",) * 3 == report.died
    assert 0 == recorder.user_changes[-1][1]
    assert ("", "") == tuple(capfd.readouterr())
    assert [] == [record for record in caplog.records if record.name.startswith("locust")]


def test_locust_keeps_its_warnings_to_itself(app, capfd):
    """A spawn rate Locust warns about is run without a word on the host's stderr."""
    load(plan(app.url, spawn_rate=1000.0, run_time=0.1))

    assert ("", "") == tuple(capfd.readouterr())


@pytest.mark.parametrize(
    ("message", "url", "endpoints"),
    [
        pytest.param("has no address", "http://nowhere.invalid", None, id="unknown host"),
        pytest.param("No endpoint", "http://127.0.0.1:1", (), id="no endpoint"),
    ],
)
def test_a_load_that_cannot_be(message, url, endpoints):
    """What stops the generator before its first request is an EngineError."""
    whole = (
        plan(url)
        if endpoints is None
        else LoadPlan(url, (), steady_users(1, 1.0, 0.1), (0, 0), 1.0, 0)
    )

    with pytest.raises(EngineError, match=message):
        load(whole)


def test_a_stuck_load_is_given_up(app, monkeypatch):
    """A load thread that does not end is an error in the end, not a hang."""
    from codeoptix_performance.load import locust_engine

    release = threading.Event()

    class Stuck(BrokenSink):
        def begin(self, endpoint, due, at):  # noqa: ARG002
            return release.wait(20)

    monkeypatch.setattr(locust_engine, "STOP_GRACE", 0.4)
    try:
        with pytest.raises(EngineError, match="did not end within 400 ms"):
            load(plan(app.url, run_time=0.2), sink=Stuck(""))
    finally:
        release.set()
    (stuck,) = [thread for thread in threading.enumerate() if thread.name == "load"]
    stuck.join(10)
    assert not stuck.is_alive()


def test_lag_is_seen(app):
    """A sink that blocks the generator shows as lag."""

    class Slow(BrokenSink):
        def begin(self, endpoint, due, at):  # noqa: ARG002
            if self.began == 10:
                time.sleep(0.2)
            self.began += 1
            return 1

    report, _ = load(plan(app.url), sink=Slow(""))

    assert report.worst_lag > 0.1


def wait_until_idle(app):
    """Returns once the app, which lives in this process too, has let go of every connection."""
    deadline = time.monotonic() + 10
    while any(thread.is_alive() for thread in app.threads[1:]) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not app.open


def test_nothing_is_left_behind(app):
    """After thirty runs there are the same threads and open files as after the first."""
    load(plan(app.url, run_time=0.05))
    wait_until_idle(app)
    threads, files = threading.enumerate(), open_files()

    for _ in range(30):
        load(plan(app.url, users=5, run_time=0.02, pause=0.0))

    wait_until_idle(app)
    assert files == open_files()
    assert threads == threading.enumerate()


@pytest.mark.parametrize("path", ["/ok", "/hang", "/error"])
def test_nothing_of_a_run_is_kept(app, path):
    """Once a run is over, its samples are freed with the last reference to its recorder."""
    seen = []
    for _ in range(3):
        _, recorder = load(plan(app.url, endpoint("GET", path), run_time=0.05))
        seen.append(weakref.ref(recorder))
    del recorder
    gc.collect()

    assert [None] * 3 == [recorder() for recorder in seen]


def test_two_at_once_beside_asyncio(app):
    """Two runs in threads of their own do their work while an event loop goes on ticking."""

    async def both():
        runs = [asyncio.to_thread(load, plan(app.url, run_time=0.6)) for _ in range(2)]
        running = asyncio.gather(*runs)
        ticks = 0
        while not running.done():
            await asyncio.sleep(0.01)
            ticks += 1
        return ticks, running.result()

    ticks, reports = asyncio.run(both())

    assert ticks > 10
    assert [4, 4] == [report.peak_users for report, _ in reports]
    assert all(len(recorder.samples[0]) > 8 for _, recorder in reports)
