"""The final page, to the letter."""

import math
from array import array
from dataclasses import replace

import pytest

from codeoptix_performance.measurement.histogram import Histogram
from codeoptix_performance.measurement.latencies import Latencies
from codeoptix_performance.measurement.measurement import StageMeasurement
from codeoptix_performance.report.as_text import as_text
from codeoptix_performance.verdict.verdict import Capacity, Graded

PAGE = """\
FAIL, score 0.85
FastAPI app in main.py at http://127.0.0.1:8000

  - GET /items: P95 1240 ms (limit 1000 ms) at 2 users
  - Half failed.

Endpoint     Requests    Failed  In flight  Req/s  Avg   Min  Median     P95     P99   Max
GET /items          8         0          0      4  180  10.0    13.0    1240    1240  1240
POST /items         2  1 (50 %)          1      1  200   200     200  failed  failed   200
Aggregated         10  1 (10 %)          1      5  182  10.0    14.0  failed  failed  1240
Times in milliseconds; Req/s of the steady window.

Failures
  - 1 × POST /items: HTTP 500 Internal Server Error

Reasons to distrust these figures
  - The generator was busy. Use a quieter machine.

Found and not put under load
  - DELETE /items/{id} (no id to delete was found)

Load       2 users, started at 2/s, for 3 s; each waits 500 ms to 2 s between requests; seed 0
Window     2 of 2 users were active; rates are taken from second 1.0 to 3.0 of 3.0
Coverage   2 of 3 endpoints answered 2xx or 3xx (67 %)
App        50 MiB of memory before the load, 60 MiB after, 64 MiB at most; 0.25 of a core busy
Isolation  In a process group of its own.
Took       4.2 s
"""


def test_a_page_tells_verdict_evidence_figures_and_doubts(failed):
    """The decisive line comes first, what the figures rest on comes last."""
    assert PAGE == as_text(failed, width=100)


OPEN_LOAD = """\
Endpoint     Requests    Failed  In flight  Req/s  Avg   Min  Median     P95     P99   Max
GET /items          8         0          0      4  180  10.0    13.0    1240    1240  1240
POST /items         2  1 (50 %)          1      1  200   200     200  failed  failed   200
Aggregated         10  1 (10 %)          2      5  682   510     515  failed  failed  1740
  service                                1         182  10.0    14.0  failed  failed  1240
Times in milliseconds; Req/s of the steady window. Times count from when a request was due, service
from when it was sent.
"""
STAGES = """\
Load       2 users, started at 2/s, for 3 s; each waits 500 ms to 2 s between requests; seed 0
Arrivals   16 requests were due, 5.3/s; 12 were sent, 4/s, and 4 dropped; 3/s succeeded
Window     2 of 2 users were active; rates are taken from second 1.0 to 3.0 of 3.0
Stage 1    0 ms to 1 s: 4/s due, 3/s sent, 3/s succeeded; median 11.0 ms, P95 12.0 ms; none failed
Stage 2    1 s to 3 s: 6/s due, 4.5/s sent, 3/s succeeded; median 14.1 ms, P95 failed; 1 of 7 failed
"""


def test_an_open_load_is_told_with_service_times_arrivals_and_stages(arrived):
    """A row of service times follows where they differ, and a line tells each stage."""
    page = as_text(arrived, width=100)

    assert OPEN_LOAD in page
    assert STAGES in page


def test_stages_of_a_closed_load_tell_users(failed, measurement):
    """One stage is the whole run and needs no line; of very many the first are shown."""
    stage = StageMeasurement(0.0, 1.0, 5, 4, 3, 0, None, 3.0, 3.0, 0.011, None)

    def page(count):
        return as_text(replace(failed, measurement=replace(measurement, stages=(stage,) * count)))

    assert "Stage" not in page(1)
    assert (
        "Stage 2    0 ms to 1 s: 4 of 5 users, 3/s sent, 3/s succeeded; median 11.0 ms, P95 –; "
        "none failed\n"
    ) in page(2)
    assert "Stage 20 " in page(22)
    assert "Stage 21" not in page(22)
    assert "Stages     2 more are in the JSON\n" in page(22)


def test_a_stage_on_the_way_down_says_so(failed, measurement):
    """Users who were there before are still there when it begins."""
    stage = StageMeasurement(0.0, 1.0, 1, 20, 3, 1, None, 3.0, 2.0, None, None)

    page = as_text(replace(failed, measurement=replace(measurement, stages=(stage, stage))))

    assert (
        "0 ms to 1 s: 20 users down to 1, 3/s sent, 2/s succeeded; median –, P95 –; 1 of 3" in page
    )


@pytest.mark.parametrize(
    ("held", "words"),
    [
        ((640.25, 16), "limits held"),
        ((450.0, 8), "limits held for 450 at 8 users"),
        ((61.5, 1), "limits held for 61.5 at 1 user"),
        ((None, None), "limits held for none"),
    ],
)
def test_what_was_seen_beside_the_load_has_a_line_each(held, words, failed):
    """Capacity, and how long the app took to start."""
    capacity = Capacity(16, 640.25, 61.5, *held, "target")
    examined = replace(
        failed,
        verdict=replace(failed.verdict, capacity=capacity),
        target=replace(failed.target, start_seconds=0.42),
    )

    page = as_text(examined, width=160)

    rates = "640 requests/s at 16 users without pauses (one user: 61.5)"
    assert f"\nCapacity   {rates}; {words}\n" in page
    assert "\nStart      answered 420 ms after its process was started\n" in page


def test_grades_share_a_line_best_first(failed):
    """What is not on target is told with its figure and endpoint; the capacity has its own line."""
    median, p95, p99, failures = failed.settings.graded_figures
    grades = (
        Graded("target", "GET /items", 0.01, median.target, median.acceptable),
        Graded("poor", "GET /items", 1.24, p95.target, p95.acceptable),
        Graded("poor", "POST /items", math.inf, p99.target, p99.acceptable),
        Graded("acceptable", "POST /items", 0.005, failures.target, failures.acceptable),
    )
    capacity = Capacity(16, 640.25, 61.5, 640.25, 16, "target")
    verdict = replace(failed.verdict, grades=grades, capacity=capacity)

    assert (
        "\nGrades     target: Median, Capacity; acceptable: Failure rate 0.5 % (POST /items); "
        "poor: P95 1240 ms (GET /items), P99 not reached (POST /items)\n"
    ) in as_text(replace(failed, verdict=verdict), width=200)


def test_times_that_are_not_exact_are_called_so(failed, measurement):
    """Where there were too many requests to keep each."""
    times = Histogram.of(array("I", [1000, 2000, 3000])).times()
    total = replace(measurement.total, latencies=(latencies := Latencies(times, 0, ())))
    page = as_text(
        replace(failed, measurement=replace(measurement, total=replace(total, service=latencies)))
    )

    assert "Times in milliseconds within 0.5 %; Req/s of the steady window.\n" in page


def test_a_page_about_an_app_that_did_not_start_ends_with_its_last_words(not_started):
    """There are no figures; the app's own words say what to mend."""
    assert (
        "FAIL, score 0.00\n"
        "An app that was not brought under load\n"
        "\n"
        "  - The app did not start: exit code 1.\n"
        "\n"
        "The app's last words\n"
        "  ModuleNotFoundError: nowhere\n"
        "\n"
        "Took  420 ms\n"
    ) == as_text(not_started)


def test_a_narrow_page_leaves_out_the_columns_that_tell_least(failed):
    """What is left keeps its figures whole."""
    lines = as_text(failed, width=60).splitlines()

    assert "Endpoint     Requests    Failed  In flight     P95   Max" in lines
    assert "POST /items         2  1 (50 %)          1  failed   200" in lines
    assert all(len(line) <= 60 for line in lines)


def test_requests_in_flight_get_a_column_only_if_there_are_any(failed, measurement):
    """A run that ended with every answer in needs no column of zeros."""
    first = replace(measurement.endpoints[1], name="Aggregated")
    page = as_text(
        replace(
            failed,
            measurement=replace(measurement, endpoints=measurement.endpoints[1:], total=first),
        )
    )

    assert "In flight" not in page


def test_an_interrupted_run_says_so_in_the_first_line(failed, measurement):
    """The figures below are those measured until then."""
    page = as_text(replace(failed, measurement=replace(measurement, interrupted=True)))

    assert "FAIL, interrupted, score 0.85" == page.splitlines()[0]


def test_a_page_in_colour_says_the_same(failed):
    """Colour adds nothing but colour."""
    coloured = as_text(failed, width=100, colour=True)

    assert "\x1b[1;31mFAIL, score 0.85\x1b[0m" == coloured.splitlines()[0]
    assert as_text(failed, width=100) != coloured


def test_an_app_cannot_reach_the_terminal_through_its_log(not_started):
    """Escape sequences and control characters of the app are gone from the page."""
    said = "\x1b]0;owned\x07\x1b[2J\x1b[31mred\x9b31m\x08 \u202eend"
    failure = replace(not_started.start_failure, log_tail=said)
    page = as_text(replace(not_started, start_failure=failure))

    assert not set("\x1b\x07\x08\x9b\u202e") & set(page)
    assert "red 31m   end" in page


def test_square_brackets_are_text(not_started):
    """Words in brackets are not taken for markup."""
    failure = replace(not_started.start_failure, log_tail="[red]INFO[/red] :smile: [bold]")

    assert "  [red]INFO[/red] :smile: [bold]" in as_text(
        replace(not_started, start_failure=failure)
    )
