import pytest

from codeoptix_performance.load.plan import LoadPlan, steady_users
from codeoptix_performance.load.scripted_engine import (
    Script,
    ScriptedEngine,
    ScriptedRequest,
    steady,
    users,
)
from codeoptix_performance.measurement.measure import measure
from codeoptix_performance.measurement.measurement import Moment
from codeoptix_performance.measurement.recorder import Recorder
from codeoptix_performance.target.endpoint import Endpoint, Request

ENDPOINT = Endpoint("GET", "/a", "settings", (Request("GET", "/a"),))


def _timeline(*events, duration):
    plan = LoadPlan("http://h", (ENDPOINT,), steady_users(2, 1.0, duration), (1.0, 1.0), 5.0, 0)
    recorder = Recorder(plan)
    report = ScriptedEngine(Script(events)).run(plan, recorder, lambda _: False)
    return measure(plan, recorder, report, None, None).timeline


def test_second_by_second():
    """A request counts in the second it finished in; until then it is in flight."""
    rows = _timeline(
        users(0.0, 1),
        users(1.5, 2),
        ScriptedRequest(0, 0.0, 0.5),
        ScriptedRequest(0, 0.5, 2.0),
        ScriptedRequest(0, 1.0, 0.25, 0, 0, "x"),
        ScriptedRequest(0, 2.0, None),
        duration=3.0,
    )

    assert rows == (
        Moment(0, users=1, requests=1, failures=0, in_flight=1, p50=0.5, p95=0.5),
        Moment(1, users=2, requests=1, failures=1, in_flight=1, p50=None, p95=None),
        Moment(2, users=2, requests=1, failures=0, in_flight=1, p50=2.0, p95=2.0),
    )


def test_percentiles_of_a_second():
    """The percentiles are nearest-rank ones of the second's successes."""
    requests = [ScriptedRequest(0, 0.0, n / 100) for n in range(1, 21)]

    (row,) = _timeline(*requests, duration=1.0)

    assert (0.10, 0.19) == (row.p50, row.p95)


@pytest.mark.parametrize(
    ("expected", "duration"),
    [
        pytest.param(1, 0.3, id="less than a second"),
        pytest.param(8, 8.0, id="whole seconds"),
        pytest.param(8, 8.04, id="a sliver belongs to the last second"),
        pytest.param(9, 8.5, id="half a second has a row"),
    ],
)
def test_rows(expected, duration):
    """There is a row for every second, and every request is in one of them."""
    rows = _timeline(*steady(0, every=0.1, until=duration, seconds=0.0), duration=duration)

    assert expected == len(rows)
    assert sum(row.requests for row in rows) == len(
        list(steady(0, every=0.1, until=duration, seconds=0.0))
    )
