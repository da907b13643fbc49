"""Polls: questions, votes and results, kept in a key-value store. Litestar."""

import asyncio
import json
import os
from dataclasses import dataclass
from typing import Any

import uvicorn
from litestar import Litestar, get, post
from litestar.exceptions import NotFoundException

STORE_LATENCY = 0.002
QUESTIONS = ("Tabs or spaces?", "Tea or coffee?", "Mountains or sea?", "Cats or dogs?")


class KeyValueStore:
    """In-process stand-in for Redis: values are JSON, each command is one round trip."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}

    async def get(self, key: str) -> Any:
        await asyncio.sleep(STORE_LATENCY)
        value = self._values.get(key)
        return None if value is None else json.loads(value)

    async def set(self, key: str, value: Any) -> None:
        await asyncio.sleep(STORE_LATENCY)
        self._values[key] = json.dumps(value)

    async def increment(self, key: str, by: int = 1) -> int:
        await asyncio.sleep(STORE_LATENCY)
        count = int(self._values.get(key, "0")) + by
        self._values[key] = str(count)
        return count


store = KeyValueStore()


@dataclass
class Poll:
    id: int
    question: str
    votes: int


@dataclass
class Receipt:
    poll_id: int
    votes: int


async def load_poll(poll_id: int) -> Poll:
    if not 1 <= poll_id <= len(QUESTIONS):
        raise NotFoundException(f"There is no poll {poll_id}")
    votes = await store.get(f"votes:{poll_id}")
    return Poll(id=poll_id, question=QUESTIONS[poll_id - 1], votes=votes or 0)


@get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@get("/polls")
async def list_polls() -> list[Poll]:
    return [await load_poll(number) for number in range(1, len(QUESTIONS) + 1)]


@get("/polls/{poll_id:int}")
async def get_poll(poll_id: int) -> Poll:
    return await load_poll(poll_id)


@post("/polls/{poll_id:int}/votes")
async def vote(poll_id: int) -> Receipt:
    """Counts one vote."""
    poll = await load_poll(poll_id)
    votes = await store.increment(f"votes:{poll.id}")
    return Receipt(poll_id=poll_id, votes=votes)


app = Litestar([health, list_polls, get_poll, vote])

if __name__ == "__main__":
    uvicorn.run(app, host="0.0.0.0", port=int(os.environ.get("PORT", 8000)))
