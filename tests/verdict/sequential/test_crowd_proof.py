"""Limits that the load left open, and what a crowd may prove of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from codeoptix_performance.examination.examination import Crowding, Examination
from codeoptix_performance.examination.stretch import Part, Stretch
from codeoptix_performance.settings.limits import Limit
from codeoptix_performance.verdict.sequential.crowd_proof import (
    prove_in_crowd,
    wanted_of_crowd,
    wants_more_load,
)
from codeoptix_performance.verdict.sequential.due_bins import Count
from codeoptix_performance.verdict.sequential.evidence_value import clean_requests
from codeoptix_performance.verdict.sequential.looks import Decision

NAME = "GET /items"
P95 = Limit("max_p95_response_time", "response_time", "percentile", "<=", 1.0, 95.0)
AVERAGE = Limit("max_avg_response_time", "response_time", "avg", "<=", 0.5)
FAILURES = Limit("max_failure_rate", "failure_rate", "rate", "<=", 0.01)
ALLOWED = {P95: 0.05, AVERAGE: None, FAILURES: 0.01}


def left_open(limit, **facts):
    known = {"far_off": True, "allowed": ALLOWED[limit], "endpoint": NAME, **facts}
    return Decision(limit=limit, state="open", count=Count(20, 0), **known)


def part(*times, failures=0, in_flight=0):
    count = len(times) + failures
    return Part(NAME, count, failures, in_flight, median=0.1, times=times)


def examined(many, at_knee=None, *, whole=True):
    one, first, last = (
        Stretch(16, 1.0, (each,), whole=whole) for each in (many, many, at_knee or many)
    )
    return Examination(1.0, Crowding(one, first, last))


@pytest.fixture
def measured(run, figures):
    """A load of one endpoint."""
    return run(figures(NAME, (0.1,) * 20))


def settled(decision, examination, measured, *, asked=10.0):
    loaded = replace(measured.endpoints[0], requests_per_second=asked)
    measurement = replace(measured, endpoints=(loaded,))
    return prove_in_crowd((decision,), examination, measurement)[0]


QUICK = (0.1,) * 170


@pytest.mark.parametrize(
    ("limit", "parts", "state"),
    [
        pytest.param(P95, [part(*QUICK)], "passes", id="164 of 170 would do"),
        pytest.param(P95, [part(*QUICK[:160])], "open", id="160 do not"),
        pytest.param(P95, [part(0.9), part(*QUICK)], "passes", id="the app at its best counts"),
        pytest.param(P95, [part(*QUICK, *(0.6,) * 9)], "open", id="some take over half the limit"),
        pytest.param(P95, [part(*QUICK, failures=9)], "open", id="failures count as slow"),
        pytest.param(P95, [part(*QUICK, in_flight=9)], "open", id="so does what never ended"),
        pytest.param(AVERAGE, [part(*QUICK)], "passes", id="a mean below half its limit"),
        pytest.param(AVERAGE, [part(*(0.2, 0.01) * 90)], "passes", id="by its batches"),
        pytest.param(AVERAGE, [part(*(0.2,) * 9, *QUICK)], "passes", id="slow ones came first"),
        pytest.param(AVERAGE, [part(*(0.3,) * 170)], "open", id="a mean above half its limit"),
        pytest.param(AVERAGE, [part(*QUICK, in_flight=1)], "open", id="a mean without an end"),
        pytest.param(AVERAGE, [part(*QUICK, failures=1)], "open", id="what failed took how long?"),
        pytest.param(FAILURES, [part(*QUICK)], "open", id="one in a hundred takes more"),
        pytest.param(FAILURES, [part(*QUICK * 5)], "passes", id="731 do"),
        pytest.param(FAILURES, [part(*QUICK * 5, failures=9)], "open", id="failures prove nothing"),
    ],
)
def test_what_a_crowd_proves(limit, parts, state, measured):
    """Half the limit has to be proven, as on the first tier of the ladder."""
    assert state == settled(left_open(limit), examined(*parts), measured).state


@pytest.mark.parametrize(
    ("facts", "whole", "asked"),
    [
        pytest.param({"far_off": False}, True, 10.0, id="the load itself came near it"),
        pytest.param({}, False, 10.0, id="slow requests were cut off"),
        pytest.param({}, True, 500.0, id="the load asked for it more often"),
    ],
)
def test_what_proves_nothing(facts, whole, asked, measured):
    """A crowd speaks for the load only where it was harder, and nothing of it is left out."""
    decision = left_open(P95, **facts)
    assert decision == settled(decision, examined(part(*QUICK), whole=whole), measured, asked=asked)


def test_a_limit_on_all_requests_is_proven_in_their_own_mixture(measured):
    """The stretch that asks for all endpoints alike has another."""
    decision = left_open(P95, endpoint=None)
    few, enough = part(*QUICK[:100]), part(*QUICK)

    assert "open" == settled(decision, examined(few, enough), measured).state
    assert "passes" == settled(decision, examined(enough, few), measured).state


def test_enough_requests_without_a_failure_hold_nothing_up(measured):
    """They are too few to prove one in a hundred, and the note on what is open says so last."""
    assert settled(left_open(FAILURES), examined(part(*QUICK)), measured).clean
    assert not settled(left_open(FAILURES), examined(part(0.1, 0.1)), measured).clean


def test_what_is_wanted_of_a_crowd():
    """As many as prove a P95, for each endpoint with an open limit that nothing came near."""
    near = left_open(P95, endpoint="GET /near", far_off=False)
    decisions = [left_open(P95), left_open(FAILURES), near, left_open(P95, endpoint=None)]
    assert {NAME: clean_requests(0.05)} == wanted_of_crowd(decisions)


@pytest.mark.parametrize(
    ("facts", "finished", "more"),
    [
        pytest.param({"state": "passes"}, 20, False, id="all is decided"),
        pytest.param({}, 20, True, id="a limit is open"),
        pytest.param({"clean": True}, 20, False, id="open, and nothing came near it"),
        pytest.param({"state": "fails"}, 20, False, id="a limit is broken"),
        pytest.param({"state": "passes"}, 21, True, id="too few requests"),
        pytest.param({"endpoint": "POST /login"}, 20, False, id="of a login"),
    ],
)
def test_when_a_load_is_put_on_again(facts, finished, more, measured, settings):
    """Where it gave way with something open that more of it would decide."""
    decision = replace(left_open(P95), **facts)
    asked = settings(min_requests=finished)
    login = frozenset({"POST /login"})
    assert more == wants_more_load(asked, [decision], measured, login)
