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

    @property
    def is_fresh(self) -> bool:
        """Whether it is another one each time it is sent."""
        return UNIQUE in self.path or UNIQUE.encode() in (self.body or b"")


@dataclass(frozen=True, slots=True)
class Creation:
    """How a user makes an item of its own: ask, then read ``id_field`` (``data.id``) of the answer.

    Where ``id_field`` is empty or missing there, the id is the end of ``Location``. ``placeholder``
    (for example ``{item_id}``) stands in the path of the request that uses the item. A ``kept``
    item is used again by the user's later requests; any other is used up by one. ``before`` is
    made first: its placeholder may stand in this request's path.
    """

    endpoint: str
    request: Request
    id_field: str
    placeholder: str
    kept: bool = False
    before: Creation | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A method and a path template with its requests, sent in turn; ``weight`` as in Locust.

    ``creation`` is set where requests need items of their user's own, such as DELETE: the item is
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
    """An endpoint that was found and not put under load, with the reason in one clause.

    ``on_purpose``: it would do harm, or no load can be put on it; else it could not be exercised.
    """

    name: str
    reason: str
    on_purpose: bool = False
