"""Endpoints that answer one user well and fail under many."""

from __future__ import annotations

from codeoptix_performance.examination.examination import Crowding
from codeoptix_performance.examination.stretch import Part
from codeoptix_performance.units import format_ratio
from codeoptix_performance.verdict.collapse import log_says
from codeoptix_performance.verdict.verdict import Finding
from codeoptix_performance.verdict.wording import quote, requests, show_endpoint

MOST_FAILED = 0.05
"""A share of failures at saturation that a sound app may have: five times the asked load's."""
FEWEST_FAILED = 5


def find_crowding(crowding: Crowding, log_tail: str) -> tuple[Finding, ...]:
    """A finding for each endpoint that fails only when many ask at once."""
    return tuple(
        _finding(crowding, part, log_tail)
        for part in crowding.fails_only_in_a_crowd()
        if part.failures >= FEWEST_FAILED and part.failures / part.requests > MOST_FAILED
    )


def _finding(crowding: Crowding, part: Part, log_tail: str) -> Finding:
    ratio = part.failures / part.requests
    cause = f"; most often: {quote(part.cause)}" if part.cause else ""
    cause += log_says(log_tail)
    sentence = (
        f"{show_endpoint(part.name)}: {format_ratio(ratio)} of {requests(part.requests)} failed as "
        f"soon as {crowding.many.users} users asked at once, and none for a single user{cause}"
    )
    return Finding(
        id="fails-in-a-crowd",
        outcome="fail",
        sentence=f"{sentence}.",
        endpoint=part.name,
        statistic="rate",
        value=ratio,
        limit=MOST_FAILED,
        unit="ratio",
        dimension="integrity",
        grade="poor",
    )
