"""What each tool's own output is taken to say."""

import json
from pathlib import Path

import pytest

from benchmarks.process import BenchError, Finished
from benchmarks.tools import k6, ours, small, stock_locust
from benchmarks.tools.tool import Load, Percentiles, Seen

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
