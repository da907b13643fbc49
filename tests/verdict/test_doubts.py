"""Reasons why a run decides nothing, and what they excuse."""

from __future__ import annotations

from dataclasses import replace

import pytest

from codeoptix_performance.measurement.measurement import ArrivalsMeasurement, Doubt
from codeoptix_performance.verdict.doubts import could_be_the_machines

SATURATED = Doubt(
    "generator-saturated", "The generator used a full core.", "Lower users.", spoils=True
)
NOISY = Doubt("noisy-machine", "Other programs were busy.", "Close them.", spoils=False)
EXHAUSTED = Doubt("generator-exhausted", "Out of open files.", "Lower users.", spoils=True)
NO_FILES = "the load generator ran out of open files"


def ids(verdict):
    return [finding.id for finding in verdict.findings]


def test_too_few_requests_decide_nothing_and_say_what_to_do(settings, figures, judged):
    """A short run is never held against the app."""
    verdict = judged(settings(), figures("GET /a", [0.1] * 42))
    assert (("inconclusive", 0.65), ["too-few-requests"]) == (
        (verdict.outcome, verdict.score),
        ids(verdict),
    )
    assert (
        (
            "Inconclusive: Only 42 requests finished in 10 s at 20 users, and a verdict needs 100; "
            "raise run_time or users, shorten wait_time, or lower min_requests."
        ),
    ) == verdict.evidence


def test_too_few_requests_never_excuse_what_failed(settings, figures, judged):
    """A slow app finishes few requests because it is slow."""
    verdict = judged(settings(), figures("GET /a", [3.0] * 42))
    assert "fail" == verdict.outcome
    assert {"latency"} == set(ids(verdict))


def test_a_load_never_reached_decides_nothing(settings, figures, judged):
    """Good figures at three users say nothing of twenty."""
    verdict = judged(settings(), figures("GET /a", [0.1] * 500), users_reached=3)
    assert ("inconclusive", ["users-not-started"]) == (verdict.outcome, ids(verdict))


def test_an_unfit_generator_excuses_slowness(settings, figures, judged):
    """The doubt comes first, with its advice."""
    verdict = judged(settings(), figures("GET /a", [0.7] * 500), doubts=(SATURATED,))
    assert ("inconclusive", ["generator-saturated", "latency"]) == (verdict.outcome, ids(verdict))
    assert "Inconclusive: The generator used a full core. Lower users." == verdict.evidence[0]
    assert {"inconclusive"} == {finding.outcome for finding in verdict.findings}


@pytest.mark.parametrize(
    ("outcome", "seconds"),
    [
        pytest.param("inconclusive", 0.7, id="it may have been fast enough"),
        pytest.param("fail", 1.6, id="too slow whatever was added"),
    ],
)
def test_a_late_generator_excuses_what_it_can_have_added(
    outcome, seconds, settings, figures, judged
):
    """An answer one second over its limit is not the fault of half a second."""
    late = Doubt("generator-late", "It was held up.", "Try again.", spoils=True, may_add=0.5)
    verdict = judged(settings(), figures("GET /a", [seconds] * 500), doubts=(late,))
    assert outcome == verdict.outcome


def test_an_unfit_generator_excuses_no_failures(settings, figures, judged):
    """HTTP 500 is the app's own; the slowness beside it stays open."""
    verdict = judged(settings(), figures("GET /a", [0.7] * 500, failures=60), doubts=(SATURATED,))
    assert "fail" == verdict.outcome
    assert "failures" == verdict.findings[0].id
    assert {"inconclusive"} == {
        finding.outcome for finding in verdict.findings if finding.id == "latency"
    }


def test_an_unfit_generator_spoils_no_pass(settings, figures, judged):
    """It makes apps look slower, never faster."""
    verdict = judged(settings(), figures("GET /a", [0.1] * 500), doubts=(SATURATED, NOISY))
    assert "pass" == verdict.outcome
    assert (
        "Note: The generator used a full core. Lower users.",
        "Note: Other programs were busy. Close them.",
    ) == verdict.evidence[-2:]


def test_a_doubt_that_spoils_nothing_is_a_note(settings, figures, judged):
    """The fail stands."""
    verdict = judged(settings(), figures("GET /a", [0.7] * 500), doubts=(NOISY,))
    assert "fail" == verdict.outcome
    assert "Note: Other programs were busy. Close them." == verdict.evidence[-1]


def test_a_rate_the_users_cannot_ask_for_is_not_held_against_the_app(settings, figures, judged):
    """Twenty users who pause for a second ask at most twenty times a second."""
    verdict = judged(settings(min_rps=500), figures("GET /a", [0.1] * 180))
    assert ("inconclusive", ["request-rate"]) == (verdict.outcome, ids(verdict))
    assert (
        "Inconclusive: All requests: Request rate 18/s (must be >= 500/s) at 20 users, "
        "18 requests/s; with their pauses, 20 users ask at most 19.8/s, however fast the app; "
        "raise users or lower wait_time."
    ) == verdict.evidence[0]


def test_a_rate_the_app_does_not_keep_up_with_fails(settings, figures, judged):
    """Without its slowness the users would have asked often enough."""
    asked = settings(min_rps=15, max_avg_response_time=None, max_p95_response_time=None)
    verdict = judged(asked, figures("GET /a", [1.9] * 100))
    assert ("fail", ["request-rate"]) == (verdict.outcome, ids(verdict))


def test_a_limit_on_an_unknown_endpoint_decides_nothing(settings, figures, judged):
    """k6 would let it pass."""
    asked = settings(thresholds={"http_req_duration{name:/zz}": "p(95)<500"})
    verdict = judged(asked, figures("GET /a", [0.1] * 200))
    assert ("inconclusive", ["no-such-endpoint"]) == (verdict.outcome, ids(verdict))
    assert "measured were GET /a." in verdict.evidence[0]


def test_a_limit_on_an_endpoint_without_answers_decides_nothing(settings, figures, judged):
    """What was named by itself must be known by itself."""
    asked = settings(thresholds={"http_req_duration{name:/b}": "p(95)<500"})
    verdict = judged(asked, figures("GET /a", [0.1] * 200), figures("GET /b"))
    assert ("inconclusive", ["no-requests"]) == (verdict.outcome, ids(verdict))


@pytest.mark.parametrize(
    ("expected", "causes"),
    [
        (("inconclusive", "generator-exhausted"), {NO_FILES: 20}),
        (("inconclusive", "generator-exhausted"), {NO_FILES: 19, "HTTP 500": 1}),
        (("fail", "failures"), {NO_FILES: 10, "HTTP 500": 10}),
        (("fail", "failures"), {"HTTP 500": 20}),
    ],
)
def test_failures_of_the_generator_itself_are_not_the_apps(
    expected, causes, settings, figures, judged
):
    """They are excused where the others keep the limit."""
    app = figures("GET /a", [0.1] * 480, failures=20, causes=causes)
    verdict = judged(settings(), app, doubts=(EXHAUSTED,))
    assert expected == (verdict.outcome, verdict.findings[0].id)


@pytest.mark.parametrize(
    ("expected", "causes"),
    [
        (("inconclusive", 0.5, "generator-exhausted"), {NO_FILES: 50}),
        (("fail", 0.0, "all-failed"), {NO_FILES: 49, "HTTP 500": 1}),
    ],
)
def test_a_run_that_only_the_generator_failed_says_nothing(
    expected, causes, settings, figures, judged
):
    """An app that was never reached did not fail."""
    verdict = judged(settings(), figures("GET /a", failures=50, causes=causes), doubts=(EXHAUSTED,))
    assert expected == (verdict.outcome, verdict.score, verdict.findings[0].id)


def test_an_unfit_generator_does_not_excuse_an_app_that_answers_nothing(settings, figures, judged):
    """Slow is one thing, silent another."""
    verdict = judged(settings(), figures("GET /a", in_flight=[8.0] * 20), doubts=(SATURATED,))
    assert ("fail", ["hung"]) == (verdict.outcome, ids(verdict))


@pytest.mark.parametrize("lost", ["listener-errors", "users-died"])
def test_lost_data_or_lost_users_decide_nothing(lost, settings, figures, judged):
    """What was not recorded may have been slow; what was not asked is not known."""
    doubt = Doubt(lost, "Something was lost.", "Report it.", spoils=True)
    verdict = judged(settings(), figures("GET /a", [0.1] * 500), doubts=(doubt,))
    assert ("inconclusive", [lost]) == (verdict.outcome, ids(verdict))
    assert ("Inconclusive: Something was lost. Report it.",) == verdict.evidence


def test_users_that_were_not_started_are_told_once(settings, figures, judged):
    """The measurement's own doubt about the same fact is no second line."""
    doubt = Doubt("users-not-reached", "Only 3 of 20.", "Wait longer.", spoils=False)
    verdict = judged(settings(), figures("GET /a", [0.1] * 500), users_reached=3, doubts=(doubt,))
    assert 1 == len(verdict.evidence)


def test_a_load_that_the_generator_did_not_make_spoils_a_pass(settings, figures, judged):
    """Limits that hold under another load than the one asked for say nothing about that one."""
    doubt = Doubt("arrivals-not-sent", "Only 5 of 9 were sent.", "Ask for less.", spoils=True)

    verdict = judged(settings(), figures("GET /a", [0.1] * 200), doubts=(doubt,))

    assert ("inconclusive", "arrivals-not-sent") == (verdict.outcome, verdict.findings[0].id)


@pytest.mark.parametrize(("outcome", "min_rps"), [("fail", 18), ("inconclusive", 30)])
def test_a_rate_above_that_of_the_arrivals_is_out_of_reach(
    outcome, min_rps, settings, figures, judged
):
    """An app cannot answer what nobody asked; what was asked and not answered is its own."""
    arrivals = ArrivalsMeasurement(200, 160, 40, 20.0, 16.0, 16.0)

    verdict = judged(settings(min_rps=min_rps), figures("GET /a", [0.1] * 160), arrivals=arrivals)

    said = "no more than 20/s were asked for, however fast the app; raise arrival_rate."
    assert outcome == verdict.outcome
    assert (outcome == "inconclusive") == verdict.evidence[0].endswith(said)


def near_floor(may_add):
    return Doubt("near-noise-floor", "Near.", "More room.", spoils=True, may_add=may_add)


def near_ceiling(may_add):
    return Doubt(
        "near-ceiling", "Near.", "Fewer.", spoils=True, may_add=may_add, may_add_each=1 / 10_000
    )


@pytest.mark.parametrize(
    ("outcome", "seconds"),
    [
        pytest.param("inconclusive", 0.0018, id="the machine may have filled the limit"),
        pytest.param("fail", 0.0021, id="more than the machine takes at all"),
    ],
)
def test_what_a_server_that_does_nothing_takes_is_not_held_against_an_app(
    outcome, seconds, settings, figures, judged
):
    """A limit of 1 ms, on a machine that takes 0.9 ms by itself."""
    verdict = judged(
        settings(max_p95_response_time=1),
        figures("GET /a", [seconds] * 500),
        doubts=(near_floor(0.0009),),
    )

    assert outcome == verdict.outcome


@pytest.mark.parametrize(
    ("outcome", "rate"),
    [
        pytest.param("inconclusive", 8500, id="the app adds little to what the machine takes"),
        pytest.param("inconclusive", 4800, id="without the machine it would be fast enough"),
        pytest.param("fail", 4700, id="without the machine it would be too slow"),
        pytest.param("fail", 40, id="the app alone is slow"),
    ],
)
def test_a_rate_that_the_machine_hardly_makes_is_judged_without_the_machines_share(
    outcome, rate, settings, figures, judged
):
    """9000 requests a second, on a machine that makes 10000 of a server that does nothing."""
    verdict = judged(
        settings(min_rps=9000, max_avg_response_time=None, max_p95_response_time=None),
        figures("GET /a", [20 / rate] * rate * 10),
        doubts=(near_ceiling(0.002),),
    )

    assert outcome == verdict.outcome


def test_the_noise_floor_excuses_no_rate(settings, figures, judged):
    """What a request takes at least does not bound how many there are."""
    asked = settings(min_rps=15, max_avg_response_time=None, max_p95_response_time=None)
    verdict = judged(asked, figures("GET /a", [1.9] * 100), doubts=(near_floor(0.0009),))

    assert ("fail", ["request-rate"]) == (verdict.outcome, ids(verdict))


@pytest.mark.parametrize(
    ("outcome", "limit", "seconds", "waited"),
    [
        pytest.param("inconclusive", 500, 0.7, 0.4, id="the wait may explain it"),
        pytest.param("fail", 500, 1.05, 9.0, id="no slowdown by two explains it"),
        pytest.param("fail", 500, 0.95, 0.4, id="the app waited less than that"),
        pytest.param("inconclusive", 1, 0.008, 0.05, id="a short time may be a wait for a turn"),
        pytest.param("fail", 1, 0.013, 0.05, id="longer than a wait for a turn"),
    ],
)
def test_a_busy_machine_excuses_what_it_can_have_done(  # noqa: PLR0917 # three are builders
    outcome, limit, seconds, waited, settings, figures, judged
):
    """Both bounds hold: slowdown with a wait for its turn, and what the app was seen to wait."""
    busy = Doubt("machine-busy", "Busy.", "Later.", spoils=True, may_add=waited, may_slow=2.0)
    asked = settings(max_p95_response_time=limit, max_avg_response_time=None)

    verdict = judged(asked, figures("GET /a", [seconds] * 500), doubts=(busy,))

    assert outcome == verdict.outcome


@pytest.mark.parametrize(("outcome", "rate"), [("inconclusive", 30), ("fail", 20)])
def test_a_busy_machine_may_have_halved_a_rate(outcome, rate, settings, figures, judged):
    """And not more than halved it."""
    asked = settings(min_rps=50, max_avg_response_time=None, max_p95_response_time=None)
    busy = Doubt("machine-busy", "Busy.", "Later.", spoils=True, may_add=0.1, may_slow=2.0)

    verdict = judged(asked, figures("GET /a", [0.9] * rate * 10), doubts=(busy,))

    assert outcome == verdict.outcome


def test_only_what_excused_something_is_a_reason(settings, figures, judged):
    """A doubt about the noise floor does not explain half a second; it stays a note."""
    verdict = judged(
        settings(), figures("GET /a", [0.7] * 500), doubts=(near_floor(0.001), SATURATED)
    )

    assert ["generator-saturated", "latency"] == ids(verdict)
    assert "Note: Near. More room." in verdict.evidence


@pytest.mark.parametrize(
    ("expected", "asked", "seconds"),
    [
        pytest.param(False, {}, 0.1, id="nothing broke"),
        pytest.param(False, {}, 0.7, id="no machine adds half a second"),
        pytest.param(False, {"max_p95_response_time": 10}, 0.05, id="too slow for any machine"),
        pytest.param(True, {"max_p95_response_time": 10}, 0.015, id="a short time, just exceeded"),
        pytest.param(True, {"min_rps": 5000}, 0.001, id="a rate that some machines do not make"),
        pytest.param(False, {"min_rps": 500}, 0.001, id="a rate that any machine makes"),
    ],
)
def test_the_machine_is_asked_about_only_where_it_matters(  # noqa: PLR0917 # three are builders
    expected, asked, seconds, settings, figures, run
):
    """Measuring it takes longer than most verdicts."""
    measured = run(figures("GET /a", [seconds] * 500))

    assert expected is could_be_the_machines(settings(**asked), measured)
    assert not could_be_the_machines(settings(**asked), replace(measured, interrupted=True))


@pytest.mark.parametrize(("told", "seconds"), [(False, 0.1), (True, 0.7)])
def test_a_busy_machine_is_no_news_in_a_pass(told, seconds, settings, figures, judged):
    """It stands among the doubts of the figures; evidence has room for twelve lines."""
    busy = Doubt("machine-busy", "Busy.", "Later.", spoils=True, may_add=0.01, may_slow=2.0)

    verdict = judged(settings(), figures("GET /a", [seconds] * 500), doubts=(busy,))

    assert told is ("Note: Busy. Later." in verdict.evidence)
