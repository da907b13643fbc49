"""The servers that load generators are compared on."""

from array import array
from time import monotonic

import httpx
import pytest

from benchmarks.process import server
from benchmarks.servers.drawing import LEAST

pytestmark = pytest.mark.slow


def test_the_stalling_server_holds_answers_back_until_its_freeze_ends():
    """Asked one after the other, one request meets the freeze and waits most of it out."""
    with server("benchmarks.servers.stalling", "1", "0.5") as base_url, httpx.Client() as client:
        longest, until = 0.0, monotonic() + 30
        while longest < 0.25 and monotonic() < until:
            asked_at = monotonic()
            assert client.get(base_url).text == "ok\n"
            longest = max(longest, monotonic() - asked_at)

    assert longest >= 0.25


def test_the_drawing_server_records_each_drawn_answer_and_nothing_else():
    """No answer is quicker than the least that is drawn."""
    with (
        server("benchmarks.servers.drawing", "slow-tail", "1") as base_url,
        httpx.Client(base_url=base_url) as client,
    ):
        for path in ("/", *["/drawn"] * 20):
            assert client.get(path).text == "ok\n"
        record = array("d", client.get("/record").content)

    assert len(record) == 20
    assert min(record) >= LEAST
