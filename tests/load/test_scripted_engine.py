import pytest

from codeoptix_performance.load.plan import LoadPlan, steady_users
from codeoptix_performance.load.scripted_engine import (
    Script,
    ScriptedEngine,
    ScriptedRequest,
    steady,
    users,
)
from codeoptix_performance.target.endpoint import Endpoint, Request

ENDPOINTS = tuple(
    Endpoint("GET", path, "settings", (Request("GET", path),)) for path in ("/a", "/b")
)
PLAN = LoadPlan("http://h", ENDPOINTS, steady_users(2, 1.0, 10.0), (1.0, 1.0), 5.0, 0)


class Log:
    """A sink that writes down what it is told."""

    def __init__(self):
        self.lines = []

    def begin(self, endpoint, due, at):  # noqa: ARG002
        self.lines.append(("begin", endpoint, at))
        return len(self.lines)

    def end(self, token, at, status, size, cause):
        self.lines.append(("end", self.lines[token - 1][2], at, status, size, cause))

    def plan_begins(self, at):
        """Not of interest here."""

    def users(self, count, at):
        self.lines.append(("users", count, at))


def _run(script, watch=lambda _: False):
    log = Log()
    return ScriptedEngine(script).run(PLAN, log, watch), log.lines


def test_events_in_the_order_of_time():
    """Whatever the order on paper, the sink hears of things as they would have happened."""
    slow = ScriptedRequest(1, 0.5, 1.0, 500, 7, "500 Internal Server Error")
    fast = ScriptedRequest(0, 1.0, 0.0)

    report, lines = _run(Script((fast, slow, users(0.0, 1)), duration=2.0))

    assert lines == [
        ("users", 1, 0.0),
        ("begin", 1, 0.5),
        ("begin", 0, 1.0),
        ("end", 1.0, 1.0, 200, 2, None),
        ("end", 0.5, 1.5, 500, 7, "500 Internal Server Error"),
    ]
    assert (0.0, 2.0, 1) == (report.started_at, report.stopped_at, report.peak_users)


@pytest.mark.parametrize(
    ("expected", "seconds"),
    [
        pytest.param(["begin"], None, id="never answered"),
        pytest.param(["begin"], 5.0, id="answered after the end"),
        pytest.param(["begin", "end"], 1.0, id="answered at the end"),
    ],
)
def test_the_end_cuts_off(expected, seconds):
    """What has no answer by the end stays in flight; what begins later never begins."""
    script = Script((ScriptedRequest(0, 1.0, seconds), ScriptedRequest(0, 2.5, 0.1)), duration=2.0)

    _, lines = _run(script)

    assert expected == [line[0] for line in lines]


def test_the_watch_ends_the_run():
    """The watch is asked five times a scripted second, and its word ends the run."""
    asked = []

    def watch(elapsed):
        asked.append(elapsed)
        return elapsed > 0.5

    report, lines = _run(Script((users(0.0, 3), users(5.0, 9))), watch)

    assert [0.2, 0.4, 0.6] == pytest.approx(asked)
    assert 0.6 == pytest.approx(report.stopped_at)
    assert (3, 1) == (report.peak_users, len(lines))


def test_equal_requests_are_two_requests():
    """The same line written twice is two requests."""
    twice = (ScriptedRequest(0, 1.0, 0.5),) * 2

    _, lines = _run(Script(twice))

    assert ["begin", "begin", "end", "end"] == [line[0] for line in lines]


def test_steady_requests():
    """A row of requests alike ends before the moment named."""
    requests = steady(1, start=1.0, every=0.5, until=2.5, seconds=0.1, status=503, cause="busy")

    assert list(requests) == [ScriptedRequest(1, at, 0.1, 503, 2, "busy") for at in (1.0, 1.5, 2.0)]


def test_the_report_says_what_is_written():
    """Without a duration the plan's counts, and the generator's own state is as written."""
    script = Script((), died=("x",), listener_errors=("y",), generator_cpu_share=0.9,
                    worst_lag=0.5, interrupted=True)  # fmt: skip

    report, _ = _run(script)

    assert (10.0, 0, ("x",), ("y",), 0.9, 0.5, True) == (
        report.stopped_at,
        report.peak_users,
        report.died,
        report.listener_errors,
        report.generator_cpu_share,
        report.worst_lag,
        report.interrupted,
    )
