"""An examination in a verdict: order, outcome, score, notes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from codeoptix_performance.examination.examination import (
    Crowding,
    Examination,
    Focus,
    Integrity,
    Keeper,
    ListGrowth,
    LostWrites,
    MaskedErrors,
    MemoryGrowth,
    SharedIds,
)
from codeoptix_performance.examination.stretch import Part, Stretch
from codeoptix_performance.target.target import AppExit, Target
from codeoptix_performance.verdict.judge import judge

GARBAGE = MemoryGrowth((3_000_000, 2_000_000, 2_100_000), (500, 500, 500), counts_references=False)
LEAK = MemoryGrowth(grown=(3_000_000, 2_000_000, 2_100_000), requests=(500, 500, 500))


def stretch(*parts, users=8, cores=0.04):
    return Stretch(users, 1.0, parts, cores, 0.0, 0, 0)


def blocking(endpoint="GET /slow"):
    """An endpoint that holds up the canary for a tenth of a second."""
    seen = stretch(Part(endpoint, 18, 0, 8, 0.05), Part("GET /", 18, 0, 0, 0.1))
    return Focus(endpoint, "GET /", 0.05, 0.001, 50.0, seen)


def crowd(failures, requests=200):
    """An endpoint that answers one user, and fails so often under sixteen."""
    one = stretch(Part("POST /x", 20, 0, 0, 0.01), users=1)
    many = stretch(
        Part("POST /x", requests, failures, 0, 0.01, broken=failures, cause="HTTP 500"), users=16
    )
    return Crowding(one, many, sound_alone=frozenset({"POST /x"}))


@pytest.fixture
def judged_with(settings, run):
    """The verdict on a run of these endpoints and this examination."""

    def build(examination, *endpoints, **words):
        target = Target("http://127.0.0.1:8000", "an app", ())
        return judge(settings(**words), target, run(*endpoints), examination=examination)

    return build


def test_causes_stand_before_the_limits_their_victims_break(judged_with, figures):
    """The first line names the endpoint that blocks, not the one that is slow because of it."""
    victim = figures("GET /", [2.0] * 160)

    verdict = judged_with(Examination(2.0, focuses=(blocking(),)), victim)

    assert "GET /slow" == verdict.findings[0].endpoint
    assert {"blocked", "latency"} == {finding.id for finding in verdict.findings}
    assert verdict.evidence[0].startswith("Failed: GET /slow blocks all other requests")


@pytest.mark.parametrize(
    ("examination", "score"),
    [
        (Examination(2.0), 1.0),
        (Examination(2.0, focuses=(blocking(),)), 0.4),
        (Examination(2.0, focuses=(blocking(), blocking("GET /b"))), 0.4),
        (Examination(2.0, focuses=(blocking(),), memory=LEAK), 0.3),
        (Examination(2.0, crowd(50), (blocking(),), LEAK), 0.2),
    ],
)
def test_the_score_goes_down_in_steps(examination, score, judged_with, figures):
    """Noise in the figures does not move it."""
    assert score == judged_with(examination, figures("GET /", [0.01] * 160)).score


@pytest.mark.parametrize("slowest", [0.01, 0.6, 2.0])
def test_the_limits_that_break_because_of_a_finding_do_not_move_the_score(
    slowest, judged_with, figures
):
    """How many of them break is chance."""
    victims = [figures(f"GET /{name}", [slowest] * 60) for name in "abc"]

    assert 0.4 == judged_with(Examination(2.0, focuses=(blocking(),)), *victims).score


@pytest.mark.parametrize(
    ("grown", "requests", "finding"),
    [
        pytest.param((5_000_000, 60_000), (500, 500), None, id="pools are filled once"),
        pytest.param((5_000_000, 2_000_000, 90_000), (500, 500, 500), None, id="it levels off"),
        pytest.param((1_000_000, 700_000, 650_000), (999, 999, 999), "leak", id="it goes on"),
        pytest.param((0, 150_000, 150_000), (100, 100, 100), None, id="too little to be sure"),
        pytest.param((9_000_000,) * 3 + (0,), (500,) * 4, None, id="it is full at last"),
    ],
)
def test_only_growth_that_goes_on_is_a_leak(grown, requests, finding, judged_with, figures):
    """The first stretch is the control."""
    examination = Examination(2.0, memory=MemoryGrowth(grown, requests))

    verdict = judged_with(examination, figures("GET /", [0.01] * 160), fail_on="target")

    assert finding == (verdict.findings[0].id if verdict.findings else None)


@pytest.mark.parametrize(
    ("last", "passed", "words"),
    [
        pytest.param(6_000_000, False, "leaks: its memory grows by 3.9 KiB", id="as before"),
        pytest.param(2_800_000, True, "may leak: its memory grows by 1.8 KiB", id="less than half"),
    ],
)
def test_growth_that_slows_down_may_be_a_cache_that_fills(
    last, passed, words, judged_with, figures
):
    """The last stretch, a longer one, tells; a note then says so."""
    memory = MemoryGrowth((9_000_000, 2_000_000, 2_100_000, last), (500, 500, 500, 1500))

    verdict = judged_with(Examination(2.0, memory=memory), figures("GET /", [0.01] * 160))

    assert passed == verdict.passed
    assert any(words in line for line in verdict.evidence)


@pytest.mark.parametrize(
    ("keeper", "endpoint", "words"),
    [
        (None, None, "The app leaks: its memory grows by 3.9 KiB per request"),
        (
            Keeper("GET /x", 8000.0),
            "GET /x",
            "GET /x leaks: its memory grows by 7.8 KiB per request",
        ),
    ],
)
def test_a_leak_names_the_endpoint_that_keeps_most(keeper, endpoint, words, judged_with, figures):
    """With what a request to it keeps; the grade is that of all reads together."""
    examination = Examination(2.0, memory=replace(LEAK, keeper=keeper))

    finding = judged_with(examination, figures("GET /", [0.01] * 160)).findings[0]

    assert ("leak", endpoint, 4000.0) == (finding.id, finding.endpoint, finding.value)
    assert finding.sentence.startswith(words)


def test_endpoints_that_were_not_looked_at_are_named(judged_with, figures):
    """A verdict says what it leaves out."""
    names = tuple(f"GET /{name}" for name in "abcde")
    verdict = judged_with(Examination(2.0, unanswered=names), figures("GET /", [0.01] * 160))

    assert (
        "Note: GET /a, GET /b, GET /c and 2 more gave a single user no answer in time, so no "
        "closer look was taken."
    ) in verdict.evidence


@pytest.mark.parametrize(
    ("failures", "outcome"), [(0, "pass"), (4, "pass"), (10, "pass"), (11, "fail"), (150, "fail")]
)
def test_failures_of_a_crowd_are_told_from_single_ones(failures, outcome, judged_with, figures):
    """Up to five per cent of two hundred requests are no finding."""
    verdict = judged_with(Examination(2.0, crowd(failures)), figures("GET /", [0.01] * 160))

    assert outcome == verdict.outcome


def test_refusals_are_no_failures(judged_with, figures):
    """Rate limits and items that are used up belong to sound apps."""
    one = stretch(Part("POST /x", 20, 0, 0, 0.01), users=1)
    many = stretch(Part("POST /x", 200, 180, 0, 0.01, broken=0), users=16)
    refused = stretch(Part("POST /x", 90, 70, 8, 0.05), Part("GET /", 90, 0, 0, 0.1))
    focus = Focus("POST /x", "GET /", 0.05, 0.001, 50.0, refused)

    verdict = judged_with(
        Examination(2.0, Crowding(one, many), (focus,)), figures("GET /", [0.01] * 160)
    )

    assert "pass" == verdict.outcome


def test_an_app_that_does_not_live_through_it_fails(judged_with, figures):
    """What else was seen is of no weight then."""
    ended = AppExit(-9, out_of_memory=True, log_tail="MemoryError: no more\n")

    verdict = judged_with(
        Examination(2.0, crowd(50), app_exit=ended), figures("GET /", [0.01] * 160)
    )

    assert ["died-in-a-crowd"] == [finding.id for finding in verdict.findings]
    assert "ran out of memory and ended by SIGKILL" in verdict.evidence[0]
    assert "MemoryError: no more" in verdict.evidence[0]


def test_failures_of_the_load_are_told_with_the_log_of_the_load(judged_with, figures):
    """What the examination's own requests made the app write explains other failures."""
    failing = figures("GET /x", [0.01] * 100, failures=60, causes={"HTTP 500": 60})
    examination = Examination(2.0, log_tail_before="OperationalError: database is locked\n")

    verdict = judged_with(examination, failing)

    assert "the app's log says: OperationalError: database is locked" in verdict.evidence[0]


def test_what_does_not_fail_is_a_note(judged_with, figures):
    """The verdict passes, and the lesson is told all the same."""
    examination = Examination(2.0, focuses=(blocking(),))

    verdict = judged_with(examination, figures("GET /", [0.01] * 160), fail_on="limits")

    assert ("pass", 1.0) == (verdict.outcome, verdict.score)
    assert any(line.startswith("Note: GET /slow blocks") for line in verdict.evidence)


@pytest.mark.parametrize(
    ("rows", "seconds", "asked"),
    [
        pytest.param((10, 210), (0.01, 0.02), ("poor", "pass"), id="a note by default"),
        pytest.param((10, 210), (0.01, 0.02), ("acceptable", "pass"), id="acceptable"),
        pytest.param((10, 210), (0.01, 0.02), ("target", "fail"), id="not what it should be"),
        pytest.param((100, 300), (0.01, 0.09), ("acceptable", "fail"), id="steep"),
        pytest.param((25, 25), (0.01, 0.01), ("target", "pass"), id="a page"),
    ],
)
def test_growth_fails_where_it_is_asked_for(rows, seconds, asked, judged_with, figures):
    """Small apps give all they have; that is a lesson and no fault yet."""
    fail_on, outcome = asked
    grown = ListGrowth("GET /x", 200, rows, (1000, 20_000), seconds)
    examination = Examination(2.0, integrity=Integrity(growth=(grown,)))

    verdict = judged_with(examination, figures("GET /x", [0.01] * 160), fail_on=fail_on)

    assert outcome == verdict.outcome


@pytest.mark.parametrize(
    ("seconds", "more", "told"),
    [
        pytest.param((0.02, 0.05), (200, 0.08), True, id="again and again"),
        pytest.param((0.02, 0.05), (200, 0.06), False, id="once"),
        pytest.param((0.02, 0.05), None, False, id="nobody looked again"),
        pytest.param((0.10, 0.13), (200, 0.16), False, id="hardly more"),
        pytest.param((0.001, 0.005), (200, 0.05), False, id="too little to be sure"),
    ],
)
def test_rows_that_are_not_shown_and_cost_time_are_told(seconds, more, told, judged_with, figures):
    """A page of ten that takes longer with every row there is: a note by default."""
    grown = ListGrowth("GET /x", 200, (10, 10), (1000, 1000), seconds, more)
    examination = Examination(2.0, integrity=Integrity(growth=(grown,)))

    verdict = judged_with(examination, figures("GET /x", [0.01] * 160))

    words = "Note: GET /x takes longer with every row there is, though it answers with 10 of them"
    assert verdict.passed
    assert told == any(line.startswith(words) for line in verdict.evidence)


def test_growth_of_a_runtime_that_collects_later_fails_nothing(judged_with, figures):
    """A few seconds do not tell garbage from a leak there."""
    verdict = judged_with(Examination(2.0, memory=GARBAGE), figures("GET /", [0.01] * 160))

    assert verdict.passed
    assert any("may leak" in line for line in verdict.evidence)


@pytest.mark.parametrize(
    ("lost", "words"),
    [
        (
            LostWrites("POST /votes", "GET /poll", "votes", 48, 9),
            "and votes in GET /poll counts 9 of them",
        ),
        (
            LostWrites("POST /notes", "GET /notes", "", 48, 9, is_list=True),
            "and the list in GET /notes has 9 of them",
        ),
        (
            LostWrites("POST /notes", "GET /notes", "data.notes", 48, 9, is_list=True),
            "and the list data.notes in GET /notes has 9 of them",
        ),
        (
            SharedIds("POST /notes", 48, 9),
            "gives several new items one id: 48 were acknowledged",
        ),
    ],
    ids=["a number", "a list", "a list in an object", "ids"],
)
def test_lost_writes_say_where_they_are_lacking(lost, words, judged_with, figures):
    """A number, a list, or ids: the first line tells which."""
    examination = Examination(2.0, integrity=Integrity(lost_writes=(lost,)))

    verdict = judged_with(examination, figures("GET /x", [0.01] * 160))

    assert ("lost-writes", "poor") == (verdict.findings[0].id, verdict.findings[0].grade)
    assert words in verdict.evidence[0]


ONLY_FAILING = MaskedErrors("GET /x", 3, 3, 200, '{"error": "no such table: x"}', always=True)


def test_errors_that_are_always_there_fail_where_the_app_is_at_fault(judged_with, figures):
    """An exception is; what only says that it failed was not exercised, of which half may be."""
    said = Examination(2.0, integrity=Integrity(masked_errors=(ONLY_FAILING,)))
    own_fault = replace(ONLY_FAILING, thrown=True)
    thrown = Examination(2.0, integrity=Integrity(masked_errors=(own_fault,)))
    one, other = figures("GET /x", [0.01] * 160), figures("GET /y", [0.01] * 160)

    verdict = judged_with(thrown, one, other)

    assert ["masked-errors"] == [finding.id for finding in verdict.findings]
    assert "each answer, also to a single client, says" in verdict.evidence[0]
    assert ["barely-exercised"] == [it.id for it in judged_with(said, one).findings]
    assert judged_with(said, one, other).passed
