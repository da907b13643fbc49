"""Single values, read or refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from codeoptix_performance.settings import readers
from codeoptix_performance.settings.refusal import RefusedValueError


@pytest.mark.parametrize(
    ("expected", "reader", "value"),
    [
        (20, readers.whole_number(1), "20"),
        (0, readers.whole_number(0), 0),
        (0.5, readers.above_zero("x"), "0.5"),
        (90.0, readers.duration, "1m30s"),
        ((0.5, 2.0), readers.pause, [0.5, 2]),
        ((1.0, 1.0), readers.pause, 1),
        ((0.0, 0.0), readers.pause, 0),
        ((0.5, 3.0), readers.pause, ("500ms", "3s")),
        (2**29, readers.memory, "512MiB"),
        (0.5, readers.milliseconds, 500),
        (0.5, readers.milliseconds, "500"),
        (1.5, readers.milliseconds, "1.5s"),
        (0.25, readers.milliseconds, "250ms"),
        (0.01, readers.ratio, "1%"),
        (0.0, readers.ratio, 0),
        (1.0, readers.ratio, "100 %"),
        (True, readers.yes_or_no, "yes"),
        (False, readers.yes_or_no, False),
        (True, readers.yes_or_no, 1),
        ("python 'my app.py'", readers.command, ["python", "my app.py"]),
        ("flask run", readers.command, " flask run "),
        (Path("/srv/app"), readers.folder, "/srv/app"),
        ("", readers.code, ""),
        ("auto", readers.one_of("auto", "locust"), "auto"),
    ],
)
def test_a_good_value_is_read(expected, reader, value):
    """Each spelling that people use gives the inner unit."""
    assert expected == reader(value)


@pytest.mark.parametrize(
    ("reader", "values"),
    [
        (readers.whole_number(1), [0, -1, 1.0, 2.5, "2.5", True, None, "x", [], {}, "nan"]),
        (readers.above_zero("x"), [0, -1, "x", True, None, "inf", float("nan"), 10**400]),
        (readers.duration, [0, -1, "soon", "0s", True, None, [], float("inf"), "9" * 400]),
        (readers.pause, [-1, [2, 1], [1], [1, 2, 3], "x", None, [None, 1], True, {}]),
        (readers.memory, [0, 512, "512", "big", None, True, -1, 2.5, "9" * 400 + "GB"]),
        (readers.milliseconds, [0, -5, "-5", "x", True, None, [], "nan"]),
        (readers.ratio, [-0.1, 1.1, "101%", "x%", "%", True, None, "nan"]),
        (readers.yes_or_no, ["maybe", 2, None, []]),
        (readers.text, ["", "  ", 3, None]),
        (readers.code, [3, ["x"]]),
        (readers.command, ["", [], [1], 3]),
        (readers.folder, ["", 3, []]),
        (readers.one_of("auto"), ["AUTO", 3, None, []]),
    ],
    ids=lambda it: getattr(it, "__qualname__", None),
)
def test_a_bad_value_is_refused_with_what_is_accepted(reader, values):
    """No other exception ever leaves a reader."""
    for value in values:
        with pytest.raises(RefusedValueError, match=r"^it must be "):
            reader(value)
