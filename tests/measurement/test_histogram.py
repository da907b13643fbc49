import random
from array import array

import pytest

from codeoptix_performance.measurement.histogram import WORST_ERROR, Histogram
from codeoptix_performance.measurement.ticks import MOST_TICKS


def _some_ticks(rng, count):
    """From 100 ns to 429 s, each power of ten as often as the next; some of them twice."""
    drawn = [int(10 ** rng.uniform(0, 9.63)) for _ in range(count)]
    return array("I", [*drawn, *drawn[: count // 10], 1, MOST_TICKS])


@pytest.mark.parametrize(
    "ticks",
    [0, 1, 2, 3, 255, 256, 257, 258, 511, 512, 65535, 65536, 16777217, 2**31 - 1, 2**32 - 2],
)
def test_a_time_comes_back_within_half_a_percent(ticks):
    """At the edges of buckets, of powers of two, and of what 32-bit floats can tell apart."""
    times = Histogram.of(array("I", [0, ticks, MOST_TICKS])).times()

    assert ticks == pytest.approx(times[1] * 1e7, rel=WORST_ERROR)


@pytest.mark.parametrize("ticks", [0, 1, 7, 100, 255])
def test_times_below_26_microseconds_come_back_exactly(ticks):
    """They have a bucket for each tick."""
    assert ticks / 1e7 == Histogram.of(array("I", [0, ticks, MOST_TICKS])).times()[1]


def test_against_the_slow_literal_version():
    """On random times every rank is near that of the sorted list, and the four sums are exact."""
    rng = random.Random(3)  # noqa: S311 # repeatable, not secret
    for count in (1, 2, 10, 1000, 5000):
        ticks = _some_ticks(rng, count)

        histogram = Histogram.of(ticks)
        times = histogram.times()

        assert (len(ticks), sum(ticks)) == (histogram.count, histogram.sum)
        assert (min(ticks), max(ticks)) == (histogram.least, histogram.greatest)
        assert sum(ticks) / 1e7 == times.sum()
        assert list(times) == sorted(times)
        assert [value / 1e7 for value in sorted(ticks)] == pytest.approx(
            list(times), rel=WORST_ERROR
        )


def test_merged_histograms_are_the_histogram_of_all():
    """However the times were spread over them, and with empty ones among them."""
    rng = random.Random(4)  # noqa: S311 # repeatable, not secret
    ticks = _some_ticks(rng, 3000)
    merged = Histogram()
    for part in (ticks[:10], ticks[10:10], ticks[10:2000], ticks[2000:]):
        merged.merge(Histogram.of(part))

    assert Histogram.of(ticks).times() == merged.times()


def test_an_empty_histogram_has_no_times():
    """It can be asked all the same."""
    times = Histogram().times()

    assert (0, 0.0, []) == (len(times), times.sum(), list(times))


def test_a_histogram_has_an_end():
    """A hundred thousand times as different as can be take some three thousand buckets."""
    rng = random.Random(5)  # noqa: S311 # repeatable, not secret

    assert len(Histogram.of(_some_ticks(rng, 100_000)).buckets) < 3500
