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


def test_the_drawing_server_records_each_drawn_answer_of_a_load():
    """No answer is quicker than the least that is drawn."""
    with server("benchmarks.servers.drawing", "slow-tail", "1") as base_url:
        with httpx.Client(base_url=base_url) as load:
            for _ in range(20):
                assert load.get("/drawn").text == "ok\n"
        record = array("d", httpx.get(f"{base_url}/record").content)

    assert len(record) == 20
    assert min(record) >= LEAST


def test_the_drawing_server_does_not_record_who_looks_around_first():
    """A tool may ask whether the server answers before it sends load."""
    with (
        server("benchmarks.servers.drawing", "slow-tail", "1") as base_url,
        httpx.Client(base_url=base_url) as looking,
    ):
        for path in ("/", "/drawn"):
            assert looking.get(path).text == "ok\n"

        assert looking.get("/record").content == b""
