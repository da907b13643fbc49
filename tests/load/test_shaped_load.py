"""Users who come and go, and requests that arrive whether or not users are free."""

import resource
import textwrap
import threading
import time
from dataclasses import replace
from types import SimpleNamespace

import pytest

from codeoptix_performance.errors import EngineError, SettingsError
from codeoptix_performance.examination.stretch import Prober
from codeoptix_performance.load.choice import choose_engine
from codeoptix_performance.load.locust_engine import LocustEngine
from codeoptix_performance.load.locust_import import import_locust
from codeoptix_performance.load.open_files import OTHER_FILES
from codeoptix_performance.load.plan import Arrivals, LoadPlan, steady_users
from codeoptix_performance.load.planning import plan_load
from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.settings.stages import Stage
from codeoptix_performance.target.endpoint import Endpoint, Request
from codeoptix_performance.target.target import Target

GET_OK = Request("GET", "/ok")


class Told:
    """A sink that keeps all it is told."""

    def __init__(self):
        self.begun = []
        self.ended = {}
        self.levels = []

    def begin(self, endpoint, due, at):
        self.begun.append((endpoint, due, at))
        return len(self.begun) - 1

    def end(self, token, at, status, size, cause):
        self.ended[token] = (at, status, size, cause)

    def plan_begins(self, at):
        self.planned_from = at

    def users(self, count, at):
        self.levels.append((count, at))

    @property
    def causes(self):
        return {cause for *_, cause in self.ended.values()}

    @property
    def delays(self):
        return [at - due for _, due, at in self.begun]


def plan(url, *, path="/ok", stages=(), arrivals=None, pause=0.0, timeout=5.0, users=4, seconds=1):
    endpoint = Endpoint("GET", path, "settings", (Request("GET", path),))
    stages = stages or steady_users(users, float("inf"), seconds)
    return LoadPlan(url, (endpoint,), stages, (pause, pause), timeout, 0, arrivals)


def load(load_plan, shape=None):
    told = Told()
    planned = replace(load_plan, own_shape=shape)
    return LocustEngine().run(planned, told, lambda _: False), told


def test_users_come_and_go_with_the_stages(app):
    """Each stage reaches its users, and those who leave finish the request they are at."""
    stages = (Stage(0.4, 6.0), Stage(0.4, 2.0), Stage(0.4, 4.0, 20.0))

    report, told = load(plan(app.url, path="/slow", stages=stages))

    counts = [count for count, _ in told.levels]
    assert [6, 2, 4] == [phase.users for phase in report.phases]
    assert [1, 2, 3, 4, 5, 6, 5, 4, 3, 2, 3, 4] == counts
    assert len(told.begun) - len(told.ended) <= 4
    assert {None} == told.causes
    assert () == report.died


def test_users_who_rest_leave_at_once(app):
    """Nobody waits for a pause to end."""
    stages = (Stage(0.3, 5.0), Stage(0.3, 0.0))

    report, told = load(plan(app.url, stages=stages, pause=30.0))

    count, at = told.levels[-1]
    assert 0 == count
    assert at < report.stopped_at - 0.05


def test_stages_the_run_does_not_come_to_are_left_out(app):
    """A report of what was run names no more than that."""
    stages = (Stage(0.3, 1.0), Stage(60.0, 2.0), Stage(60.0, 3.0))

    report = LocustEngine().run(plan(app.url, stages=stages), Told(), lambda at: at > 0.4)

    assert [1, 2] == [phase.users for phase in report.phases]
    assert report.phases[0].ends_at == report.phases[1].begins_at
    assert report.phases[1].ends_at == pytest.approx(report.stopped_at)


def test_arrivals_come_at_their_rate(app):
    """As many requests are sent as fall due, whatever the users do; few connections are enough.

    Each counts from the moment it was due, however little later it left.
    """
    report, told = load(plan(app.url, arrivals=Arrivals((Stage(1.0, 100.0),)), users=100))

    assert (100, 0) == (report.arrivals.due, report.arrivals.dropped)
    assert report.arrivals.sent == len(told.begun) == 100
    assert 100.0 == pytest.approx(report.phases[0].arrival_rate)
    begins_at = report.phases[0].begins_at
    assert [number / 100 for number in range(100)] == pytest.approx(
        [due - begins_at for _, due, _ in told.begun], abs=1e-6
    )
    assert all(due <= at for _, due, at in told.begun)
    assert app.connections < 100


def test_a_late_request_counts_from_when_it_was_due(app):
    """While the one user is busy, later requests wait with their clocks running."""
    slow = plan(app.url, path="/slow", arrivals=Arrivals((Stage(1.0, 100.0),)), users=1)

    report, told = load(slow)

    delays = told.delays
    assert max(delays) > 0.3
    assert delays[10] < delays[20] < delays[40]
    assert report.arrivals.due == 100 > report.arrivals.sent
    waiting = [token for token in range(len(told.begun)) if token not in told.ended]
    assert report.arrivals.dropped == report.arrivals.due - report.arrivals.sent
    assert len(waiting) in (report.arrivals.dropped, report.arrivals.dropped + 1)


def test_requests_nobody_was_free_for_are_failures(app):
    """What waited for the whole request timeout is dropped and says why."""
    hung = plan(app.url, path="/hang", arrivals=Arrivals((Stage(1.0, 50.0),)), users=2, timeout=0.3)

    report, told = load(hung)

    assert {
        "not sent within 300 ms: every user was busy",
        "no answer within 300 ms",
    } == told.causes
    assert report.arrivals.dropped > 20


def test_open_arrivals_repeat(app):
    """The same seed gives the same requests at the same moments."""
    arrivals = Arrivals((Stage(0.5, 80.0),), poisson=True)

    runs = [load(plan(app.url, arrivals=arrivals, users=50)) for _ in range(2)]

    first, second = ([due - report.started_at for _, due, _ in told.begun] for report, told in runs)
    assert len(first) == len(second) > 20
    assert first == pytest.approx(second, abs=0.05)


@pytest.fixture
def shape(tmp_path):
    """Writes a shapes file and gives the place of a class in it."""

    def write(body, name="Mine"):
        path = tmp_path / f"shapes_{threading.get_native_id()}_{time.monotonic_ns()}.py"
        path.write_text("from locust import LoadTestShape\n" + textwrap.dedent(body))
        return f"{path}:{name}"

    return write


def test_a_shape_of_ones_own(app, shape):
    """A LoadTestShape says how many users there are and when the end is; it sees the figures."""
    place = shape("""
        class Mine(LoadTestShape):
            def tick(self):
                if self.get_run_time() < 0.9:
                    return 3, 50
                if self.get_run_time() < 1.9 and self.runner.stats.total.num_requests > 3:
                    return self.get_current_user_count() + 2, 50
                return None
    """)

    report, told = load(plan(app.url, pause=0.01, seconds=60), place)

    assert [3, 5] == [phase.users for phase in report.phases]
    assert [1, 2, 3, 4, 5] == [count for count, _ in told.levels]
    assert 1.5 < report.stopped_at - report.started_at < 20


def test_a_crowd_makes_room_for_its_connections():
    """As many files may be open as users are asked for, however many the settings name."""
    import_locust()
    from codeoptix_performance.load.crowd import Crowd, LoadUser

    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    runner = SimpleNamespace(spawn_users=lambda counts: [None] * sum(counts.values()))
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (400, before[1]))
        Crowd(runner, LoadUser).resize(500)
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)

    assert 500 + OTHER_FILES == soft


def test_a_shape_steers_the_load_it_was_asked_for_and_no_other(app, shape):
    """An examination's single user is alone, also where the load itself has a shape."""
    place = shape("""
        class Mine(LoadTestShape):
            def tick(self):
                return (3, 50) if self.get_run_time() < 0.5 else None
    """)
    settings = Settings(shape=place, wait_time=(0.01, 0.01), wait_time_given=True)
    target = Target(app.url, "an app", (Endpoint("GET", "/ok", "settings", (GET_OK,)),))
    engine = choose_engine(settings)

    report = engine.run(plan_load(settings, target), Told(), lambda _: False)
    stretch = Prober(settings, target, engine).run(target.endpoints, 1, 0.3)

    assert (3, 1) == (report.peak_users, stretch.measured.users_reached)


@pytest.mark.parametrize(
    ("sentence", "body", "name"),
    [
        pytest.param("no LoadTestShape of that name", "class Other: ...", "Other", id="no shape"),
        pytest.param("no LoadTestShape of that name", "", "Mine", id="no class"),
        pytest.param(
            "has no tick()", "class Mine(LoadTestShape): ...", "Mine", id="a shape without tick"
        ),
        pytest.param("ZeroDivisionError: division by zero", "1 / 0", "Mine", id="a broken file"),
    ],
)
def test_shapes_that_are_refused(shape, sentence, body, name):
    """What is wrong with a shape is said before anything is started."""
    with pytest.raises(SettingsError) as caught:
        choose_engine(Settings(shape=shape(body, name)))

    assert sentence in str(caught.value)


@pytest.mark.parametrize("answer", ["(-1, 1)", "(1, 0)", "7", "('3', 1)", "(1, 1, ['Someone'])"])
def test_a_shape_that_answers_nonsense_ends_the_run(app, shape, answer):
    """The error repeats what tick() answered and says what it may."""
    place = shape(f"class Mine(LoadTestShape):\n    def tick(self):\n        return {answer}\n")

    with pytest.raises(EngineError, match=r"must be None or a pair \(users, spawn_rate\)"):
        load(plan(app.url), place)
