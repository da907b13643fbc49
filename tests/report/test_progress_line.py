"""One line about a run that is still going on."""

import pytest

from codeoptix_performance.measurement.progress import Progress
from codeoptix_performance.report.progress_line import progress_line


@pytest.mark.parametrize(
    ("progress", "run_time", "expected"),
    [
        pytest.param(
            Progress(5.2, 20, 81, 0, 3, 16.2, 0.12),
            30.0,
            "0:05 of 0:30 | 20 users | 16.2 req/s | P95 120 ms | 0 failed | 3 in flight",
            id="under way",
        ),
        pytest.param(
            Progress(0.0, 1, 0, 0, 1, 0.0, None),
            5400.0,
            "0:00 of 1:30:00 | 1 user | 0 req/s | P95 – | 0 failed | 1 in flight",
            id="nothing answered yet",
        ),
    ],
)
def test_a_run_is_told_in_one_line(progress, run_time, expected):
    """Elapsed time, users, rate, P95, failures and requests in flight stand in this order."""
    assert expected == progress_line(progress, run_time)
