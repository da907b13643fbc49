"""What can be asked of an app: endpoints, and requests ready to be sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Origin = Literal["settings", "guide", "openapi", "routes", "crawl"]

UNIQUE = "zq0uniq0"
"""Eight characters that stand for a value used once. Whoever sends a request replaces every
occurrence in path and body by a counter of the same width, so Content-Length stays right."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request, ready to send: ``path`` includes the query; ``body`` is the encoded bytes."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Creation:
    """How an item is made that another request then uses up: ask, then read ``id_field``.

    ``placeholder`` (for example ``{item_id}``) stands in the path of the request that uses it.
    """

    endpoint: str
    request: Request
    id_field: str
    placeholder: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A method and a path template with its requests, sent in turn; ``weight`` as in Locust.

    ``creation`` is set where every request needs an item of its own (DELETE): the item is
    created first, and its id takes the place of the placeholder.
    """

    method: str
    path: str
    origin: Origin
    requests: tuple[Request, ...]
    weight: int = 1
    creation: Creation | None = None

    @property
    def name(self) -> str:
        """``GET /items/{item_id}``: the name under which it is measured and reported."""
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Skipped:
    """An endpoint that was found and not put under load, with the reason in one clause."""

    name: str
    reason: str
