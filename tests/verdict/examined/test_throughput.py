"""What an app serves of everything together, and what of that within its limits."""

from __future__ import annotations

import pytest

from codeoptix_performance.examination.examination import Crowding, Examination
from codeoptix_performance.examination.stretch import Part, Stretch
from codeoptix_performance.target.target import Target
from codeoptix_performance.verdict.judge import judge


@pytest.fixture
def crowding(run, figures):
    """Seconds of one user and of sixteen: how many requests, and how long each took."""

    def build(one, many, *fewer):
        stretches = []
        asked = zip((1, 16, 8, 4), (one, many, *fewer), strict=False)
        for users, (count, seconds, failures) in asked:
            measured = run(figures("GET /", [seconds] * (count - failures), failures=failures))
            part = Part("GET /", count, failures, 0, seconds)
            stretches.append(Stretch(users, 1.0, (part,), 0.5, 0.0, measured=measured))
        return Crowding(*stretches[:2], fewer=tuple(stretches[2:]))

    return build


@pytest.fixture
def judged(settings, figures, run):
    """The verdict on a quick app with this crowding."""

    def build(crowding, **words):
        target = Target("http://127.0.0.1:8000", "an app", ())
        quick = run(figures("GET /", [0.01] * 160))
        return judge(settings(**words), target, quick, examination=Examination(2.0, crowding))

    return build


@pytest.mark.parametrize(
    ("asked", "held", "grade"),
    [
        pytest.param(((400, 0.01, 0), (640, 0.02, 0)), 640.0, "target", id="many"),
        pytest.param(((60, 0.01, 0), (90, 0.2, 0)), 90.0, "acceptable", id="few"),
        pytest.param(((20, 0.05, 0), (40, 0.4, 0)), 40.0, "poor", id="very few"),
        pytest.param(((60, 0.01, 0), (900, 2.0, 0)), 60.0, "acceptable", id="too slow for many"),
        pytest.param(((9, 2.0, 0), (30, 2.0, 0)), None, "poor", id="too slow for anybody"),
        pytest.param(((120, 0.01, 0), (300, 0.01, 90)), 120.0, "target", id="failures are no rate"),
        pytest.param(((2, 0.4, 0), (40, 0.4, 0)), 40.0, None, id="it grows with its users"),
        pytest.param(((0, 0.4, 0), (0, 0.4, 0)), None, "poor", id="nothing was answered"),
    ],
)
def test_capacity_is_the_greatest_rate_at_which_the_limits_held(
    asked, held, grade, crowding, judged
):
    """P95 within a second and at most one per cent of failures, for one user or for sixteen."""
    one, many = asked

    capacity = judged(crowding(one, many)).capacity

    assert (16, many[0] - many[2], one[0]) == (
        capacity.users,
        capacity.rate,
        capacity.rate_of_one,
    )
    assert (held, grade) == (capacity.rate_held, capacity.grade)


@pytest.mark.parametrize(
    ("many", "fail_on", "outcome"),
    [
        (40, "poor", "pass"),
        (40, "acceptable", "fail"),
        (90, "acceptable", "pass"),
        (90, "target", "fail"),
        (101, "target", "pass"),
        (40, "limits", "pass"),
    ],
)
def test_a_low_capacity_alone_fails_only_where_that_is_asked_for(
    many, fail_on, outcome, crowding, judged
):
    """A sound app may wait for work that is slow on purpose."""
    verdict = judged(crowding((20, 0.05, 0), (many, 0.09, 0)), fail_on=fail_on)

    assert outcome == verdict.outcome
    assert (outcome == "fail") == ("capacity" in [finding.id for finding in verdict.findings])


def test_what_fewer_users_are_served_counts_where_many_are_too_many(crowding, judged):
    """The greatest rate within the limits, and how many asked then."""
    capacity = judged(crowding((60, 0.01, 0), (900, 2.0, 0), (800, 1.2, 0), (300, 0.3, 0))).capacity

    assert (300.0, 4, "target") == (capacity.rate_held, capacity.users_held, capacity.grade)


def test_a_low_capacity_is_noted(crowding, judged):
    """With both rates and the target."""
    evidence = judged(crowding((20, 0.05, 0), (40, 0.4, 0))).evidence

    assert any(
        line.startswith(
            "Note: One instance serves 40/s of all its endpoints together within its limits "
            "(target: 100/s): 16 users without pauses get 40/s, one user 20/s"
        )
        for line in evidence
    )


def test_growth_is_how_many_times_more_the_many_were_served(crowding, judged):
    """None where one user was served nothing."""
    assert 1.6 == judged(crowding((400, 0.01, 0), (640, 0.02, 0))).capacity.growth
    assert judged(crowding((0, 0.01, 0), (640, 0.02, 0))).capacity.growth is None


def test_without_an_examination_there_is_no_capacity(settings, figures, run):
    """Light load does not show it."""
    target = Target("http://127.0.0.1:8000", "an app", ())

    assert judge(settings(), target, run(figures("GET /", [0.01] * 160))).capacity is None
