"""How the figures were won: a line for each thing there is to know."""

from __future__ import annotations

import math
from dataclasses import dataclass

from codeoptix_performance.assessment import Assessment
from codeoptix_performance.load.plan import Arrivals, LoadPlan
from codeoptix_performance.measurement.bare_machine.figures import BareMachine
from codeoptix_performance.measurement.measurement import (
    ArrivalsMeasurement,
    Measurement,
    Resources,
    StageMeasurement,
)
from codeoptix_performance.report.cells import milliseconds, plain
from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.settings.stages import greatest_of
from codeoptix_performance.units import format_bytes, format_duration, format_rate
from codeoptix_performance.verdict.load_grades import figure_words
from codeoptix_performance.verdict.verdict import Capacity, Graded
from codeoptix_performance.verdict.wording import users

MOST_STAGES = 20
_ABOUT_THE_MACHINE = frozenset({"near-ceiling", "near-noise-floor"})


@dataclass(frozen=True, slots=True)
class Fact:
    """One line about how the figures were won: what it is about, and what there is to know."""

    label: str
    text: str


def facts_of(assessment: Assessment) -> tuple[Fact, ...]:
    """Load, arrivals, window, stages, login, coverage, app, capacity, grades, …, time: if any."""
    measured, start = assessment.measurement, _start_seconds(assessment)
    capacity, grades = assessment.verdict.capacity, assessment.verdict.grades
    facts = [
        Fact("Load", _load(assessment.plan, assessment.settings)) if assessment.plan else None,
        Fact("Arrivals", _arrived(measured.arrivals)) if measured and measured.arrivals else None,
        Fact("Window", _window(measured)) if measured else None,
        *(_stages(measured.stages) if measured else ()),
        Fact("Login", plain(assessment.login_sentence)) if assessment.login_sentence else None,
        Fact("Coverage", assessment.coverage.words) if assessment.coverage else None,
        Fact("App", _resources(measured.resources)) if measured and measured.resources else None,
        Fact("Capacity", _capacity(capacity)) if capacity else None,
        Fact("Grades", _grades(grades, capacity)) if grades else None,
        Fact("Start", _start(start)) if start is not None else None,
        Fact("Machine", _machine(bare)) if measured and (bare := _bare_machine(measured)) else None,
        Fact("Isolation", plain(assessment.sandbox_level)) if assessment.sandbox_level else None,
        Fact("Took", format_duration(assessment.seconds)),
    ]
    return tuple(fact for fact in facts if fact is not None)


def _start_seconds(assessment: Assessment) -> float | None:
    return assessment.target.start_seconds if assessment.target else None


def _start(seconds: float) -> str:
    return f"answered {format_duration(seconds)} after its process was started"


def _capacity(capacity: Capacity) -> str:
    rate, one = (_requests(each) for each in (capacity.rate, capacity.rate_of_one))
    words = f"{rate} requests/s at {capacity.users} users without pauses (one user: {one})"
    if capacity.rate_held is None or capacity.users_held is None:
        held = "limits held for none"
    elif capacity.rate_held < capacity.rate:
        held = f"limits held for {_requests(capacity.rate_held)} at {users(capacity.users_held)}"
    else:
        held = "limits held"
    return f"{words}; {held}"


def _grades(grades: tuple[Graded, ...], capacity: Capacity | None) -> str:
    """``target: Median, P99, Failure rate; acceptable: P95 740 ms (POST /users)``, best first."""
    by_grade: dict[str, list[str]] = {"target": [], "acceptable": [], "poor": []}
    for each in grades:
        by_grade[each.grade].append(
            each.target.label
            if each.grade == "target"
            else f"{figure_words(each)} ({plain(each.endpoint or '')})"
        )
    if capacity is not None and capacity.grade is not None:
        by_grade[capacity.grade].append("Capacity")
    return "; ".join(f"{grade}: {', '.join(told)}" for grade, told in by_grade.items() if told)


def _requests(rate: float) -> str:
    return format_rate(rate).removesuffix("/s")


def _load(plan: LoadPlan, settings: Settings) -> str:
    lasting = f"for {format_duration(plan.run_time)}"
    if settings.ends_when_decided:
        lasting += " at most"
    if plan.arrivals is not None:
        return _arriving(plan, plan.arrivals, lasting)
    users = "1 user" if plan.users == 1 else f"{plan.users} users"
    if len(plan.stages) > 1:
        users = f"up to {users} in {len(plan.stages)} stages"
    elif math.isfinite(plan.spawn_rate):
        users += f", started at {format_rate(plan.spawn_rate)}"
    least, greatest = plan.wait_time
    waits = format_duration(least)
    if greatest != least:
        waits += f" to {format_duration(greatest)}"
    return f"{users}, {lasting}; each waits {waits} between requests; seed {plan.seed}"


def _arriving(plan: LoadPlan, arrivals: Arrivals, lasting: str) -> str:
    rate = format_rate(greatest_of(arrivals.stages))
    stages = f" in {len(arrivals.stages)} stages" if len(arrivals.stages) > 1 else ""
    pattern = "at random (Poisson)" if arrivals.poisson else "evenly spaced"
    return (
        f"up to {rate} requests arrive{stages}, {pattern}, {lasting}; "
        f"at most {plan.users} at once; seed {plan.seed}"
    )


def _arrived(arrivals: ArrivalsMeasurement) -> str:
    return (
        f"{arrivals.due} requests were due, {format_rate(arrivals.requested_per_second)}; "
        f"{arrivals.sent} were sent, {format_rate(arrivals.achieved_per_second)}, and "
        f"{arrivals.dropped} dropped; {format_rate(arrivals.successful_per_second)} succeeded"
    )


def _stages(stages: tuple[StageMeasurement, ...]) -> tuple[Fact, ...]:
    """A line for each stage, where there are several."""
    if len(stages) < 2:
        return ()
    shown = [
        Fact(f"Stage {number}", _stage(stage))
        for number, stage in enumerate(stages[:MOST_STAGES], 1)
    ]
    hidden = len(stages) - len(shown)
    return (*shown, Fact("Stages", f"{hidden} more are in the JSON")) if hidden else tuple(shown)


def _stage(stage: StageMeasurement) -> str:
    asked = f"{stage.users_reached} of {stage.users_planned} users"
    if stage.requested_per_second is not None:
        asked = f"{format_rate(stage.requested_per_second)} due"
    elif stage.users_reached > stage.users_planned:
        asked = f"{stage.users_reached} users down to {stage.users_planned}"
    failed = f"{stage.failures} of {stage.requests} failed" if stage.failures else "none failed"
    return (
        f"{format_duration(stage.begins)} to {format_duration(stage.ends)}: {asked}, "
        f"{format_rate(stage.achieved_per_second)} sent, "
        f"{format_rate(stage.successful_per_second)} succeeded; "
        f"median {_with_unit(stage.p50)}, P95 {_with_unit(stage.p95)}; {failed}"
    )


def _with_unit(seconds: float | None) -> str:
    is_number = seconds is not None and math.isfinite(seconds)
    return f"{milliseconds(seconds)} ms" if is_number else milliseconds(seconds)


def _window(measured: Measurement) -> str:
    reached = f"{measured.users_reached} of {measured.users_planned} users were active"
    if measured.steady_to <= measured.steady_from:
        return f"{reached}; they were never active all at once for long"
    return (
        f"{reached}; rates are taken from second {measured.steady_from:.1f} "
        f"to {measured.steady_to:.1f} of {measured.duration:.1f}"
    )


def _resources(used: Resources) -> str:
    return (
        f"{format_bytes(used.memory_at_start)} of memory before the load, "
        f"{format_bytes(used.memory_at_end)} after, {format_bytes(used.memory_peak)} at most; "
        f"{used.cpu_share:.2f} of a core busy"
    )


def _bare_machine(measured: Measurement) -> BareMachine | None:
    """Only where its figures cast a doubt on those of the app."""
    matters = any(doubt.id in _ABOUT_THE_MACHINE for doubt in measured.doubts)
    return measured.bare_machine if matters else None


def _machine(bare: BareMachine) -> str:
    floor = bare.floor
    return (
        f"with a server that answers at once, {format_rate(bare.ceiling)} at most; under light "
        f"load median {_with_unit(floor.quantile(0.5))}, P95 {_with_unit(floor.quantile(0.95))}, "
        f"max {_with_unit(floor.greatest())}"
    )
