"""Our client and Locust's FastHttpUser, side by side before servers of every kind."""

import socket
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from conformance.page import page
from conformance.table import CASES

PAGE = Path(__file__).parents[3] / "docs" / "http-client.md"
MEBIBYTE = 1 << 20


@pytest.fixture(scope="module")
def ours(start_client):
    """Our client."""
    return start_client("ours")


@pytest.fixture(scope="module")
def theirs(start_client):
    """Locust's FastHttpUser."""
    return start_client("theirs")


ROWS = [pytest.param(case, id=case.name) for case in CASES]


def has_ipv6():
    """Whether this machine has a loopback address of version 6."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


def observe(client, case):
    if ":" in case.host and not has_ipv6():
        pytest.skip("no IPv6 on this machine")
    observed = client.run(case)
    return observed.outcome, observed.words


@pytest.mark.parametrize("case", ROWS)
def test_what_our_client_makes_of(ours, case):
    """Status, size, cause, connection, requests sent and the next request are as the table says."""
    outcome, words = observe(ours, case)

    assert case.ours == outcome, words


@pytest.mark.parametrize("case", ROWS)
def test_fast_http_user_makes_the_same_of(theirs, case):
    """The same as ours, or different in the one way the table names and gives a reason for."""
    outcome, words = observe(theirs, case)

    assert (case.theirs or case.ours) == outcome, words


@pytest.mark.parametrize("case", ROWS)
def test_differences_have_a_reason(case):
    """Nothing is called a difference that is none, and none stands without its reason."""
    assert (case.theirs is None) == (case.why is None)
    assert case.theirs != case.ours


def test_rows_are_told_apart():
    """No two rows have the same name."""
    assert [] == [name for name, count in Counter(case.name for case in CASES).items() if count > 1]


@pytest.mark.parametrize("keep_body", [False, True], ids=["let go", "kept"])
@pytest.mark.parametrize(
    "name", ["a body of 100 MB", "deflate, 100 MB packed into 118 kB, and the body is read"]
)
def test_100_megabytes_are_not_held(start_client, name, keep_body):
    """However much an app sends: the client's memory stays as it was."""
    by_name = {case.name: case for case in CASES}
    fresh = start_client("ours")
    fresh.run(by_name["gzip, and the body is read"])

    observed = fresh.run(replace(by_name[name], keep_body=keep_body))

    assert by_name[name].ours.size == observed.outcome.size
    assert observed.grown < 8 * MEBIBYTE


def test_the_page_is_the_table():
    """In tests/load, ``python -m conformance.page > ../../docs/http-client.md`` writes it anew."""
    assert page() == PAGE.read_text(encoding="utf-8")
