"""What a closer look at one endpoint says: blocked, serial, dear, or sound."""

from __future__ import annotations

from dataclasses import replace

import pytest

from codeoptix_performance.examination.examination import Focus, HotLine
from codeoptix_performance.examination.stretch import Part, Stretch
from codeoptix_performance.verdict.examined.capacity import find_capacity
from codeoptix_performance.verdict.examined.grades import fails

AT = HotLine("app.py:9", None, 0.9, on_loop=False)


def focus(
    *, alone, rate, cores, canary=(0.001, 0.001), method="GET", lacking=0.0, size=900, users=8
):
    """A second of eight users on ``/x``; ``canary`` are its medians alone and beside them."""
    canary_alone, canary_loaded = canary
    parts = (
        Part(f"{method} /x", rate, 0, users, alone, alone, size),
        Part("GET /health", rate, 0, 0, canary_loaded, canary_alone, 15),
    )
    stretch = Stretch(users, 1.0, parts, cores, lacking, 0, 0)
    return Focus(f"{method} /x", "GET /health", alone, canary_alone, alone / canary_alone, stretch)


# Figures as they were measured on twins of the corpus, on a machine with other work.
@pytest.mark.parametrize(
    ("seen", "finding"),
    [
        pytest.param(focus(alone=0.0528, rate=130, cores=0.12), None, id="awaits"),
        pytest.param(
            focus(alone=0.0521, rate=17, cores=0.04, canary=(0.0009, 0.113)),
            "blocked",
            id="sleeps on the event loop",
        ),
        pytest.param(
            focus(alone=0.0515, rate=17, cores=0.03, lacking=0.4, canary=(0.0005, 0.236)),
            "blocked",
            id="sleeps on the event loop of a busy machine",
        ),
        pytest.param(
            focus(alone=0.0515, rate=17, cores=0.09, lacking=0.9, canary=(0.0005, 0.236)),
            None,
            id="computes on a machine that lets it hardly run",
        ),
        pytest.param(focus(alone=0.0211, rate=39, cores=0.04), "serial", id="a global lock"),
        pytest.param(focus(alone=0.0639, rate=33, cores=0.04), "serial", id="two worker threads"),
        pytest.param(focus(alone=0.0618, rate=120, cores=0.11), None, id="many worker threads"),
        pytest.param(
            focus(
                alone=0.0605,
                rate=11,
                cores=0.47,
                lacking=0.5,
                canary=(0.0003, 0.126),
                method="POST",
            ),
            "blocked",
            id="hashes on the event loop",
        ),
        pytest.param(
            focus(alone=0.128, rate=8, cores=0.47, canary=(0.001, 0.019), method="POST"),
            None,
            id="hashes in threads",
        ),
        pytest.param(
            focus(alone=0.047, rate=20, cores=0.66, canary=(0.0016, 0.02)), "dear", id="full scans"
        ),
        pytest.param(
            focus(alone=0.0174, rate=103, cores=0.8, canary=(0.0015, 0.0214)), None, id="joins"
        ),
        pytest.param(
            focus(alone=0.4, rate=17, cores=0.42, canary=(0.001, 0.0012)),
            None,
            id="awaits beside a thread that computes all the time",
        ),
        pytest.param(
            focus(alone=0.02, rate=30, cores=0.04, method="POST"),
            None,
            id="writes to a slow disk in turn",
        ),
        pytest.param(
            focus(alone=0.05, rate=17, cores=0.1, lacking=0.9), None, id="waits for a processor"
        ),
    ],
)
def test_an_endpoint_is_judged_by_what_it_costs_the_others(seen, finding, settings):
    """One finding for its cause, none for an endpoint that is merely slow."""
    found = find_capacity(settings(), seen)

    assert finding == (found.id if found else None)


def test_the_figures_stand_in_the_sentence(settings):
    """Endpoint, load, rate, the canary, and what to do."""
    found = find_capacity(settings(), focus(alone=0.05, rate=18, cores=0.05, canary=(0.001, 0.1)))

    assert "capacity" == found.dimension
    assert ("GET /x", "poor", 18.0) == (found.endpoint, found.grade, found.value)
    assert (
        "GET /x blocks all other requests while it waits 50.0 ms: 8 users get 18/s, GET /health "
        "takes 100 ms instead of 1.0 ms; wait with await, or in a thread of its own."
    ) == found.sentence


def test_a_large_payload_is_named(settings):
    """What makes the request dear is seen in its size."""
    found = find_capacity(settings(), focus(alone=0.2, rate=6, cores=0.7, size=905_773))

    assert "its payload is 884.5 KiB per answer, so paginate it" in found.sentence


@pytest.mark.parametrize("slower", [1, 2, 3])
def test_a_machine_three_times_as_slow_makes_no_sound_app_look_ill(slower, settings):
    """The dearest read of a sound app in the corpus: 7.7 ms of CPU, 12 times its canary."""
    seen = focus(
        alone=0.0174 * slower,
        rate=103 // slower,
        cores=0.8,
        canary=(0.0015 * slower, 0.0214 * slower),
    )

    assert find_capacity(settings(), seen) is None


@pytest.mark.parametrize(
    ("fail_on", "cost", "failed"),
    [
        ("poor", 0.03, True),
        ("poor", 0.015, False),
        ("acceptable", 0.015, False),
        ("target", 0.015, True),
        ("limits", 0.03, False),
    ],
)
def test_fail_on_says_which_grade_fails(fail_on, cost, failed, settings):
    """A read of 30 ms of CPU is poor, one of 15 ms acceptable."""
    asked = settings(fail_on=fail_on)
    found = find_capacity(asked, focus(alone=2 * cost, rate=round(0.9 / cost) - 4, cores=0.9))

    assert failed == fails(asked, found)


@pytest.mark.parametrize(
    ("line", "grade"),
    [
        pytest.param(None, "acceptable", id="nobody knows what it does"),
        pytest.param(replace(AT, behind="new-client"), "poor", id="a client for every request"),
        pytest.param(replace(AT, behind="lazy-load"), "poor", id="a query for every row"),
        pytest.param(replace(AT, behind="hashing"), "acceptable", id="hashing in a thread"),
        pytest.param(
            replace(AT, behind="hashing", on_loop=True), "poor", id="hashing on the event loop"
        ),
    ],
)
def test_needless_work_is_poor_however_fast_the_machine(line, grade, settings):
    """Sixty requests a second are acceptable otherwise."""
    seen = focus(alone=0.05, rate=60, cores=1.0, canary=(0.001, 0.06), users=0)

    assert grade == find_capacity(settings(), replace(seen, hot_line=line)).grade


def test_a_stretch_that_stood_still_fails_nobody(settings):
    """CPU time is what it is, but a low rate may be the machine's doing."""
    waiting = focus(alone=0.05, rate=17, cores=0.04, canary=(0.001, 0.1))
    computing = focus(alone=0.05, rate=17, cores=1.0, canary=(0.001, 0.1))

    def outcome(seen):
        return find_capacity(
            settings(), replace(seen, stretch=replace(seen.stretch, disturbed=True))
        ).outcome

    assert "fail" == find_capacity(settings(), waiting).outcome
    assert ("inconclusive", "fail") == (outcome(waiting), outcome(computing))
