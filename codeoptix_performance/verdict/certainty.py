"""What the verdict is sure of: decisions of the run held against its final figures."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from codeoptix_performance.units import format_ratio
from codeoptix_performance.verdict.checks import Check
from codeoptix_performance.verdict.sequential.looks import Decision
from codeoptix_performance.verdict.wording import requests, show_endpoint

_MOST_NAMED = 3


def settle(decisions: Iterable[Decision], checks: tuple[Check, ...]) -> tuple[Decision, ...]:
    """The decisions, open again where the figures of the whole run say otherwise."""
    by_limit = {(check.limit, check.endpoint): check for check in checks}
    settled = []
    for decision in decisions:
        check = by_limit.get((decision.limit, decision.endpoint))
        contradicted = check is not None and (
            (decision.state == "passes" and check.broken)
            or (decision.state == "fails" and not check.broken)
        )
        kept = replace(decision, state="open", tier=None, at=None, clean=False)
        settled.append(kept if contradicted else decision)
    return tuple(settled)


def open_questions(decisions: Iterable[Decision], checks: tuple[Check, ...]) -> tuple[str, ...]:
    """A note on the limits that the run's figures keep or break without proof, if there are any.

    Short for those that nothing speaks against; the others are told one by one.
    """
    by_limit = {(check.limit, check.endpoint): check for check in checks}
    left = [
        (decision, by_limit[decision.limit, decision.endpoint])
        for decision in decisions
        if decision.state == "open" and (decision.limit, decision.endpoint) in by_limit
    ]
    kept = [decision for decision, check in left if _only_lacks_requests(decision, check)]
    doubtful = [pair for pair in left if pair[0] not in kept]
    if doubtful:
        more = f"; and {_kept(kept)}" if kept else ""
        return (f"Note: measured but not proven: {_one_by_one(doubtful)}{more}.",)
    return (f"Note: {_kept(kept)}.",) if kept else ()


def _only_lacks_requests(decision: Decision, check: Check) -> bool:
    """Nothing exceeded the limit, and enough requests would prove that few do."""
    clean = not decision.count.exceeding and not check.broken
    return clean and _needed(decision) is not None


def _kept(decisions: list[Decision]) -> str:
    """``failure rate of GET /items is kept but not proven by 150 requests: about 731 would``."""
    labels = dict.fromkeys(decision.limit.label for decision in decisions)
    what = " and ".join(label if label[1].isdigit() else label.lower() for label in labels)
    endpoints = {decision.endpoint for decision in decisions}
    where = show_endpoint(min(map(str, endpoints))) if None not in endpoints else "all requests"
    if len(endpoints) > 1:
        where = f"{len(endpoints)} endpoints"
    counts = sorted(decision.count.observed for decision in decisions)
    between = "" if counts[0] == counts[-1] else f"{counts[0]} to "
    seen = f"{between}{requests(counts[-1])}{' each' if len(endpoints) > 1 else ''}"
    verb = "is" if len(labels) == 1 else "are"
    most = max(decision.needed or 0 for decision in decisions)
    return f"{what} of {where} {verb} kept but not proven by {seen}: about {most} would"


def _one_by_one(left: list[tuple[Decision, Check]]) -> str:
    nearest = sorted(left, key=lambda pair: (pair[0].clean, abs(pair[1].strain - 1)))
    named = "; ".join(_question(*pair) for pair in nearest[:_MOST_NAMED])
    hidden = len(left) - _MOST_NAMED
    return f"{named}; and {hidden} more" if hidden > 0 else named


def _question(decision: Decision, check: Check) -> str:
    where = f"{decision.limit.label} of {show_endpoint(decision.endpoint)}"
    needed = _needed(decision)
    would = f"about {needed} would decide it" if needed else None
    facts = [fact for fact in (_distance(check), _counted(decision), would) if fact]
    return f"{where} ({', '.join(facts)})" if facts else where


def _distance(check: Check) -> str | None:
    """``4 % below its limit``; nothing where far off or without a number."""
    strain = check.strain
    if not strain or math.isinf(strain) or not 0.5 <= strain <= 2:
        return None
    side = "below" if strain < 1 else "above"
    return "on its limit" if strain == 1 else f"{format_ratio(abs(strain - 1))} {side} its limit"


def _counted(decision: Decision) -> str | None:
    if decision.allowed is None or not decision.count.observed:
        return None
    over = "failed" if decision.limit.metric == "failure_rate" else "too slow"
    return f"{decision.count.exceeding} of {requests(decision.count.observed)} {over}"


def _needed(decision: Decision) -> int | None:
    """Requests in all that would decide it, where those seen are too few."""
    if decision.needed is None or decision.needed <= decision.count.observed:
        return None
    return decision.needed
