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
    """A note on the limits that the run's figures keep or break without proof, if there are any."""
    by_limit = {(check.limit, check.endpoint): check for check in checks}
    left = [
        (decision, by_limit[decision.limit, decision.endpoint])
        for decision in decisions
        if decision.state == "open" and (decision.limit, decision.endpoint) in by_limit
    ]
    if not left:
        return ()
    nearest = sorted(left, key=lambda pair: (pair[0].clean, abs(pair[1].strain - 1)))
    named = "; ".join(_question(*pair) for pair in nearest[:_MOST_NAMED])
    more = f"; and {len(left) - _MOST_NAMED} more" if len(left) > _MOST_NAMED else ""
    return (f"Note: measured but not proven: {named}{more}.",)


def _question(decision: Decision, check: Check) -> str:
    where = f"{decision.limit.label} of {show_endpoint(decision.endpoint)}"
    facts = [fact for fact in (_distance(check), _counted(decision), _needed(decision)) if fact]
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


def _needed(decision: Decision) -> str | None:
    if decision.needed is None or decision.needed <= decision.count.observed:
        return None
    return f"about {decision.needed} would decide it"
