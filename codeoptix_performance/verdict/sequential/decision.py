"""The sequential decision: every limit on every endpoint, decided as soon as that is safe.

Pure: it has no clock and asks nobody. Each look is given what is new, and says which limits are
decided and whether the load may end. How often one looks does not matter for its errors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codeoptix_performance.settings.limits import Limit
from codeoptix_performance.verdict.checks import names_endpoint
from codeoptix_performance.verdict.sequential.due_bins import DueBins
from codeoptix_performance.verdict.sequential.ladder import Ruling, View
from codeoptix_performance.verdict.sequential.looks import Decision, Look, News
from codeoptix_performance.verdict.sequential.watches import Watch, levels, watch

LEAST_STEADY = 1.4
"""Seconds all users are asked to be active; the load alone proves nothing before tier 1."""
AFTER_A_FAIL = 2.0
"""Seconds the load goes on after a limit is decided to fail, so that others are decided too."""


@dataclass(frozen=True, slots=True)
class _Standing:
    """A ruling that stands, and when it was made."""

    ruling: Ruling
    at: float


class SequentialDecision:
    """Looks at one run. ``request_timeout`` in seconds is the longest a request can take.

    No run goes on for the sake of ``unchosen`` endpoints, those of a login: however long it lasts,
    each user asks for them once. Nor does it for ``crowded`` ones while nothing comes anywhere near
    their limits: a crowd will ask for them, and prove those limits faster (``crowd_proof``).
    """

    def __init__(
        self,
        limits: Sequence[Limit],
        endpoints: Sequence[str],
        *,
        min_requests: int,
        request_timeout: float,
        unchosen: frozenset[str] = frozenset(),
        crowded: frozenset[str] = frozenset(),
    ) -> None:
        self._unchosen = unchosen
        self._crowded = crowded
        self._all_are_crowded = crowded >= set(endpoints) - unchosen
        each = sorted({level for limit in limits for level in levels(limit)})
        together = sorted(
            {level for limit in limits if _is_of_all(limit) for level in levels(limit)}
        )
        self._min_requests = min_requests
        self._endpoints = [DueBins(each) for _ in endpoints]
        self._all = DueBins(together) if any(map(_is_of_all, limits)) else None
        self._watches = [
            (endpoint, watch(limit, bins, request_timeout))
            for limit in limits
            for endpoint, bins in self._scope(limit, endpoints)
        ]
        self._standing: dict[int, _Standing] = {}

    def look(self, news: News) -> Look:
        """Takes what is new and says how every limit stands; what was decided stays so."""
        self._take(news)
        view = View(news.now, news.steady_since, news.health, tests=max(1, len(self._watches)))
        for number, (_, one) in enumerate(self._watches):
            if number not in self._standing and (ruling := one.rule(view)) is not None:
                self._standing[number] = _Standing(ruling, news.now)
        decisions = tuple(
            self._decision(number, endpoint, one, view)
            for number, (endpoint, one) in enumerate(self._watches)
        )
        return Look(news.now, decisions, self._is_over(decisions, view))

    def _take(self, news: News) -> None:
        for bins, finished, in_flight in zip(
            self._endpoints, news.finished, news.in_flight, strict=True
        ):
            bins.add(finished)
            bins.close(news.now, in_flight)
        if self._all is not None:
            for finished in news.finished:
                self._all.add(finished)
            self._all.close(news.now, [due for waiting in news.in_flight for due in waiting])

    def _decision(self, number: int, endpoint: str | None, one: Watch, view: View) -> Decision:
        standing = self._standing.get(number)
        return Decision(
            limit=one.limit,
            endpoint=endpoint,
            state=standing.ruling.state if standing else "open",
            count=one.count(),
            tier=standing.ruling.tier if standing else None,
            at=standing.at if standing else None,
            allowed=one.allowed,
            clean=standing is None and one.clean(view),
            far_off=standing is None and one.far_off(),
        )

    def _is_over(self, decisions: Sequence[Decision], view: View) -> bool:
        """Nothing is left to wait for, or a limit failed and the others had their time."""
        waiting = [
            decision
            for decision in decisions
            if decision.keeps_going
            and decision.endpoint not in self._unchosen
            and not self._is_left_to_crowd(decision)
        ]
        fails = [one.at for one in self._standing.values() if one.ruling.state == "fails"]
        if fails:
            torn = any(decision.is_torn for decision in waiting)
            return not torn or view.now - min(fails) >= AFTER_A_FAIL
        enough = sum(bins.finished for bins in self._endpoints) >= self._min_requests
        ready = enough and view.steady_seconds >= LEAST_STEADY
        return bool(decisions) and ready and not waiting

    def _is_left_to_crowd(self, decision: Decision) -> bool:
        if decision.endpoint is None:
            return decision.far_off and self._all_are_crowded
        return decision.far_off and decision.endpoint in self._crowded

    def _scope(self, limit: Limit, endpoints: Sequence[str]) -> list[tuple[str | None, DueBins]]:
        if self._all is not None and _is_of_all(limit):
            return [(None, self._all)]
        wanted = limit.endpoint
        return [
            (name, bins)
            for name, bins in zip(endpoints, self._endpoints, strict=True)
            if wanted is None or names_endpoint(wanted, name)
        ]


def _is_of_all(limit: Limit) -> bool:
    return limit.endpoint is None and not limit.each_endpoint
