import pytest

from codeoptix_performance.load.plan import steady_users
from codeoptix_performance.load.planning import QUICK_RUN, expected_requests, plan_load
from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.target.endpoint import Endpoint, Request
from codeoptix_performance.target.target import Target

ENDPOINTS = (Endpoint("GET", "/", "settings", (Request("GET", "/"),)),)
TARGET = Target("http://127.0.0.1:1", "an app", ENDPOINTS)


def test_the_plan_carries_what_was_asked():
    """Users, rates and times mean what they mean in Locust, unchanged."""
    asked = {"users": 7, "spawn_rate": 3.0, "run_time": 60.0, "request_timeout": 4.0, "seed": 9}
    settings = Settings(**asked, run_time_given=True)

    plan = plan_load(settings, TARGET)

    planned = (plan.users, plan.spawn_rate, plan.run_time, plan.request_timeout, plan.seed)
    assert planned == tuple(asked.values())
    assert (plan.base_url, plan.endpoints) == ("http://127.0.0.1:1", ENDPOINTS)


@pytest.mark.parametrize(
    ("expected", "users", "spawn_rate", "run_time", "mean"),
    [
        pytest.param(9.5, 1, 1.0, 10.0, 1.0, id="one user, a request a second"),
        pytest.param(18.0, 2, 1.0, 10.0, 1.0, id="the second user comes a second later"),
        pytest.param(19.0, 1, 1.0, 10.0, 0.5, id="half the pause, twice the requests"),
        pytest.param(12.5, 100, 1.0, 5.0, 1.0, id="users who would come after the end do not"),
        pytest.param(400.0, 20, 2.0, 30.0, 1.25, id="the defaults"),
    ],
)
def test_expected_requests(expected, users, spawn_rate, run_time, mean):
    """The number of requests is the users' time on stage, over the mean pause."""
    stages = steady_users(users, spawn_rate, run_time)
    assert expected == pytest.approx(expected_requests(stages, mean, run_time))


@pytest.mark.parametrize(
    ("wait_time", "changes"),
    [
        pytest.param((0.5, 2.0), {}, id="enough requests: the pauses stay"),
        pytest.param((0.5, 2.0), {"min_requests": 0}, id="none needed: the pauses stay"),
        pytest.param((0.25, 1.0), {"min_requests": 615}, id="half as many as needed: half as long"),
        pytest.param((0.02, 0.08), {"min_requests": 10**6}, id="never below a mean of 50 ms"),
        pytest.param((0.0, 0.0), {"min_requests": 10**6, "wait_time": (0.0, 0.0)}, id="no pauses"),
        pytest.param(
            (0.5, 2.0), {"min_requests": 10**6, "wait_time_given": True}, id="named by a person"
        ),
    ],
)
def test_pauses(wait_time, changes):
    """Pauses are shortened by one factor, just enough, and only where nobody named them."""
    asked = {"spawn_rate": 2.0, "spawn_rate_given": True, "run_time_given": True, **changes}
    plan = plan_load(Settings(users=20, **asked), TARGET)

    assert wait_time == pytest.approx(plan.wait_time, rel=0.01)


def test_a_short_run_still_plans_the_reserve():
    """With shortened pauses the expectation is the minimum times the reserve, exactly."""
    settings = Settings(users=20, run_time=4.0, run_time_given=True, min_requests=100)
    plan = plan_load(settings, TARGET)

    mean = sum(plan.wait_time) / 2
    assert expected_requests(plan.stages, mean, 4.0) == pytest.approx(130)


def test_a_run_that_ends_when_decided_plans_enough_for_its_first_seconds():
    """However long it may last: at the guide's pauses alone its minimum would take six seconds."""
    plan = plan_load(Settings(users=20, run_time=30.0, min_requests=100), TARGET)

    mean = sum(plan.wait_time) / 2
    assert expected_requests(plan.stages, mean, QUICK_RUN) == pytest.approx(130)


@pytest.mark.parametrize(
    ("expected", "changes"),
    [
        pytest.param(2.0, {"run_time": 30.0}, id="the guide's run: a third of it is the ramp"),
        pytest.param(7.5, {"run_time": 8.0}, id="a shorter run: the users come faster"),
        pytest.param(2.0, {"run_time": 120.0}, id="a longer run: no slower than the guide's"),
        pytest.param(2.0, {"run_time": 8.0, "spawn_rate_given": True}, id="named by a person"),
        pytest.param(40.0, {"run_time_given": False}, id="a run that ends when decided: at once"),
        pytest.param(40.0, {"early_stop": True}, id="likewise where early_stop was named"),
    ],
)
def test_spawn_rate(expected, changes):
    """Users arrive within a third of the run, unless somebody said how fast."""
    asked = {"run_time_given": True, **changes}
    plan = plan_load(Settings(users=20, spawn_rate=2.0, **asked), TARGET)

    assert expected == pytest.approx(plan.spawn_rate)
