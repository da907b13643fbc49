"""Endpoints that answer one user well and fail under many, and apps that end then.

Refusals (4xx, 503) are none of it: rate limits and items that are used up belong to sound apps.
"""

from __future__ import annotations

from codeoptix_performance.examination.examination import Crowding
from codeoptix_performance.examination.stretch import Part
from codeoptix_performance.target.target import AppExit
from codeoptix_performance.units import format_ratio
from codeoptix_performance.verdict.collapse import log_says
from codeoptix_performance.verdict.verdict import Finding
from codeoptix_performance.verdict.wording import exit_words, quote, requests, show_endpoint

MOST_FAILED = 0.05
"""A share of failures at saturation that a sound app may have: five times the asked load's."""
FEWEST_FAILED = 5


def find_crowding(crowding: Crowding, log_tail: str) -> tuple[Finding, ...]:
    """A finding for each endpoint that fails only when many ask at once."""
    return tuple(
        _finding(crowding, part, log_tail)
        for part in crowding.fails_only_in_a_crowd()
        if part.broken >= FEWEST_FAILED and part.broken / part.requests > MOST_FAILED
    )


def find_end(ended: AppExit) -> Finding:
    """The app did not live through the examination."""
    how = "ran out of memory and ended" if ended.out_of_memory else "ended"
    sentence = (
        f"The app {how} {exit_words(ended.code)} when it was asked without pauses, after it had "
        f"lived through the load{log_says(ended.log_tail)}"
    )
    return Finding(
        id="died-in-a-crowd",
        outcome="fail",
        sentence=f"{sentence}.",
        dimension="integrity",
        grade="poor",
    )


def _finding(crowding: Crowding, part: Part, log_tail: str) -> Finding:
    ratio = part.broken / part.requests
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
