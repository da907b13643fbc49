"""Limits in words of their own: ``max_p95_response_time``, ``max_failure_rate``, ``min_rps``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from codeoptix_performance.settings.limits import Limit, Metric, Operator, Statistic


@dataclass(frozen=True, slots=True)
class LimitWord:
    """What one key limits. Where ``each_endpoint`` is false, all requests are taken together."""

    metric: Metric
    statistic: Statistic
    percentile: float | None = None
    operator: Operator = "<="
    each_endpoint: bool = True

    def limit(self, key: str, value: float) -> Limit:
        """The limit that ``key`` asks for; ``value`` in seconds, 0..1 or per second."""
        return Limit(
            source=key,
            metric=self.metric,
            statistic=self.statistic,
            operator=self.operator,
            value=value,
            percentile=self.percentile,
            each_endpoint=self.each_endpoint,
        )


LIMIT_WORDS: dict[str, LimitWord] = {
    "max_avg_response_time": LimitWord("response_time", "avg"),
    "max_median_response_time": LimitWord("response_time", "med"),
    "max_p90_response_time": LimitWord("response_time", "percentile", 90.0),
    "max_p95_response_time": LimitWord("response_time", "percentile", 95.0),
    "max_p99_response_time": LimitWord("response_time", "percentile", 99.0),
    "max_response_time": LimitWord("response_time", "max"),
    "max_failure_rate": LimitWord("failure_rate", "rate"),
    "min_rps": LimitWord("request_rate", "rate", operator=">=", each_endpoint=False),
}


def limits_in_force(
    asked: Mapping[str, float | None],
    thresholds: tuple[Limit, ...],
    guide: Mapping[str, float],
    graded: tuple[Limit, ...] = (),
) -> tuple[Limit, ...]:
    """The guide's limits as changed by what was asked, then those of grades, then the thresholds.

    A key asked for as None is switched off. A threshold that names no endpoint takes the place of
    the guide's limits on the same metric, unless they were asked for as well. Of a limit and a
    ``graded`` one on the same figure, the stricter holds.
    """
    replaced = {limit.metric for limit in thresholds if limit.endpoint is None}
    kept = {key: value for key, value in guide.items() if LIMIT_WORDS[key].metric not in replaced}
    in_force = {key: value for key, value in {**kept, **asked}.items() if value is not None}
    by_key = (LIMIT_WORDS[key].limit(key, in_force[key]) for key in LIMIT_WORDS if key in in_force)
    return (*_strictest((*by_key, *graded)), *thresholds)


def _strictest(limits: Iterable[Limit]) -> Iterable[Limit]:
    """One limit for each figure; of two on the same, the lower. No minimum is graded."""
    kept: dict[tuple[Metric, Statistic, float | None], Limit] = {}
    for limit in limits:
        figure = (limit.metric, limit.statistic, limit.percentile)
        if figure not in kept or limit.value < kept[figure].value:
            kept[figure] = limit
    return kept.values()


def are_of_guide_kinds(limits: Iterable[Limit], guide: Mapping[str, float]) -> bool:
    """True where each limit is one the guide has, whatever its value."""
    return all(limit.source in guide for limit in limits)
