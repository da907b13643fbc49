import pytest

from codeoptix_performance.load.plan import LoadPlan, steady_users
from codeoptix_performance.measurement.recorder import MOST_CHANGES, Recorder, Unfinished
from codeoptix_performance.target.endpoint import Endpoint, Request

ENDPOINTS = tuple(
    Endpoint("GET", path, "settings", (Request("GET", path),)) for path in ("/a", "/b")
)
PLAN = LoadPlan("http://h", ENDPOINTS, steady_users(2, 1.0, 10.0), (1.0, 1.0), 5.0, 0)


def test_requests_are_kept_under_their_endpoint():
    """What was begun and ended is found there with its figures, in the order it ended."""
    recorder = Recorder(PLAN)
    first, second = recorder.begin(1, 10.0, 10.0), recorder.begin(0, 10.5, 10.5)
    third = recorder.begin(1, 10.5, 10.75)
    recorder.end(second, 10.75, status=200, size=12, cause=None)
    recorder.end(first, 12.0, status=0, size=0, cause="connection refused")
    recorder.end(third, 12.5, status=200, size=3, cause=None)

    a, b = recorder.samples

    assert ([10.5], [0.25], [200], b"\0") == (
        list(a.columns.due),
        a.seconds,
        a.statuses,
        a.failed,
    )
    assert ([10.0, 10.5], [2.0, 2.0], [0, 200], b"\1\0") == (
        list(b.columns.due),
        b.seconds,
        b.statuses,
        b.failed,
    )
    assert [0, 2_500_000] == list(b.columns.delay)
    assert (12, 3) == (a.received_bytes, b.received_bytes)
    assert ({}, {"connection refused": 1}) == (a.causes, b.causes)
    assert [] == recorder.in_flight()


def test_unfinished_requests_stay_in_flight():
    """A request without an end is in flight, with its endpoint and when it was due and sent."""
    recorder = Recorder(PLAN)
    recorder.begin(0, 1.0, 1.0)
    recorder.begin(1, 1.5, 2.0)

    assert [Unfinished(0, 1.0, 1.0), Unfinished(1, 1.5, 2.0)] == recorder.in_flight()
    assert 2 == recorder.count_in_flight()


def test_the_first_event_is_when_the_run_began():
    """Whichever it is: a user who arrives, or a request that leaves."""
    arrived, asked = Recorder(PLAN), Recorder(PLAN)
    arrived.users(1, 3.0)
    arrived.begin(0, 4.0, 4.0)
    asked.begin(0, 4.0, 4.5)

    assert (3.0, 4.5) == (arrived.began_at, asked.began_at)


@pytest.mark.parametrize("token", [0, 2], ids=["never given", "already ended"])
def test_a_token_ends_once(token):
    """A generator that ends what it never began has a defect, which must come out."""
    recorder = Recorder(PLAN)
    recorder.begin(0, 1.0, 1.0)
    recorder.end(recorder.begin(0, 1.0, 1.0), 2.0, 200, 0, None)

    with pytest.raises(KeyError):
        recorder.end(token, 3.0, 200, 0, None)


def test_users_who_come_and_go_for_ever_take_bounded_memory():
    """Of each second the most that were active and the last are told, whatever was before."""
    recorder = Recorder(PLAN)
    for number in range(MOST_CHANGES):
        recorder.users(1, number / MOST_CHANGES)
    for second in (1, 2):
        for tenth, count in enumerate((2, 3, 9, 8, 4, 5)):
            recorder.users(count * second, second + tenth / 10)

    assert [(1.2, 9), (1.5, 5), (2.2, 18), (2.5, 10)] == recorder.user_changes[MOST_CHANGES:]
