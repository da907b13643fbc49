"""An assessment as plain JSON, for programs: every exact figure, under names that stay.

Times are milliseconds (keys ending in ``_ms``), shares 0..1 (``_ratio``), memory bytes. ``null``
stands where there is no number: nothing was measured, or more requests failed than the statistic
leaves out. ``schema`` grows by one when a key changes its meaning or goes away.
"""

from __future__ import annotations

import json
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from codeoptix_performance.assessment import Assessment
from codeoptix_performance.examination.examination import StatementsSent
from codeoptix_performance.load.plan import Arrivals, LoadPlan
from codeoptix_performance.measurement.latencies import Latencies
from codeoptix_performance.measurement.measurement import (
    ArrivalsMeasurement,
    EndpointMeasurement,
    Measurement,
    Moment,
    Resources,
    StageMeasurement,
)
from codeoptix_performance.report.json_figures import milliseconds, number
from codeoptix_performance.report.json_trust import (
    decisions_to_list,
    doubt_to_dict,
    machine_to_dict,
)
from codeoptix_performance.report.view import TOTAL
from codeoptix_performance.settings.limits import Limit
from codeoptix_performance.settings.stages import Stage
from codeoptix_performance.verdict.coverage import Coverage
from codeoptix_performance.verdict.verdict import Capacity, Finding, Graded

SCHEMA = 1
_QUANTILES = {"median_ms": 0.5, "p90_ms": 0.9, "p95_ms": 0.95, "p99_ms": 0.99}
_DISTRIBUTIONS = ("codeoptix-performance", "codeoptix", "locust", "gevent")

Json = dict[str, Any]


def as_json(assessment: Assessment) -> str:
    """``assessment_to_dict`` as text, ending in a newline."""
    return json.dumps(assessment_to_dict(assessment), indent=2, allow_nan=False) + "\n"


def assessment_to_dict(assessment: Assessment) -> Json:
    """Everything the verdict says and rests on, as plain JSON without NaN or infinity."""
    verdict, measured = assessment.verdict, assessment.measurement
    return {
        "schema": SCHEMA,
        "outcome": verdict.outcome,
        "passed": verdict.passed,
        "score": number(verdict.score),
        "evidence": list(verdict.evidence),
        "findings": [finding_to_dict(finding) for finding in verdict.findings],
        "target": {
            "description": assessment.target_description,
            "base_url": assessment.base_url,
            "isolation": assessment.sandbox_level,
            "sandbox": assessment.target.isolation.rung if assessment.target else None,
            "promises": list(assessment.target.isolation.promises) if assessment.target else [],
            "login": assessment.login_sentence or None,
            "start_seconds": number(assessment.target.start_seconds) if assessment.target else None,
        },
        "start_failure": _start_failure(assessment),
        "load": _load(assessment.plan) if assessment.plan else None,
        "limits": [_limit(limit) for limit in assessment.settings.limits],
        "decisions": decisions_to_list(assessment),
        "endpoints": _endpoints(assessment),
        "total": endpoint_to_dict(measured.total) | {"name": TOTAL} if measured else None,
        "timeline": [_moment(moment) for moment in measured.timeline] if measured else [],
        "run": _run(measured) if measured else None,
        "resources": _resources(measured.resources) if measured and measured.resources else None,
        "machine": machine_to_dict(measured) if measured else None,
        "capacity": _capacity(verdict.capacity) if verdict.capacity else None,
        "grades": [_graded(graded) for graded in verdict.grades],
        "doubts": [doubt_to_dict(doubt) for doubt in measured.doubts] if measured else [],
        "coverage": _coverage(assessment.coverage) if assessment.coverage else None,
        "skipped": [{"name": each.name, "reason": each.reason} for each in assessment.skipped],
        "interrupted": assessment.interrupted,
        "seconds": number(assessment.seconds),
        "versions": _versions(),
    }


def _coverage(coverage: Coverage) -> Json:
    return {"answered": coverage.answered, "known": coverage.known}


def _endpoints(assessment: Assessment) -> list[Json]:
    """Each endpoint's figures; ``statements`` is null where they could not be counted."""
    if assessment.measurement is None:
        return []
    examined = assessment.examination
    sent = {each.endpoint: _statements(each) for each in examined.statements} if examined else {}
    return [
        endpoint_to_dict(each) | {"statements": sent.get(each.name)}
        for each in assessment.measurement.endpoints
    ]


def _statements(sent: StatementsSent) -> Json:
    return {
        "per_request": sent.count,
        "most_repeated": sent.text or None,
        "repeats": sent.times,
        "rows": sent.rows,
    }


def finding_to_dict(finding: Finding) -> Json:
    """One finding; ``value`` and ``limit`` in ``unit``."""
    return {
        "id": finding.id,
        "outcome": finding.outcome,
        "sentence": finding.sentence,
        "endpoint": finding.endpoint,
        "statistic": finding.statistic,
        "value": number(finding.value),
        "limit": number(finding.limit),
        "unit": finding.unit,
        "dimension": finding.dimension,
        "grade": finding.grade,
        "line": finding.line,
    }


def endpoint_to_dict(measured: EndpointMeasurement) -> Json:
    """One endpoint's exact figures; rates are per second of the steady window."""
    times = measured.latencies
    return {
        "name": measured.name,
        "requests": measured.requests,
        "failures": measured.failures,
        "failure_ratio": number(measured.failure_ratio),
        "in_flight": len(times.in_flight),
        "requests_per_second": number(measured.requests_per_second),
        "failures_per_second": number(measured.failures_per_second),
        **_times(times),
        "service": {"in_flight": len(measured.service.in_flight), **_times(measured.service)},
        "causes": [{"text": cause.text, "count": cause.count} for cause in measured.causes],
        "received_bytes": measured.received_bytes,
    }


def _times(times: Latencies) -> Json:
    return {
        "min_ms": milliseconds(times.least()),
        "avg_ms": milliseconds(times.mean()),
        **{key: milliseconds(times.quantile(q)) for key, q in _QUANTILES.items()},
        "max_ms": milliseconds(times.greatest()),
    }


def _start_failure(assessment: Assessment) -> Json | None:
    failure = assessment.start_failure
    if failure is None:
        return None
    return {
        "kind": failure.kind,
        "sentence": failure.sentence,
        "exit_code": failure.exit_code,
        "log_tail": failure.log_tail,
    }


def _load(plan: LoadPlan) -> Json:
    return {
        "users": plan.users,
        "spawn_rate": number(plan.spawn_rate),
        "run_time_seconds": number(plan.run_time),
        "stages": _stages(plan.stages),
        "arrivals": _arrivals(plan.arrivals) if plan.arrivals else None,
        "wait_time_seconds": [number(seconds) for seconds in plan.wait_time],
        "request_timeout_seconds": number(plan.request_timeout),
        "seed": plan.seed,
        "endpoints": [
            {"name": each.name, "weight": each.weight, "origin": each.origin}
            for each in plan.endpoints
        ],
    }


def _arrivals(arrivals: Arrivals) -> Json:
    return {
        "pattern": "poisson" if arrivals.poisson else "constant",
        "stages": _stages(arrivals.stages),
    }


def _stages(stages: tuple[Stage, ...]) -> list[Json]:
    return [
        {
            "duration_seconds": number(stage.duration),
            "target": number(stage.target),
            "rate": number(stage.rate),
        }
        for stage in stages
    ]


def _limit(limit: Limit) -> Json:
    in_milliseconds = limit.is_time
    return {
        "source": limit.source,
        "endpoint": limit.endpoint,
        "each_endpoint": limit.each_endpoint,
        "metric": limit.metric,
        "statistic": limit.statistic,
        "percentile": number(limit.percentile),
        "operator": limit.operator,
        "value": milliseconds(limit.value) if in_milliseconds else number(limit.value),
        "unit": {
            "response_time": "ms",
            "service_time": "ms",
            "failure_rate": "ratio",
            "request_rate": "1/s",
            "requests": "requests",
            "dropped_requests": "requests",
            "dropped_rate": "1/s",
        }[limit.metric],
    }


def _moment(moment: Moment) -> Json:
    return {
        "second": moment.second,
        "users": moment.users,
        "requests": moment.requests,
        "failures": moment.failures,
        "in_flight": moment.in_flight,
        "median_ms": milliseconds(moment.p50),
        "p95_ms": milliseconds(moment.p95),
    }


def _run(measured: Measurement) -> Json:
    ended = measured.app_exit
    return {
        "duration_seconds": number(measured.duration),
        "steady_from_seconds": number(measured.steady_from),
        "steady_to_seconds": number(measured.steady_to),
        "users_planned": measured.users_planned,
        "users_reached": measured.users_reached,
        "times_exact": measured.total.latencies.exact,
        "arrivals": _arrivals_seen(measured.arrivals) if measured.arrivals else None,
        "stages": [_stage_seen(stage) for stage in measured.stages],
        "died_users": list(measured.died_users),
        "app_exit": {
            "code": ended.code,
            "out_of_memory": ended.out_of_memory,
            "log_tail": ended.log_tail,
        }
        if ended
        else None,
    }


def _arrivals_seen(arrivals: ArrivalsMeasurement) -> Json:
    return {
        "due": arrivals.due,
        "sent": arrivals.sent,
        "dropped": arrivals.dropped,
        "requested_per_second": number(arrivals.requested_per_second),
        "achieved_per_second": number(arrivals.achieved_per_second),
        "successful_per_second": number(arrivals.successful_per_second),
    }


def _stage_seen(stage: StageMeasurement) -> Json:
    return {
        "from_seconds": number(stage.begins),
        "to_seconds": number(stage.ends),
        "users_planned": stage.users_planned,
        "users_reached": stage.users_reached,
        "requests": stage.requests,
        "failures": stage.failures,
        "requested_per_second": number(stage.requested_per_second),
        "achieved_per_second": number(stage.achieved_per_second),
        "successful_per_second": number(stage.successful_per_second),
        "median_ms": milliseconds(stage.p50),
        "p95_ms": milliseconds(stage.p95),
    }


def _resources(used: Resources) -> Json:
    return {
        "samples": used.samples,
        "memory_at_start_bytes": used.memory_at_start,
        "memory_peak_bytes": used.memory_peak,
        "memory_at_end_bytes": used.memory_at_end,
        "cpu_cores": number(used.cpu_share),
    }


def _capacity(capacity: Capacity) -> Json:
    return {
        "users": capacity.users,
        "requests_per_second": number(capacity.rate),
        "requests_per_second_of_one_user": number(capacity.rate_of_one),
        "growth": number(capacity.growth),
        "requests_per_second_within_limits": number(capacity.rate_held),
        "users_within_limits": capacity.users_held,
        "grade": capacity.grade,
    }


def _graded(graded: Graded) -> Json:
    show = milliseconds if graded.target.is_time else number
    return {
        "statistic": graded.target.label,
        "grade": graded.grade,
        "endpoint": graded.endpoint,
        "value": show(graded.value),
        "target": show(graded.target.value),
        "acceptable": show(graded.acceptable.value),
        "unit": "ms" if graded.target.is_time else "ratio",
    }


def _versions() -> dict[str, str | None]:
    return {"python": platform.python_version()} | {name: _version(name) for name in _DISTRIBUTIONS}


def _version(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None
