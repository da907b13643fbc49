import random
import sys
from array import array

import pytest

from codeoptix_performance.load.engine import NEVER_SENT
from codeoptix_performance.measurement.samples import (
    MOST_OUTCOMES,
    OTHER_CAUSES,
    Reading,
    Samples,
)

ALL = slice(None)


def _samples(*requests):
    """Samples of (due, sent, at, cause)."""
    samples = Samples()
    for due, sent, at, cause in requests:
        samples.add(due, sent, at, 500 if cause else 200, 9, cause)
    return samples


def test_a_request_takes_18_bytes():
    """Memory as Python counts it, with the room the columns keep to grow, divided by requests."""
    samples = Samples()
    for number in range(50_000):
        samples.add(number / 1000, number / 1000, number / 1000 + 0.01, 200, 12, None)

    columns = [getattr(samples.columns, name) for name in ("due", "response", "delay", "outcome")]
    assert 18 == sum(column.itemsize for column in columns)
    assert sum(map(sys.getsizeof, columns)) / 50_000 < 20


@pytest.mark.parametrize("seconds", [0.0, 0.0000001, 0.1, 0.3, 1.24, 59.999, 400.0000001])
def test_round_decimals_come_back_exactly(seconds):
    """Wherever on the clock the request lies, and however binary fractions round."""
    for due in (0.0, 0.7, 12345.678, 987654.321):
        samples = _samples((due, due, due + seconds, None))

        assert [seconds] == samples.seconds


@pytest.mark.parametrize(
    ("expected", "seconds"),
    [
        pytest.param(429.4967295, 429.4967296, id="one tick more than fits"),
        pytest.param(429.4967295, 1e6, id="weeks"),
        pytest.param(0.0, -0.5, id="an end before its beginning"),
    ],
)
def test_times_stop_at_what_four_bytes_hold(expected, seconds):
    """No error and no wrap-around: the nearest time that can be kept."""
    samples = _samples((10.0, 10.0 + seconds, 10.0 + seconds, None))

    assert [expected] == samples.seconds
    assert [round(expected * 1e7)] == list(samples.columns.delay)


def test_an_excerpt_tells_response_and_service_times_of_the_successes():
    """Response counts from when a request was due, service from when it was sent."""
    samples = _samples(
        (0.0, 0.0, 0.5, None), (0.0, 0.2, 0.6, "x"), (0.0, 0.3, 0.7, None), (1.0, 1.0, 1.1, None)
    )

    found = samples.excerpt(samples.columns, slice(1, None))

    assert (3, 1) == (found.requests, found.failures)
    assert [7_000_000, 1_000_000] == list(found.responses)
    assert [4_000_000, 1_000_000] == list(found.services)


def test_without_delays_both_times_are_one_object():
    """A closed load pays once for its times."""
    samples = _samples((0.0, 0.0, 0.5, None), (0.5, 0.5, 0.6, "x"), (0.5, 0.5, 0.7, None))

    found = samples.excerpt(samples.columns, ALL)

    assert found.responses is found.services


def test_reading_goes_on_where_it_ended():
    """What is new since the last look, whether or not earlier requests are forgotten by now."""
    samples = _samples((0.0, 0.0, 0.5, None), (0.5, 0.6, 0.7, "x"))
    everything = samples.read_from(0)
    samples.forget()
    samples.add(1.0, 1.0, 1.1, 200, 9, None)

    following = samples.read_from(2)

    assert Reading(0, array("d", [0.0, 0.5]), [0.5, 0.2], b"\0\1") == everything
    assert Reading(2, array("d", [1.0]), [0.1], b"\0") == following == samples.read_from(0)
    assert Reading(3, array("d"), [], b"") == samples.read_from(3)


def test_against_the_slow_literal_version():
    """On random requests, every column and excerpt is that of the definition written out."""
    rng = random.Random(7)  # noqa: S311 # repeatable, not secret
    for _ in range(100):
        requests = []
        for _ in range(rng.randrange(12)):
            due = rng.randrange(1000) / 8
            sent = due + rng.choice((0, rng.randrange(9) / 8))
            requests.append((due, sent, sent + rng.randrange(9) / 8, rng.choice((None, "x", "y"))))
        samples = _samples(*requests)
        begin, end = rng.randrange(4), rng.randrange(4, 12)

        found = samples.excerpt(samples.columns, slice(begin, end))

        part = requests[begin:end]
        sound = [(due, sent, at) for due, sent, at, cause in part if cause is None]
        assert [at - due for due, _, at, _ in requests] == samples.seconds
        assert [cause is not None for *_, cause in requests] == list(samples.failed)
        assert (len(part), len(part) - len(sound)) == (found.requests, found.failures)
        assert [at - due for due, _, at in sound] == [ticks / 1e7 for ticks in found.responses]
        assert [at - sent for _, sent, at in sound] == [ticks / 1e7 for ticks in found.services]
        causes = [cause for *_, cause in requests if cause]
        assert {cause: causes.count(cause) for cause in causes} == samples.causes
        assert len(causes) == samples.failures


def test_causes_without_end_take_memory_with_an_end():
    """What finds no place in the table counts as one of the others; successes always find one."""
    samples = Samples()
    for number in range(MOST_OUTCOMES + 3):
        samples.add(0.0, 0.0, 1.0, 500, 0, f"cause {number}")
    for status in range(-1, 1001):
        samples.add(0.0, 0.0, 1.0, status, 0, None)

    assert MOST_OUTCOMES + 1 + 1000 == len(samples.outcomes)
    assert 3 == samples.causes[OTHER_CAUSES]
    assert MOST_OUTCOMES + 3 == samples.failures == samples.causes.total()
    assert [0, 0, 1] == samples.statuses[-1002:][:3]
    assert [999, 999] == samples.statuses[-2:]


def test_what_was_never_sent_is_told_whatever_the_app_says():
    """It has a place of its own, however many causes the app has named before."""
    samples = Samples()
    for number in range(MOST_OUTCOMES + 3):
        samples.add(0.0, 0.0, 1.0, 500, 0, f"cause {number}")
    samples.add(0.0, 0.0, 1.0, 0, 0, f"{NEVER_SENT}1 s: every user was busy")

    assert (1, 3) == (samples.unsent, samples.causes[OTHER_CAUSES])
