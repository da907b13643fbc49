"""One limit on one endpoint, asked at every look whether it is decided."""

from __future__ import annotations

import operator
from abc import ABC, abstractmethod

from codeoptix_performance.settings.limits import Limit
from codeoptix_performance.verdict.checks import share_left_out
from codeoptix_performance.verdict.sequential.due_bins import Count, DueBins
from codeoptix_performance.verdict.sequential.evidence_value import bar, clean_requests
from codeoptix_performance.verdict.sequential.figures_of_means import MeanFigure, RateFigure
from codeoptix_performance.verdict.sequential.figures_of_shares import (
    FailureFigure,
    PercentileFigure,
)
from codeoptix_performance.verdict.sequential.ladder import TIERS, Ruling, View, climb

CLEAN_SHARE = 0.05
"""A limit that nothing came near stops holding up the run once fewer than these can exceed."""
NOTHING = Count(0, 0)
_FIRST = TIERS[0]
_HALF = 1 / 2
_TWICE = 2.0
_AT_LEAST = {">=": operator.ge, ">": operator.gt}


class Watch(ABC):
    """A limit and the bins it is decided by."""

    def __init__(self, limit: Limit, bins: DueBins) -> None:
        self.limit = limit
        self.bins = bins

    @abstractmethod
    def rule(self, view: View) -> Ruling | None:
        """What is decided now; None while it is open."""

    def count(self) -> Count:
        """Requests against the limit itself."""
        return NOTHING

    @property
    def allowed(self) -> float | None:
        """The share of requests that may exceed; None where the limit counts no requests."""
        return None

    def clean(self, view: View) -> bool:  # noqa: ARG002 # most limits can be decided, and wait for it
        """Nothing came near it, in enough requests."""
        return False

    def far_off(self) -> bool:
        """Nothing came near it in what there was, so a crowd without pauses may prove it."""
        return False


class PercentileWatch(Watch):
    """At most a share of requests is slower than the limit."""

    def __init__(self, limit: Limit, bins: DueBins, allowed: float) -> None:
        super().__init__(limit, bins)
        self._allowed = allowed
        self._figure = PercentileFigure(bins, limit.value, allowed)

    def rule(self, view: View) -> Ruling | None:
        """By the ladder."""
        return climb(self._figure, self.bins, view, _slowdown(self.limit, view))

    def far_off(self) -> bool:
        """Nothing failed, nor took half the limit."""
        quick = not self.bins.failed and self.bins.greatest <= self.limit.value * _HALF
        return quick and bool(self.bins.finished)

    def count(self) -> Count:
        """Slower, failed or overdue ones of all that are old enough to tell."""
        return self.bins.count(self.limit.value)

    @property
    def allowed(self) -> float | None:
        """One minus the quantile."""
        return self._allowed


class MeanWatch(Watch):
    """The mean response time is below the limit."""

    def __init__(self, limit: Limit, bins: DueBins, timeout: float) -> None:
        super().__init__(limit, bins)
        self._figure = MeanFigure(bins, limit.value, timeout)

    def rule(self, view: View) -> Ruling | None:
        """By the ladder."""
        return climb(self._figure, self.bins, view, _slowdown(self.limit, view))

    def far_off(self) -> bool:
        """The mean is below half the limit."""
        return bool(self.bins.answered) and self._figure.is_within(_HALF)


class GreatestWatch(Watch):
    """No request is slower than the limit: one that is decides it, and no number proves it."""

    def rule(self, view: View) -> Ruling | None:
        """A fact, once something took longer than the host could have made it."""
        excused = view.health.could_become(self.limit.value)
        return Ruling("fails", 0) if self.bins.greatest > excused else None

    def far_off(self) -> bool:
        """Nothing took half the limit."""
        return bool(self.bins.finished) and self.bins.greatest <= self.limit.value * _HALF

    def clean(self, view: View) -> bool:
        """Nothing was slower than half the limit."""
        return self.bins.greatest <= self.limit.value * _HALF and _is_enough(self.bins, view)

    def count(self) -> Count:
        """Those slower than the limit; failed ones have no time here."""
        return Count(self.bins.answered, self.bins.slower(self.limit.value))

    @property
    def allowed(self) -> float | None:
        """None may exceed."""
        return 0.0


class FailureWatch(Watch):
    """At most a share of requests fails; a limit of 0 is broken by one, and never proven."""

    def __init__(self, limit: Limit, bins: DueBins) -> None:
        super().__init__(limit, bins)
        self._figure = FailureFigure(bins, limit.value)

    def rule(self, view: View) -> Ruling | None:
        """A pass and a late fail with proof at the limit, an early fail at twice the limit."""
        failed, allowed = self.bins.failed, self.limit.value
        if allowed >= 1:
            return Ruling("passes", 0)
        if allowed <= 0:
            return Ruling("fails", 0) if failed else None
        if self._proven_below(view):
            return Ruling("passes", 1)
        for tier, correlated, factor in ((TIERS[0], False, _TWICE), (TIERS[1], True, 1.0)):
            ready = view.now >= tier.seconds and not self._figure.is_within(factor)
            if ready and self._figure.proof_above(correlated=correlated) >= bar(view.tests):
                return Ruling("fails", tier.number)
        return None

    def _proven_below(self, view: View) -> bool:
        return (
            view.steady_seconds >= _FIRST.seconds
            and self._figure.is_within(1.0)
            and self._figure.proof_below(view.first_steady_bin) >= bar()
        )

    def far_off(self) -> bool:
        """Not one failed."""
        return bool(self.bins.finished) and not self.bins.failed

    def clean(self, view: View) -> bool:
        """Not one failed."""
        return not self.bins.failed and _is_enough(self.bins, view)

    def count(self) -> Count:
        """Finished and failed requests."""
        return self._figure.count(0)

    @property
    def allowed(self) -> float | None:
        """The limit itself."""
        return self.limit.value


class RateWatch(Watch):
    """Requests finish at least at a rate, once all planned users are active."""

    def __init__(self, limit: Limit, bins: DueBins) -> None:
        super().__init__(limit, bins)
        self._figure = RateFigure(bins, limit.value)

    def rule(self, view: View) -> Ruling | None:
        """By the ladder, from the moment the load is as asked for."""
        if view.steady_seconds < _FIRST.seconds:
            return None
        self._figure.first = view.first_steady_bin
        return climb(self._figure, self.bins, view, _slowdown(self.limit, view))


class NumberWatch(Watch):
    """So many requests finish."""

    def rule(self, view: View) -> Ruling | None:  # noqa: ARG002 # a number is a fact at any time
        """A fact, once they have."""
        compare = _AT_LEAST[self.limit.operator]
        return Ruling("passes", 0) if compare(self.bins.finished, self.limit.value) else None

    def count(self) -> Count:
        """Finished requests."""
        return Count(self.bins.finished, 0)


class UnhurriedWatch(Watch):
    """A limit that only a whole run can decide, such as ``p(95) > 100`` or ``count == 5``."""

    def rule(self, view: View) -> Ruling | None:  # noqa: ARG002 # nothing is ever decided early
        """Open to the end."""
        return None


def watch(limit: Limit, bins: DueBins, timeout: float) -> Watch:
    """The watch for this kind of limit; ``timeout`` is the longest a request can take."""
    maximum, minimum = limit.operator in ("<", "<="), limit.operator in _AT_LEAST
    match limit.metric:
        case "failure_rate" if maximum:
            return FailureWatch(limit, bins)
        case "request_rate" if minimum:
            return RateWatch(limit, bins)
        case "requests" if minimum:
            return NumberWatch(limit, bins)
        case "response_time" if maximum:
            return _watch_on_time(limit, bins, timeout)
    return UnhurriedWatch(limit, bins)


def levels(limit: Limit) -> tuple[float, ...]:
    """The seconds about which a watch on ``limit`` will ask the bins."""
    if limit.metric != "response_time" or limit.operator not in ("<", "<="):
        return ()
    if limit.statistic == "avg":
        return MeanFigure.levels(limit.value)
    return PercentileFigure.levels(limit.value) if share_left_out(limit) else ()


def _watch_on_time(limit: Limit, bins: DueBins, timeout: float) -> Watch:
    allowed = share_left_out(limit)
    if limit.statistic == "avg":
        return MeanWatch(limit, bins, timeout)
    if allowed:
        return PercentileWatch(limit, bins, allowed)
    if limit.statistic == "max" or limit.percentile == 100:
        return GreatestWatch(limit, bins)
    return UnhurriedWatch(limit, bins)


def _slowdown(limit: Limit, view: View) -> float:
    """By how much others than the app may have worsened what is measured against ``limit``."""
    if limit.metric == "request_rate":
        return view.health.could_become(1.0)
    return view.health.could_become(limit.value) / limit.value if limit.value else 1.0


def _is_enough(bins: DueBins, view: View) -> bool:
    fewest = clean_requests(CLEAN_SHARE)
    return view.steady_seconds >= _FIRST.seconds and fewest is not None and bins.finished >= fewest
