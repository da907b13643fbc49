"""Durations, sizes and figures, read and written."""

from __future__ import annotations

import pytest

from codeoptix_performance import units


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (30.0, "30s"),
        (120.0, "2m"),
        (5400.0, "1h30m"),
        (0.25, "250ms"),
        (1.5, "1.5s"),
        (45.0, "45"),
        (45.0, 45),
        (0.5, 0.5),
        (30.0, " 30s "),
    ],
)
def test_a_duration_is_read_as_seconds(seconds, text):
    """Locust's spelling, k6's milliseconds and bare numbers give seconds."""
    assert seconds == units.parse_duration(text)


@pytest.mark.parametrize(
    "text",
    ["soon", "", "-5s", "5 parsecs", "s", "1e400", "1.2.3s", "9" * 400, -1, float("nan"), True],
)
def test_what_is_no_duration_is_refused(text):
    """Words, negative and endless numbers, and truth values are no durations."""
    with pytest.raises(ValueError, match="is not a duration"):
        units.parse_duration(text)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (512 * 2**20, "512MiB"),
        (10**9, "1GB"),
        (3 * 2**29, "1.5 GiB"),
        (7, "7"),
        (7, 7),
        (2048, "2kib"),
    ],
)
def test_a_size_is_read_as_bytes(count, text):
    """Decimal and binary units in any case, and bare numbers, give bytes."""
    assert count == units.parse_size(text)


@pytest.mark.parametrize("text", ["big", "", "-1", -1, "1TB", True, "9" * 400])
def test_what_is_no_size_is_refused(text):
    """Words, negative and endless numbers, and truth values are no sizes."""
    with pytest.raises(ValueError, match="is not a size"):
        units.parse_size(text)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0 ms", 0.0),
        ("250 ms", 0.25),
        ("1 s", 0.9999),
        ("4.2 s", 4.2),
        ("10 s", 10.0),
        ("1 min", 59.97),
        ("2 min 5 s", 125.0),
        ("1 h", 3600.0),
        ("1 h 30 min", 5400.0),
    ],
)
def test_a_duration_is_shown_in_the_unit_people_use(text, seconds):
    """No duration reads ``1000 ms`` or ``60 s``."""
    assert text == units.format_duration(seconds)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0.00 ms", 0.0),
        ("under 0.01 ms", 0.000001),
        ("0.82 ms", 0.00082),
        ("12.4 ms", 0.0124),
        ("100 ms", 0.09996),
        ("1240 ms", 1.24),
    ],
)
def test_milliseconds_keep_the_digits_that_matter(text, seconds):
    """Small times keep decimals, great ones lose them, none becomes nothing."""
    assert text == units.format_milliseconds(seconds)


@pytest.mark.parametrize(
    ("text", "ratio"),
    [
        ("0 %", 0.0),
        ("under 0.01 %", 0.00001),
        ("0.5 %", 0.005),
        ("0.75 %", 0.00746),
        ("1 %", 0.01),
        ("9.7 %", 0.0966),
        ("12 %", 0.12),
        ("99.87 %", 0.99875),
        ("99.99 %", 0.999999),
        ("100 %", 1.0),
    ],
)
def test_a_ratio_never_rounds_some_to_none_nor_almost_all_to_all(text, ratio):
    """``0 %`` and ``100 %`` are exact; everything between shows that it is between."""
    assert text == units.format_ratio(ratio)


@pytest.mark.parametrize(
    ("text", "count"),
    [("812 B", 812), ("64 KiB", 65536), ("1.5 GiB", 1.5 * 2**30), ("2 MiB", 2**21)],
)
def test_bytes_are_shown_in_binary_units(text, count):
    """Bytes read like memory limits are written."""
    assert text == units.format_bytes(count)


@pytest.mark.parametrize(
    ("text", "rate"),
    [("0/s", 0.0), ("0.25/s", 0.25), ("0.012/s", 0.0123), ("16.2/s", 16.2), ("1240/s", 1240.4)],
)
def test_a_rate_is_shown_per_second(text, rate):
    """Rates below one per second keep two digits."""
    assert text == units.format_rate(rate)
