"""Lists before and after many more rows."""

from __future__ import annotations

import time

import pytest

from codeoptix_performance.examination.growth import find_growth
from codeoptix_performance.target.endpoint import UNIQUE, Endpoint, Request

CREATE = Endpoint(
    "POST", "/notes", "routes", (Request("POST", "/notes", (), f'{{"a": "{UNIQUE}"}}'.encode()),)
)
LIST = Endpoint("GET", "/notes", "routes", (Request("GET", "/notes"),))


def notes(*, shown=None, at_first=10, cost=0.0, power=2):
    """Keeps every note and shows the first ``shown``, all of them for None.

    That takes ``cost`` seconds times the ``power`` of how many are kept.
    """
    kept = [{"id": number} for number in range(at_first)]

    def app(method, _path, body):
        if method == "POST":
            kept.append(body)
            return 201, {"id": len(kept)}
        time.sleep(cost * len(kept) ** power)
        return 200, {"notes": kept[:shown]}

    return app


def test_a_list_of_everything_grows_with_what_is_created(asking):
    """As many rows more as were acknowledged."""
    found = find_growth(asking(notes()), CREATE, (LIST,))

    assert 10 == found.rows[0]
    assert found.created == found.rows[1] - 10
    assert found.is_unbounded


def test_a_page_does_not_grow(asking):
    """It shows twenty rows before and after."""
    found = find_growth(asking(notes(shown=20, at_first=30)), CREATE, (LIST,))

    assert (20, 20) == found.rows
    assert not found.is_unbounded
    assert found.time_exponent is None


def test_work_for_each_pair_of_rows_shows_in_the_exponent(asking):
    """Four times the rows take sixteen times as long."""
    found = find_growth(asking(notes(at_first=50, cost=2e-6)), CREATE, (LIST,))

    assert 1.5 < found.time_exponent < 2.5


@pytest.mark.alone
@pytest.mark.parametrize(
    ("cost", "is_slower"),
    [pytest.param(5e-4, True, id="all rows are read"), pytest.param(0.0, False, id="an index")],
)
def test_rows_that_are_not_shown_show_in_the_time(cost, is_slower, asking):
    """A page that costs by all there is is looked at again after more rows."""
    app = notes(shown=20, at_first=50, cost=cost, power=1)

    found = find_growth(asking(app), CREATE, (LIST,))

    assert (20, 20) == found.rows
    assert is_slower == found.is_slower == (found.more is not None)


@pytest.mark.parametrize(
    ("app", "write"),
    [
        pytest.param(lambda *_: (200, {"status": "ok"}), CREATE, id="no list"),
        pytest.param(lambda method, *_: (405 if method == "POST" else 200, [1]), CREATE, id="no"),
        pytest.param(notes(), Endpoint("POST", "/x", "routes", CREATE.requests), id="elsewhere"),
    ],
)
def test_where_nothing_can_be_told_nothing_is(app, write, asking):
    """No list, no creation, or no list of what is created."""
    assert find_growth(asking(app), write, (LIST,)) is None


def test_nothing_is_created_where_no_list_would_show_it(asking):
    """A write without a list leaves the time to the next one."""
    asked = []

    def app(method, _path, _body):
        asked.append(method)
        return 200, {"status": "ok"}

    assert find_growth(asking(app), CREATE, (LIST,)) is None
    assert {"GET"} == set(asked)
