"""Wording, rounding and order of the page."""

from dataclasses import replace

import pytest

from codeoptix_performance.measurement.bare_machine.figures import BareMachine, ClosedLoad
from codeoptix_performance.measurement.latencies import Latencies
from codeoptix_performance.measurement.measurement import Cause, Doubt
from codeoptix_performance.report.view import COLUMNS, Fact, view_of
from codeoptix_performance.verdict.verdict import Finding


def cell(view, column, row=-1):
    """One cell of the table, of the total unless said otherwise."""
    return view.rows[row][COLUMNS.index(column)]


def test_rows_are_sorted_by_path_then_method_and_the_total_comes_last(failed):
    """The order does not depend on which endpoint was asked first."""
    view = view_of(failed)

    assert ["GET /items", "POST /items", "Aggregated"] == [row[0] for row in view.rows]


@pytest.mark.parametrize(
    ("latencies", "column", "expected"),
    [
        pytest.param(Latencies((), 0, ()), "P95", "–", id="nothing measured"),
        pytest.param(Latencies((0.1,), 1, ()), "P95", "failed", id="the percentile failed"),
        pytest.param(Latencies((0.00042,), 0, ()), "P95", "0.42", id="under a millisecond"),
        pytest.param(Latencies((0.1234,), 0, ()), "Max", "123", id="three digits"),
        pytest.param(Latencies((), 3, ()), "Avg", "–", id="only failures have no mean"),
    ],
)
def test_a_time_is_rounded_to_what_matters(failed, measurement, latencies, column, expected):
    """A figure that is not there is a dash, one that falls on a failure says so."""
    total = replace(measurement.total, latencies=latencies, service=latencies)
    view = view_of(replace(failed, measurement=replace(measurement, total=total)))

    assert expected == cell(view, column)


def test_a_run_that_may_end_early_says_how_long_it_may_last(failed):
    """Nobody waits for a time that was never asked for."""
    unnamed = failed.settings.model_copy(update={"run_time_given": False})
    texts = [
        next(fact.text for fact in view_of(each).facts if fact.label == "Load")
        for each in (failed, replace(failed, settings=unnamed))
    ]

    assert "for 3 s;" in texts[0]
    assert "for 3 s at most;" in texts[1]


def test_failures_are_listed_most_frequent_first(failed, measurement):
    """Endpoint and cause stand beside the count."""
    listed, created = measurement.endpoints
    often = replace(created, causes=(Cause("timed out", 7), Cause("refused", 9)))
    view = view_of(replace(failed, measurement=replace(measurement, endpoints=(listed, often))))

    assert [9, 7, 1] == [failures.count for failures in view.failures]
    assert ("GET /items", "refused") == (view.failures[0].endpoint, view.failures[0].cause)


def test_an_app_that_was_not_ours_has_no_resources(failed, measurement):
    """A fact without figures is left out."""
    view = view_of(replace(failed, measurement=replace(measurement, resources=None)))

    assert "App" not in [fact.label for fact in view.facts]


def test_a_run_that_never_had_all_users_says_so(failed, measurement):
    """Rates without a steady window are no rates of the asked load."""
    measured = replace(measurement, users_reached=1, steady_from=3.0, steady_to=3.0)
    view = view_of(replace(failed, measurement=measured))

    assert (
        Fact("Window", "1 of 2 users were active; they were never active all at once for long")
        in view.facts
    )


def test_an_app_that_died_under_load_leaves_its_last_words(failed, measurement, app_exit):
    """They stand on the page line by line."""
    view = view_of(replace(failed, measurement=replace(measurement, app_exit=app_exit)))

    assert ("Killed",) == view.log


def test_a_doubt_that_became_a_finding_is_not_told_twice(failed):
    """It stands in the evidence then."""
    finding = Finding("generator-busy", "inconclusive", "The generator was busy.")
    verdict = replace(failed.verdict, findings=(finding,))

    assert 1 == len(view_of(failed).doubts)
    assert () == view_of(replace(failed, verdict=verdict)).doubts


def test_the_machine_is_on_the_page_only_where_it_matters(failed, measurement):
    """Its ceiling and its noise floor stand there beside a doubt about them."""
    times = (0.0009, 0.0012, 0.0031)
    bare = BareMachine("bwrap", (ClosedLoad(8, 10000.0, 2e-5),), times, 0.01)
    known = replace(measurement, bare_machine=bare)
    near = Doubt("near-noise-floor", "It is near.", "Give it room.", spoils=True)
    doubted = replace(known, doubts=(near,))

    quiet, told = (view_of(replace(failed, measurement=each)) for each in (known, doubted))

    assert "Machine" not in [fact.label for fact in quiet.facts]
    assert (
        Fact(
            "Machine",
            "with a server that answers at once, 10000/s at most; under light load median "
            "1.2 ms, P95 3.1 ms, max 3.1 ms",
        )
        in told.facts
    )
