"""The sequential decision on drawn runs: when it decides, when it waits, and for what."""

import pytest

from benchmarks.verdict_errors import AVERAGE, FAILURES, P95, App, play
from codeoptix_performance.settings.limits import Limit
from codeoptix_performance.settings.sources import settings_from
from codeoptix_performance.verdict.sequential.decision import AFTER_A_FAIL, SequentialDecision
from codeoptix_performance.verdict.sequential.due_bins import Finished
from codeoptix_performance.verdict.sequential.looks import HostHealth, News

GUIDE = (P95, AVERAGE, FAILURES)


def limits(**words):
    """The limits these settings ask for, and no others."""
    off = dict.fromkeys(("max_avg_response_time", "max_p95_response_time", "max_failure_rate"))
    return settings_from({**off, **words}, profile="api").limits


def run_of(
    requests,
    asked,
    *,
    until,
    health=None,
    steady_since=0.0,
    endpoints=("GET /",),
    unchosen=frozenset(),
):
    """The last look at these requests of the first endpoint, looked at every 0.2 s."""
    decision = SequentialDecision(
        asked, endpoints, min_requests=100, request_timeout=10.0, unchosen=unchosen
    )
    others = [()] * (len(endpoints) - 1)
    told = 0.0
    for step in range(1, int(until * 5) + 1):
        now = step / 5
        finished = [one for one in requests if told < one.due + one.seconds <= now]
        waiting = [one.due for one in requests if one.due <= now < one.due + one.seconds]
        since = steady_since if steady_since is not None and steady_since <= now else None
        look = decision.look(
            News(now, since, [finished, *others], [waiting, *others], health or HostHealth())
        )
        told = now
        if look.over:
            break
    return look


def evenly(seconds, *, rate=200, until=30.0, failed=False, start=0.0):
    count = int((until - start) * rate)
    return [Finished(start + (number + 0.5) / rate, seconds, failed) for number in range(count)]


def states(look):
    return [decision.state for decision in look.decisions]


def test_a_fast_app_passes_as_soon_as_two_seconds_are_over():
    """Far below its limits every tier is the first; the failure limit needs no proof to end."""
    look = run_of(evenly(0.02), GUIDE, until=30)

    assert (2.0, True) == (look.now, look.over)
    assert ["passes", "passes", "open"] == states(look)
    assert look.decisions[2].clean
    assert 731 == look.decisions[2].needed


def test_nobody_waits_for_an_endpoint_that_users_ask_once():
    """A login stays undecided however long the run goes on."""
    names, login = ("GET /", "POST /login"), frozenset({"POST /login"})

    awaited = run_of(evenly(0.02), (P95,), until=4, endpoints=names)
    once = run_of(evenly(0.02), (P95,), until=4, endpoints=names, unchosen=login)

    assert (False, True, 2.0) == (awaited.over, once.over, once.now)
    assert ["passes", "open"] == states(once)


def test_a_slow_app_fails_as_soon_as_two_seconds_are_over():
    """All requests that are old enough are twice over the limit."""
    look = run_of(evenly(1.5), (P95, AVERAGE), until=30)

    assert look.now <= 3.0
    assert ["fails", "fails"] == states(look)


def test_an_app_that_never_answers_fails():
    """Twenty users who wait are twenty requests slower than any limit."""
    hung = [Finished(number / 20, float("inf"), failed=False) for number in range(20)]

    look = run_of(hung, GUIDE, until=30)

    assert look.now <= 3.0
    assert ["fails", "fails", "open"] == states(look)


def test_an_app_that_fails_fast_is_not_fast():
    """Failures break the failure limit, and the percentile with it."""
    look = run_of(evenly(0.002, failed=True), GUIDE, until=30)

    assert look.now <= 2.4
    assert "fails" == look.decisions[0].state == look.decisions[2].state


def test_a_figure_on_its_limit_is_never_decided():
    """One request in twenty is slower: proof would need all requests there are."""
    slow, fast = evenly(0.6, rate=5), evenly(0.1, rate=95)

    look = run_of(slow + fast, (P95,), until=30)

    assert (["open"], False) == (states(look), look.over)
    assert look.decisions[0].needed is None or look.decisions[0].needed > 100_000


def test_after_a_fail_the_others_get_a_little_time():
    """The load goes on for limits something speaks against, and not for ever."""
    slow, fast = evenly(0.6, rate=40), evenly(0.1, rate=160)
    asked = limits(
        max_p95_response_time=300, max_p90_response_time=100, max_median_response_time=101
    )

    look = run_of(slow + fast, asked, until=30)
    failed_at = min(one.at for one in look.decisions if one.state == "fails")

    assert look.over
    assert look.now <= failed_at + AFTER_A_FAIL + 0.2


@pytest.mark.parametrize(
    ("health", "decided"),
    [
        pytest.param(HostHealth(), True, id="nothing else to do"),
        pytest.param(HostHealth(lag=0.2), True, id="a delay that explains little"),
        pytest.param(HostHealth(lag=0.5), False, id="a delay that explains it"),
        pytest.param(HostHealth(pressure=0.3), True, id="a machine a little busy"),
        pytest.param(HostHealth(pressure=0.6), False, id="a machine that halves every speed"),
        pytest.param(HostHealth(pressure=0.6, waited=0.1), True, id="an app that hardly waited"),
        pytest.param(HostHealth(generator_cpu=0.95), False, id="a generator at its end"),
    ],
)
def test_slowness_that_others_may_have_caused_is_no_early_fail(health, decided):
    """An app 2.4 times over its limit; a pass needs no such doubt."""
    look = run_of(evenly(1.2), (P95,), until=4, health=health)

    assert decided == ("fails" in states(look))
    assert ["passes"] == states(run_of(evenly(0.02), (P95,), until=4, health=health))


def test_a_busy_machine_does_not_hide_a_hung_app():
    """Five times over the limit is more than it can explain."""
    hung = [Finished(number / 20, float("inf"), failed=False) for number in range(20)]

    look = run_of(hung, (P95,), until=8, health=HostHealth(pressure=0.6))

    assert ["fails"] == states(look)


def test_failures_need_no_healthy_machine():
    """Nothing that is late turns an answer into an error."""
    mixed = evenly(0.02, rate=150) + evenly(0.002, rate=50, failed=True)

    look = run_of(mixed, (FAILURES,), until=30, health=HostHealth(pressure=0.9))

    assert ["fails"] == states(look)


def test_only_the_asked_load_proves_a_pass():
    """Before all users have arrived the app has borne nothing yet."""
    look = run_of(evenly(0.02), (P95,), until=30, steady_since=4.0)

    assert ["passes"] == states(look)
    assert 6.0 <= look.now <= 6.4


def test_users_who_never_all_arrive_prove_no_pass():
    """The run goes on to its end."""
    look = run_of(evenly(0.02), (P95,), until=8, steady_since=None)

    assert (["open"], False) == (states(look), look.over)


def test_a_slow_start_alone_fails_nothing():
    """Two thirds of a second at ten times the limit, then fast: the warm-up is left out."""
    cold = evenly(5.0, rate=60, until=0.6)

    look = run_of(cold + evenly(0.05, start=0.6), (P95,), until=30)

    assert ["passes"] == states(look)


def test_an_app_that_gets_faster_is_not_failed_before_it_has_settled():
    """From 0.95 s to 0.3 s in five seconds: still over the limit, and who knows where it ends."""
    requests = [
        Finished((number + 0.5) / 100, 0.95 * 0.8 ** (number / 100), failed=False)
        for number in range(600)
    ]

    assert ["open"] == states(run_of(requests, (P95,), until=6))


def test_too_few_requests_keep_the_run_going():
    """Limits that hold by far do not end a run that has not seen ``min_requests``."""
    look = run_of(evenly(0.02, rate=20), limits(max_median_response_time=500), until=30)

    assert 5.0 <= look.now <= 5.4


def test_an_endpoint_nobody_asked_keeps_the_run_going():
    """Its limits are as open as on the first day."""
    look = run_of(evenly(0.02), (P95,), until=10, endpoints=("GET /", "GET /rare"))

    assert (["passes", "open"], False) == (states(look), look.over)


@pytest.mark.parametrize(
    ("words", "state", "ends"),
    [
        pytest.param({"max_response_time": 1000}, "open", True, id="a maximum cannot be proven"),
        pytest.param({"max_response_time": 30}, "open", False, id="a maximum nearly reached"),
        pytest.param({"max_response_time": 10}, "fails", True, id="a maximum that is broken"),
        pytest.param({"max_failure_rate": 0}, "open", True, id="no failure cannot be proven"),
        pytest.param({"max_failure_rate": 1}, "passes", True, id="all may fail"),
        pytest.param({"min_rps": 50}, "passes", True, id="four times the asked rate"),
        pytest.param({"min_rps": 900}, "fails", True, id="a quarter of the asked rate"),
        pytest.param({"max_avg_response_time": 60}, "passes", True, id="a mean three times below"),
        pytest.param({"max_avg_response_time": 8}, "fails", True, id="a mean far above"),
    ],
)
def test_other_kinds_of_limits(words, state, ends):
    """200 requests a second of 20 ms, for six seconds."""
    look = run_of(evenly(0.02), limits(**words), until=6)

    assert ([state], ends) == (states(look), look.over)


@pytest.mark.parametrize(
    ("metric", "expression", "state"),
    [
        pytest.param("http_reqs", "count>=300", "passes", id="a number that is reached"),
        pytest.param("http_reqs", "count<5000", "open", id="a number that may yet be reached"),
        pytest.param("http_req_duration", "p(95)>5", "open", id="at least so slow"),
        pytest.param("http_req_duration", "min<5", "open", id="the fastest"),
        pytest.param("http_req_duration", "p(100)<5", "fails", id="the slowest"),
        pytest.param("http_req_failed", "rate==0", "open", id="exactly none"),
        pytest.param("http_req_duration", "p(95)<500", "passes", id="all endpoints together"),
        pytest.param("http_req_duration", "med<500", "passes", id="the median"),
    ],
)
def test_thresholds_of_every_kind_are_decided_or_left_to_the_end(metric, expression, state):
    """None is an error, and none is decided that only a whole run can tell."""
    asked = [
        one for one in limits(thresholds={metric: expression}) if one.source.startswith("http")
    ]

    look = run_of(evenly(0.02), asked, until=6)

    assert [state] == states(look)
    assert (state == "open") != look.over


def test_a_limit_too_fine_for_the_traffic_says_what_it_needs():
    """P99.9 at 50 requests a second: 6971 clean requests, and so it is open at the end."""
    asked = limits(thresholds={"http_req_duration": "p(99.9)<500"})[-1:]

    look = run_of(evenly(0.02, rate=50), asked, until=20)

    assert (["open"], 6971) == (states(look), look.decisions[0].needed)


def test_without_a_limit_nothing_is_ever_decided():
    """The run takes its time."""
    look = run_of(evenly(0.02), (), until=4)

    assert ((), False) == (look.decisions, look.over)


def test_limits_on_an_endpoint_that_does_not_exist_are_left_out():
    """The judge says so at the end; the run does not wait for it."""
    nowhere = Limit("x", "response_time", "percentile", "<", 0.5, 95.0, "/nowhere")

    look = run_of(evenly(0.02), (P95, nowhere), until=30)

    assert (["passes"], True) == (states(look), look.over)


def test_one_seed_makes_one_run():
    """The simulation is repeatable to the last request."""
    assert play(App(p95=0.35), GUIDE, 7) == play(App(p95=0.35), GUIDE, 7)
