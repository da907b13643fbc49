"""Our client and Locust's FastHttpUser, side by side before servers of every kind."""

import socket
from collections import Counter
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


def rows(*, mark_flaws):
    """Every case as a parameter; those with a known flaw of ours are expected to fail."""
    return [
        pytest.param(
            case,
            id=case.name,
            marks=[pytest.mark.xfail(raises=AssertionError, reason=case.flaw)]
            if mark_flaws and case.flaw
            else [],
        )
        for case in CASES
    ]


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


@pytest.mark.parametrize("case", rows(mark_flaws=True))
def test_what_our_client_makes_of(ours, case):
    """Status, size, cause, connection, requests sent and the next request are as the table says."""
    outcome, words = observe(ours, case)

    assert case.ours == outcome, words


@pytest.mark.parametrize("case", rows(mark_flaws=False))
def test_fast_http_user_makes_the_same_of(theirs, case):
    """The same as ours, or different in the one way the table names and gives a reason for."""
    outcome, words = observe(theirs, case)

    assert (case.theirs or case.ours) == outcome, words


@pytest.mark.parametrize("case", rows(mark_flaws=False))
def test_differences_have_a_reason(case):
    """Nothing is called a difference that is none, and none stands without its reason."""
    assert (case.theirs is None) == (case.why is None)
    assert case.theirs != case.ours


def test_rows_are_told_apart():
    """No two rows have the same name."""
    assert [] == [name for name, count in Counter(case.name for case in CASES).items() if count > 1]


def test_a_body_of_100_megabytes_is_not_held(start_client):
    """Bodies nobody reads pass through: the client's memory stays as it was."""
    by_name = {case.name: case for case in CASES}
    fresh = start_client("ours")
    fresh.run(by_name["a plain answer"])

    observed = fresh.run(by_name["a body of 100 MB"])

    assert 100_000_000 == observed.outcome.size
    assert observed.grown < 8 * MEBIBYTE


def test_the_page_is_the_table():
    """In tests/load, ``python -m conformance.page > ../../docs/http-client.md`` writes it anew."""
    assert page() == PAGE.read_text(encoding="utf-8")
