from collections import Counter

import pytest

from codeoptix_performance.errors import EngineError
from codeoptix_performance.load.plan import LoadPlan, steady_users
from codeoptix_performance.load.server_address import ServerAddress
from codeoptix_performance.load.traffic import Choices, encode_traffic
from codeoptix_performance.target.endpoint import Creation, Endpoint, Request

ADDRESS = ServerAddress("h", tls=False, host_header="h", path_prefix="/v1", candidates=())


def _plan(*endpoints, wait_time=(0.5, 2.0), seed=0):
    return LoadPlan("http://h", endpoints, steady_users(1, 1.0, 1.0), wait_time, 1.0, seed)


def _endpoint(path, weight, *requests):
    requests = requests or (Request("GET", path),)
    return Endpoint("GET", path, "settings", requests, weight)


def _drawn(traffic, user, count):
    choices = Choices(traffic, user)
    return [(choices.next_route()[0].endpoint, choices.pause()) for _ in range(count)]


def test_endpoints_are_drawn_by_weight():
    """Of many draws each endpoint has its share, and one of weight 0 has none."""
    traffic = encode_traffic(
        _plan(_endpoint("/a", 5), _endpoint("/b", 0), _endpoint("/c", 3)), ADDRESS
    )

    counts = Counter(endpoint for endpoint, _ in _drawn(traffic, 0, 8000))

    assert {0, 2} == set(counts)
    assert counts[0] == pytest.approx(5000, rel=0.05)


def test_the_seed_decides():
    """The same seed and user draw the same; another user or another seed does not."""
    endpoints = (_endpoint("/a", 1), _endpoint("/b", 1))
    traffic = encode_traffic(_plan(*endpoints), ADDRESS)
    other = encode_traffic(_plan(*endpoints, seed=1), ADDRESS)

    first = _drawn(traffic, 3, 50)

    assert first == _drawn(traffic, 3, 50)
    assert first != _drawn(traffic, 4, 50)
    assert first != _drawn(other, 3, 50)


def test_pauses_stay_within_the_plan():
    """Pauses are spread over the whole range and never leave it."""
    traffic = encode_traffic(_plan(_endpoint("/a", 1), wait_time=(0.5, 2.0)), ADDRESS)

    pauses = [pause for _, pause in _drawn(traffic, 0, 2000)]

    assert min(pauses) >= 0.5
    assert max(pauses) <= 2.0
    assert sum(pauses) / len(pauses) == pytest.approx(1.25, rel=0.05)


def test_requests_are_sent_in_turn():
    """An endpoint's requests come one after the other; users begin at different ones."""
    requests = [Request("GET", f"/a/{number}") for number in range(3)]
    traffic = encode_traffic(_plan(_endpoint("/a/{id}", 1, *requests)), ADDRESS)

    turns = {user: [turn for _, turn in _next_routes(traffic, user, 4)] for user in (0, 1)}

    assert turns == {0: [0, 1, 2, 0], 1: [1, 2, 0, 1]}
    assert b"/v1/a/2" == traffic.routes[0].requests[2].target


def _next_routes(traffic, user, count):
    choices = Choices(traffic, user)
    return [choices.next_route() for _ in range(count)]


@pytest.mark.parametrize(("recorded_as", "creator"), [(0, "POST /items"), (None, "POST /others")])
def test_items_know_where_their_creation_is_recorded(recorded_as, creator):
    """A creation belongs to its endpoint of the plan, or to none."""
    creation = Creation(creator, Request("POST", "/items"), "id", "{id}")
    delete = Endpoint("DELETE", "/items/{id}", "openapi", (Request("DELETE", "/items/{id}"),), 1,
                      creation)  # fmt: skip
    post = Endpoint("POST", "/items", "openapi", (Request("POST", "/items"),))

    items = encode_traffic(_plan(post, delete), ADDRESS).routes[1].items

    assert recorded_as == items.endpoint


@pytest.mark.parametrize(
    "endpoints",
    [
        pytest.param((), id="no endpoint"),
        pytest.param((_endpoint("/a", 0),), id="no weight"),
        pytest.param((Endpoint("GET", "/", "crawl", ()),), id="no request"),
    ],
)
def test_nothing_to_choose_from(endpoints):
    """A plan without anything to send is refused before the load begins."""
    with pytest.raises(EngineError, match="No endpoint"):
        encode_traffic(_plan(*endpoints), ADDRESS)
