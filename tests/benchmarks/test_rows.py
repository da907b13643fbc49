"""From what tools report to the rows of a bench."""

import pytest

from benchmarks.distribution import DistributionRow
from benchmarks.generator import Goal, Round, rows
from benchmarks.process import BenchError
from benchmarks.sandbox import HELD, PLAIN, SandboxRow
from benchmarks.sandbox import rows as sandbox_rows
from benchmarks.sandbox import verdict as sandbox_verdict
from benchmarks.soak import MinuteRow, Sample, by_minute, verdict
from benchmarks.tools.tool import Seen, Used

MIB = 2**20


def used(requests, cpu_seconds):
    return Used(Seen(requests, 0), cpu_seconds)


def a_round(cpu_per_request, *, start=1.0):
    """A tool that needs ``start`` seconds of CPU to start, and sends 1,000 requests per second."""
    return Round(
        used(1000, start + 1000 * cpu_per_request), used(3000, start + 3000 * cpu_per_request), 2.0
    )


def test_what_it_costs_to_start_is_no_part_of_what_a_request_costs():
    """It is shown in a figure of its own."""
    (figures,) = rows({"ours": [a_round(0.0001), a_round(0.0001)]})

    assert figures.cpu_per_request == pytest.approx(0.0001)
    assert figures.cpu_with_start == pytest.approx((1.0 + 0.3) / 3000)
    assert figures.requests_per_second == pytest.approx(1000)


def test_ratios_are_taken_within_a_round():
    """A machine that is three times as slow in one round changes the costs, not the ratio."""
    spoilt = [0.0001, 0.0003, 0.0001]

    ours, _ = rows(
        {
            "ours": [a_round(cost, start=0) for cost in spoilt],
            "wrk": [a_round(cost / 2, start=0) for cost in spoilt],
        }
    )

    assert ours.times_cpu_of["wrk"] == pytest.approx(2)
    assert ours.greatest_cpu == pytest.approx(3 * ours.least_cpu)


def test_longer_runs_that_need_no_more_have_no_cost_per_request():
    """Rather a sentence than a figure without meaning."""
    busy = Round(used(1000, 1.5), used(2000, 1.0), 2.0)

    with pytest.raises(BenchError, match=r"ours: .* use more --seconds"):
        rows({"ours": [busy]})


@pytest.mark.parametrize(("times", "end"), [(0.25, ": met."), (0.251, ": missed.")])
def test_a_goal_says_whether_it_is_met(times, end):
    """At the goal it is met."""
    assert Goal("FastHttpUser", 0.25).sentence("ours", times).endswith(end)


@pytest.mark.parametrize(
    ("recorded", "error", "in_goal"),
    [
        pytest.param(0.001, 0.0003, True, id="0.3 ms of a short time"),
        pytest.param(0.001, 0.00031, False, id="more than 0.3 ms of a short time"),
        pytest.param(1.0, -0.01, True, id="1 % of a long time"),
        pytest.param(1.0, 0.0101, False, id="more than 1 % of a long time"),
    ],
)
def test_a_percentile_is_near_the_record(recorded, error, in_goal):
    """By 0.3 ms or by 1 %, whichever is more."""
    one = DistributionRow("s", "t", 0.5, recorded + error, recorded, error, 1, 1)

    assert in_goal is one.in_goal


def test_a_soak_has_a_row_per_whole_minute():
    """What comes after the last whole minute, when the page is made, is left out."""
    samples = [Sample(second, (50 + second // 60) * MIB) for second in range(1, 200)]

    assert by_minute(samples, 180) == [
        MinuteRow(1, 50 * MIB, 50 * MIB, 50 * MIB, None, None),
        MinuteRow(2, 51 * MIB, 51 * MIB, 51 * MIB, MIB, None),
        MinuteRow(3, 52 * MIB, 52 * MIB, 52 * MIB, 2 * MIB, MIB),
    ]


def test_a_soak_that_ended_early_is_no_soak():
    """A crash after a minute must not look flat."""
    with pytest.raises(BenchError, match="before minute 2 was over"):
        by_minute([Sample(30.0, MIB)], 120)


@pytest.mark.parametrize(
    ("growth", "late", "words"),
    [
        pytest.param(MIB, MIB, ": flat", id="flat"),
        pytest.param(MIB + 1, 0, ": not flat", id="more than after the first minute"),
        pytest.param(-MIB, MIB + 1, ": not flat", id="more than after the second"),
    ],
)
def test_memory_is_flat_up_to_a_mebibyte(growth, late, words):
    """Counted from the end of the first minute, and of the second, which may be lower."""
    minutes = [
        MinuteRow(1, MIB, MIB, MIB, None),
        MinuteRow(2, MIB, MIB, MIB, 0),
        MinuteRow(3, MIB, MIB, MIB + growth, growth, late),
    ]

    assert words in verdict(minutes, 60_000)


def test_a_way_is_compared_with_plain_within_each_round():
    """A machine that was slow for a while was slow for both."""
    times = {
        PLAIN: [[1.0, 1.0], [9.0, 9.0], [1.0, 1.0]],
        HELD: [[1.5, 1.5], [9.0, 9.0], [1.1, 1.3]],
    }

    plain, held = sandbox_rows("kept", times)

    assert (1.0, 1.2) == (plain.of_plain, pytest.approx(held.of_plain))
    assert (1.0, 9.0) == (plain.p50, plain.p99)
    assert (1.5, 9.0) == (held.p50, held.p99)


@pytest.mark.parametrize(
    ("of_plain", "words"),
    [
        (1.05, "+5.0% against plain; goal at most +5%: met"),
        (1.06, "+6.0% against plain; goal at most +5%: missed"),
    ],
)
def test_the_sandbox_is_judged_by_its_kept_connections(of_plain, words):
    """Users keep theirs; what a new one costs is told beside it."""
    every = [SandboxRow(HELD, "new", 0.0, 0.0, 9.0), SandboxRow(HELD, "kept", 0.0, 0.0, of_plain)]

    assert words in sandbox_verdict(every)
