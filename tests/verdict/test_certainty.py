"""What a verdict is sure of: decisions against final figures, and the note on what is open."""

from dataclasses import replace

import pytest

from codeoptix_performance.settings.asked_limits import LIMIT_WORDS
from codeoptix_performance.verdict.certainty import open_questions, settle
from codeoptix_performance.verdict.checks import check_limits
from codeoptix_performance.verdict.sequential.due_bins import Count
from codeoptix_performance.verdict.sequential.looks import Decision

P95 = LIMIT_WORDS["max_p95_response_time"].limit("max_p95_response_time", 0.5)
FAILURES = LIMIT_WORDS["max_failure_rate"].limit("max_failure_rate", 0.01)
OPEN = Decision(P95, "GET /items", "open", Count(120, 5), allowed=0.05)
PASSES = replace(OPEN, state="passes", tier=1, at=2.0)
FAILS = replace(OPEN, state="fails", tier=1, at=2.0)


@pytest.fixture
def checks(run, figures):
    def build(seconds, limit=P95):
        return check_limits([limit], run(figures("GET /items", [seconds] * 120)))

    return build


@pytest.mark.parametrize(
    ("decision", "seconds", "state"),
    [
        pytest.param(PASSES, 0.4, "passes", id="a pass that the figures confirm"),
        pytest.param(PASSES, 0.6, "open", id="a pass that the figures deny"),
        pytest.param(FAILS, 0.6, "fails", id="a fail that the figures confirm"),
        pytest.param(FAILS, 0.4, "open", id="a fail that the figures deny"),
        pytest.param(OPEN, 0.4, "open", id="an open limit stays open"),
    ],
)
def test_a_decision_stands_where_the_final_figure_agrees(checks, decision, seconds, state):
    """What was proven early and is not so in the end is not claimed."""
    (settled,) = settle([decision], checks(seconds))

    assert state == settled.state
    assert (settled.tier is None) == (state == "open")


def test_a_decision_about_what_was_not_measured_stays(checks):
    """Nothing contradicts it."""
    elsewhere = replace(PASSES, endpoint="GET /other")

    assert (elsewhere,) == settle([elsewhere], checks(9.0))


def test_nothing_is_noted_where_everything_is_decided(checks):
    """A note costs a reader's attention."""
    assert () == open_questions([PASSES, FAILS], checks(0.4))


def test_an_open_limit_is_noted_with_its_distance_and_what_it_needs(checks):
    """Figure, limit, requests seen, requests needed."""
    (note,) = open_questions([OPEN], checks(0.48))

    assert note.startswith("Note: measured but not proven: P95 of GET /items (")
    assert "4 % below its limit" in note
    assert "5 of 120 requests too slow" in note
    assert f"about {OPEN.needed} would decide it" in note


def test_a_limit_far_from_its_figure_is_noted_without_a_distance(checks):
    """Ten times below says enough elsewhere."""
    (note,) = open_questions([replace(OPEN, count=Count(20, 1))], checks(0.05))

    assert "limit" not in note
    assert "(1 of 20 requests too slow)" in note


CLEAN = replace(OPEN, count=Count(20, 0), clean=True)
NO_FAILURE = Decision(FAILURES, "GET /items", "open", Count(120, 0), allowed=0.01, clean=True)


@pytest.mark.parametrize(
    ("expected", "decisions"),
    [
        pytest.param(
            "P95 of GET /items is kept but not proven by 20 requests: about 164 would",
            [CLEAN],
            id="one",
        ),
        pytest.param(
            "failure rate of GET /items is kept but not proven by 120 requests: about 731 would",
            [NO_FAILURE],
            id="failures",
        ),
        pytest.param(
            "P95 and failure rate of GET /items are kept but not proven by 20 to 120 requests: "
            "about 731 would",
            [CLEAN, NO_FAILURE],
            id="two limits",
        ),
        pytest.param(
            "failure rate of 2 endpoints is kept but not proven by 31 to 120 requests each: "
            "about 731 would",
            [NO_FAILURE, replace(NO_FAILURE, endpoint="GET /b", count=Count(31, 0))],
            id="two endpoints",
        ),
        pytest.param(
            "failure rate of all requests is kept but not proven by 120 requests: about 731 would",
            [replace(NO_FAILURE, endpoint=None)],
            id="all together",
        ),
        pytest.param(
            "measured but not proven: P95 of GET /b (5 of 120 requests too slow, "
            f"about {OPEN.needed} would decide it); and failure rate of GET /items is kept "
            "but not proven by 120 requests: about 731 would",
            [NO_FAILURE, replace(OPEN, endpoint="GET /b")],
            id="beside one that something speaks against",
        ),
    ],
)
def test_limits_that_only_lack_requests_are_one_short_sentence(expected, decisions, run, figures):
    """Nothing speaks against them: how many requests there were, and how many there should be."""
    of_all = replace(FAILURES, each_endpoint=False)
    measured = run(figures("GET /items", [0.1] * 120), figures("GET /b", [0.1] * 120))
    shown = [replace(it, limit=of_all) if it.endpoint is None else it for it in decisions]

    (note,) = open_questions(shown, check_limits([P95, FAILURES, of_all], measured))

    assert f"Note: {expected}." == note


def test_of_many_open_limits_the_nearest_are_named(run, figures):
    """Three, and how many more; those that came near nothing come last."""
    names = [f"GET /{number}" for number in range(5)]
    measured = run(*(figures(name, [0.3 + at / 20] * 20) for at, name in enumerate(names)))
    decisions = [replace(OPEN, endpoint=name) for name in names]
    decisions[4] = replace(decisions[4], clean=True)

    (note,) = open_questions(decisions, check_limits([P95], measured))

    assert [name in note for name in names] == [False, True, True, True, False]
    assert note.endswith("; and 2 more.")


def test_failures_are_called_failures(checks):
    """The count says of what."""
    some = replace(NO_FAILURE, count=Count(120, 1), clean=False)

    (note,) = open_questions([some], checks(0.1, FAILURES))

    assert "Failure rate of GET /items (1 of 120 requests failed, about" in note


def test_a_limit_that_no_number_proves_is_told_as_it_is(checks):
    """A maximum that held so far."""
    greatest = LIMIT_WORDS["max_response_time"].limit("max_response_time", 2.0)
    held = Decision(greatest, "GET /items", "open", Count(120, 0), allowed=0.0, clean=True)

    (note,) = open_questions([held], checks(0.1, greatest))

    assert note == "Note: measured but not proven: Max of GET /items (0 of 120 requests too slow)."
