"""How far the figures can be trusted, as plain JSON: decisions, doubts, and the machine."""

from __future__ import annotations

from typing import Any

from codeoptix_performance.assessment import Assessment
from codeoptix_performance.measurement.bare_machine.figures import BareMachine
from codeoptix_performance.measurement.measurement import Doubt, MachineUse, Measurement
from codeoptix_performance.report.json_figures import milliseconds, number
from codeoptix_performance.verdict.checks import Check, check_limits
from codeoptix_performance.verdict.sequential.looks import Decision

Json = dict[str, Any]


def decisions_to_list(assessment: Assessment) -> list[Json]:
    """How every limit stands on every endpoint, in the order of the limits."""
    checks: tuple[Check, ...] = ()
    if assessment.measurement is not None:
        checks = check_limits(assessment.settings.limits, assessment.measurement)
    by_limit = {(check.limit, check.endpoint): check for check in checks}
    return [
        _decision(decision, by_limit.get((decision.limit, decision.endpoint)))
        for decision in assessment.verdict.decisions
    ]


def _decision(decision: Decision, check: Check | None) -> Json:
    counts_requests = decision.allowed is not None
    return {
        "limit": decision.limit.source,
        "statistic": decision.limit.label,
        "endpoint": decision.endpoint,
        "state": decision.state,
        "tier": decision.tier,
        "seconds": number(decision.at),
        "counted": decision.count.observed if counts_requests else None,
        "exceeding": decision.count.exceeding if counts_requests else None,
        "in_crowd": decision.in_crowd,
        "allowed_ratio": number(decision.allowed),
        "needed": decision.needed,
        "margin_ratio": number(check.margin) if check else None,
    }


def doubt_to_dict(doubt: Doubt) -> Json:
    """One reason to distrust the figures."""
    return {
        "id": doubt.id,
        "sentence": doubt.sentence,
        "advice": doubt.advice,
        "spoils": doubt.spoils,
    }


def machine_to_dict(measured: Measurement) -> Json:
    """How busy the machine was, and what it can do at all; null for what is not known."""
    use, bare = measured.machine, measured.bare_machine
    return {
        "used": _used(use) if use else None,
        "ceiling": _ceiling(bare) if bare else None,
        "floor": _floor(bare) if bare else None,
    }


def _used(use: MachineUse) -> Json:
    return {
        "cores": use.processors,
        "pressure_ratio": number(use.pressure),
        "stolen_cores": number(use.stolen),
        "others_cores": number(use.others),
        "app_waited_seconds": number(use.app_waited),
    }


def _ceiling(bare: BareMachine) -> Json:
    return {
        "requests_per_second": number(bare.ceiling),
        "users": bare.best.users,
        "generator_ms_per_request": milliseconds(bare.best.generator_seconds),
    }


def _floor(bare: BareMachine) -> Json:
    times = bare.floor
    return {
        "requests": times.finished,
        "median_ms": milliseconds(times.quantile(0.5)),
        "p95_ms": milliseconds(times.quantile(0.95)),
        "p99_ms": milliseconds(times.quantile(0.99)),
        "max_ms": milliseconds(times.greatest()),
    }
