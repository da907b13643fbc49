"""Which request a user sends next, and how long it pauses: drawn from the plan's seed."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from codeoptix_performance.errors import EngineError
from codeoptix_performance.load.plan import LoadPlan
from codeoptix_performance.load.server_address import ServerAddress
from codeoptix_performance.load.session import Sessions
from codeoptix_performance.load.wire import WireRequest, encode_request
from codeoptix_performance.target.endpoint import Creation, Endpoint, Request
from codeoptix_performance.target.login import Login, Step


@dataclass(frozen=True, slots=True)
class ItemSource:
    """How a user's items are made; ``endpoint`` is where that is recorded, if anywhere.

    ``path`` is that of ``request`` before encoding. ``key`` is the same for all sources that make
    the same items, whatever their placeholders are called.
    """

    key: str
    endpoint: int | None
    request: WireRequest
    path: str
    id_field: str
    placeholder: str
    kept: bool
    before: ItemSource | None


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint of the plan, encoded; ``paths`` are those of ``requests`` before encoding."""

    endpoint: int
    requests: tuple[WireRequest, ...]
    paths: tuple[str, ...]
    items: ItemSource | None


@dataclass(frozen=True, slots=True)
class Doorstep:
    """One request on the way in, and the page asked before it, with where they are recorded."""

    endpoint: int | None
    request: WireRequest
    page_endpoint: int | None
    page: WireRequest | None


@dataclass(frozen=True, slots=True)
class Entrance:
    """How users become known to the app; ``register`` and ``enter`` may be None.

    Who finds one free in ``sessions`` is known already.
    """

    login: Login
    register: Doorstep | None
    enter: Doorstep | None
    sessions: Sessions


@dataclass(frozen=True, slots=True)
class Traffic:
    """Everything users choose from, shared by all of them."""

    routes: tuple[Route, ...]
    cumulative_weights: tuple[int, ...]
    wait_time: tuple[float, float]
    seed: int
    entrance: Entrance | None = None


def encode_traffic(plan: LoadPlan, address: ServerAddress) -> Traffic:
    """The plan's endpoints, encoded; raises ``EngineError`` where nothing can be chosen."""
    numbers = {endpoint.name: number for number, endpoint in enumerate(plan.endpoints)}
    chosen = [
        (_route(number, endpoint, numbers, address), endpoint.weight)
        for number, endpoint in enumerate(plan.endpoints)
        if endpoint.weight > 0 and endpoint.requests
    ]
    if not chosen:
        raise EngineError("No endpoint with a weight above 0 is there to put under load.")
    weights = tuple(accumulate(weight for _, weight in chosen))
    entrance = _entrance(plan.login, plan.sessions, numbers, address) if plan.login else None
    routes = tuple(route for route, _ in chosen)
    return Traffic(routes, weights, plan.wait_time, plan.seed, entrance)


def _route(
    number: int, endpoint: Endpoint, numbers: dict[str, int], address: ServerAddress
) -> Route:
    requests = tuple(encode_request(request, address) for request in endpoint.requests)
    paths = tuple(address.path_prefix + request.path for request in endpoint.requests)
    items = _item_source(endpoint.creation, numbers, address) if endpoint.creation else None
    return Route(number, requests, paths, items)


def _item_source(creation: Creation, numbers: dict[str, int], address: ServerAddress) -> ItemSource:
    before = _item_source(creation.before, numbers, address) if creation.before else None
    return ItemSource(
        key=f"{before.key} > {creation.endpoint}" if before else creation.endpoint,
        endpoint=numbers.get(creation.endpoint),
        request=encode_request(creation.request, address),
        path=address.path_prefix + creation.request.path,
        id_field=creation.id_field,
        placeholder=creation.placeholder,
        kept=creation.kept,
        before=before,
    )


def _entrance(
    login: Login, sessions: Sessions, numbers: dict[str, int], address: ServerAddress
) -> Entrance:
    def doorstep(step: Step | None) -> Doorstep | None:
        if step is None:
            return None
        page = encode_request(Request("GET", step.page), address) if step.page else None
        return Doorstep(
            endpoint=numbers.get(step.endpoint),
            request=encode_request(step.request, address),
            page_endpoint=numbers.get(f"GET {step.page}"),
            page=page,
        )

    return Entrance(login, doorstep(login.register), doorstep(login.enter), sessions)


class Choices:
    """One user's choices: the same for the same seed and user, whatever the app answers.

    An endpoint's requests are taken in turn, each user beginning at a different one.
    """

    def __init__(self, traffic: Traffic, user: int) -> None:
        self._routes = traffic.routes
        self._weights = traffic.cumulative_weights
        self._wait_time = traffic.wait_time
        self._random = Random(f"{traffic.seed}/{user}")  # noqa: S311 # repeatable, not secret
        self._turns = [user] * len(traffic.routes)
        self.pauses = traffic.wait_time[1] > 0
        """Whether any pause is longer than none."""

    def next_route(self) -> tuple[Route, int]:
        """An endpoint by weight, and which of its requests is next in turn."""
        number = 0
        if len(self._weights) > 1:
            number = bisect(self._weights, self._random.random() * self._weights[-1])
        route, turn = self._routes[number], self._turns[number]
        self._turns[number] = turn + 1
        return route, turn % len(route.requests)

    def pause(self) -> float:
        """Seconds until the next request, drawn evenly from the plan's range."""
        return self._random.uniform(*self._wait_time) if self.pauses else 0.0
