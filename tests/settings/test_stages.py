import math

import pytest

from codeoptix_performance.settings.stages import (
    Stage,
    area_until,
    duration_of,
    greatest_of,
    level_at,
    segments,
)

UP_AND_DOWN = (Stage(4.0, 8.0, 2.0), Stage(2.0, 8.0), Stage(4.0, 0.0, 4.0))
JUMPS = (Stage(2.0, 10.0), Stage(0.0, 3.0), Stage(2.0, 3.0))
TOO_SHORT = (Stage(2.0, 100.0, 1.0), Stage(2.0, 0.0, 1.0))


@pytest.mark.parametrize(
    ("expected", "stages", "elapsed"),
    [
        pytest.param(0.0, UP_AND_DOWN, 0.0, id="from nothing"),
        pytest.param(3.0, UP_AND_DOWN, 1.5, id="up at its rate"),
        pytest.param(8.0, UP_AND_DOWN, 5.0, id="held"),
        pytest.param(4.0, UP_AND_DOWN, 7.0, id="down at its rate"),
        pytest.param(0.0, UP_AND_DOWN, 9.0, id="down and held"),
        pytest.param(0.0, UP_AND_DOWN, 99.0, id="after the end"),
        pytest.param(10.0, JUMPS, 0.0, id="a jump at the start"),
        pytest.param(3.0, JUMPS, 2.0, id="a stage without duration is a jump"),
        pytest.param(2.0, TOO_SHORT, 2.0, id="a stage too short gets as far as it gets"),
        pytest.param(0.5, TOO_SHORT, 3.5, id="and the next goes on from there"),
    ],
)
def test_the_level(expected, stages, elapsed):
    """The level goes to each target at the stage's rate and stays there."""
    assert expected == pytest.approx(level_at(stages, elapsed))


@pytest.mark.parametrize("stages", [UP_AND_DOWN, JUMPS, TOO_SHORT])
@pytest.mark.parametrize("elapsed", [0.0, 0.7, 2.0, 3.3, 5.5, 8.1, 20.0])
def test_the_area_is_the_level_summed_in_small_steps(stages, elapsed):
    """The area agrees with a slow literal sum of levels."""
    end = min(elapsed, duration_of(stages))
    steps = 4000
    slow = sum(level_at(stages, (step + 0.5) * end / steps) for step in range(steps)) * end / steps

    assert slow == pytest.approx(area_until(stages, elapsed), rel=1e-3, abs=1e-3)


@pytest.mark.parametrize("stages", [UP_AND_DOWN, JUMPS, TOO_SHORT])
def test_the_moment_an_area_is_reached(stages):
    """Inside each stretch the inverse of the area gives the moment back."""
    for segment in segments(stages):
        for share in (0.0, 0.25, 0.9):
            inside = share * segment.duration
            area = segment.area(inside)
            assert inside == pytest.approx(segment.inside_at(area), abs=1e-9) or not area


def test_an_area_that_is_never_reached():
    """On the way down to nothing only so much comes together."""
    (_, *_, down, _) = segments(UP_AND_DOWN)

    assert (8.0, 0.0) == (down.level_from, down.level_to)
    assert math.inf == down.inside_at(8.1)


def test_sums():
    """How long, and how high."""
    assert (10.0, 8.0) == (duration_of(UP_AND_DOWN), greatest_of(UP_AND_DOWN))
