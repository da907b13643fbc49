"""The ladder: the longer a run lasts, the nearer to its limit a figure may be decided.

| tier | from  | pass: figure      | and proven below | fail: figure  | and proven above |
|------|-------|-------------------|------------------|---------------|------------------|
| 1    | 2 s   | within the limit  | limit / 2        | over it       | limit · 2        |
| 2    | 5 s   | within limit / 1.5| limit            | over 1.5      | limit            |
| 3    | 10 s  | within the limit  | limit · 1.1      | over it       | limit / 1.1      |

Tier 1 takes requests as independent: it survives a slowdown of the machine by 2 that the run has
not seen. Tiers 2 and 3 count correlated requests as fewer. Between 1 / 1.1 and 1.1 times the
limit nothing is proven, and the figure alone has to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from codeoptix_performance.verdict.sequential.due_bins import DueBins, first_bin_from
from codeoptix_performance.verdict.sequential.evidence_value import bar
from codeoptix_performance.verdict.sequential.looks import HostHealth, State


class Figure(Protocol):
    """A statistic that shall stay below its limit, and the evidence on where it is.

    ``factor`` is a multiple of the limit. Evidence is logarithmic, 0 or less for none; ``first``
    is the first bin of time to be counted, and ``correlated`` asks for the design effect.
    """

    def is_within(self, factor: float) -> bool:
        """The figure of the whole run is at most ``factor`` limits."""

    def proof_below(self, factor: float, first: int, *, correlated: bool) -> float:
        """How strongly it speaks for a truth below ``factor`` limits."""

    def proof_above(self, factor: float, first: int, *, correlated: bool) -> float:
        """How strongly it speaks for a truth above ``factor`` limits."""


@dataclass(frozen=True, slots=True)
class Tier:
    """``factor`` limits must be proven, ``nearest`` limits kept by the figure, for a pass.

    For a fail both are inverted. ``survives`` is the slowdown by others that excuses no fail.
    """

    number: int
    seconds: float
    nearest: float
    factor: float
    survives: float
    correlated: bool = True


TIERS = (
    Tier(1, 2.0, 1.0, 1 / 2, survives=2.0, correlated=False),
    Tier(2, 5.0, 1 / 1.5, 1.0, survives=1.5),
    Tier(3, 10.0, 1.0, 1.1, survives=1.1),
)
FAR_TIER = Tier(1, 2.0, 1.0, 1 / 5, survives=5.0, correlated=False)
"""Fails on a troubled machine what no trouble explains."""
FACTORS = tuple(
    sorted(
        {1.0}
        | {each for tier in TIERS for each in (tier.nearest, 1 / tier.nearest)}
        | {each for tier in TIERS for each in (tier.factor, 1 / tier.factor)}
        | {1 / FAR_TIER.factor}
    )
)
"""All multiples of a limit that are ever asked about."""


@dataclass(frozen=True, slots=True)
class View:
    """The circumstances of a look: seconds since the load began, ``tests`` limits in all."""

    now: float
    steady_since: float | None
    health: HostHealth
    tests: int

    @property
    def steady_seconds(self) -> float:
        """How long all planned users have been active."""
        return 0.0 if self.steady_since is None else self.now - self.steady_since

    @property
    def first_steady_bin(self) -> int:
        """Only what was due from here on can prove that the asked load is borne."""
        return first_bin_from(0.0 if self.steady_since is None else self.steady_since)


@dataclass(frozen=True, slots=True)
class Ruling:
    """``state`` was reached on ``tier``, 0 for a plain fact."""

    state: State
    tier: int


def climb(figure: Figure, bins: DueBins, view: View, slowdown: float) -> Ruling | None:
    """The first tier that decides, None where none does.

    ``slowdown`` is the factor by which others than the app may have worsened the figure.
    """
    for tier in TIERS:
        if view.steady_seconds >= tier.seconds and _passes(figure, tier, view):
            return Ruling("passes", tier.number)
    for tier in (*TIERS, FAR_TIER):
        ready = view.now >= tier.seconds and slowdown < tier.survives
        if ready and _fails(figure, tier, view, bins):
            return Ruling("fails", tier.number)
    return None


def _passes(figure: Figure, tier: Tier, view: View) -> bool:
    if not figure.is_within(tier.nearest):
        return False
    first, needed = view.first_steady_bin, bar()
    if figure.proof_below(tier.factor, first, correlated=False) < needed:
        return False
    return not tier.correlated or (
        figure.proof_below(tier.factor, first, correlated=True) >= needed
    )


def _fails(figure: Figure, tier: Tier, view: View, bins: DueBins) -> bool:
    """Proven with the warm-up and without it; the cheap question comes first."""
    if figure.is_within(1 / tier.nearest):
        return False
    factor, needed = 1 / tier.factor, bar(view.tests)
    if figure.proof_above(factor, 0, correlated=False) < needed:
        return False
    cut = bins.warm_up()
    return cut.settled and (
        figure.proof_above(factor, cut.bins, correlated=tier.correlated) >= needed
    )
