"""Thresholds in k6's grammar → limits; a bad one is refused before anything is started.

{"http_req_duration": ["p(95)<500", "avg<200"],        milliseconds
 "http_req_duration{name:/api/items}": "p(99)<800",    one endpoint
 "http_req_failed": ["rate<0.01"],                     ratio of failed requests
 "http_reqs": ["count>=100", "rate>50"],               requests, requests per second
 "iterations": "rate>50",                              the same: a user's turn is one request
 "dropped_iterations": ["count<1", "rate<0.1"],        open load: requests never sent
 "service_time": "p(95)<200"}                          milliseconds from when they were sent
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from codeoptix_performance.settings.limits import Limit, Metric, Operator, Statistic
from codeoptix_performance.settings.refusal import RefusedValueError

_EXPRESSION = re.compile(
    r"\s*(?P<aggregation>[a-z]+)(?:\(\s*(?P<percentile>[^()\s]*)\s*\))?"
    r"\s*(?P<operator><=|>=|===|==|!=|<|>)\s*(?P<value>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*"
)
_OPERATORS: dict[str, Operator] = {
    "<": "<",
    "<=": "<=",
    ">": ">",
    ">=": ">=",
    "==": "==",
    "===": "==",
    "!=": "!=",
}
_SELECTOR = re.compile(r"(?P<metric>[A-Za-z_]+)\s*(?:\{(?P<tags>.*)\})?")


@dataclass(frozen=True, slots=True)
class _Aggregation:
    metric: Metric
    statistic: Statistic
    per_unit: float = 1.0


_MILLISECONDS = 1000.0


def _times(metric: Metric) -> dict[str, _Aggregation]:
    return {
        "avg": _Aggregation(metric, "avg", _MILLISECONDS),
        "min": _Aggregation(metric, "min", _MILLISECONDS),
        "med": _Aggregation(metric, "med", _MILLISECONDS),
        "max": _Aggregation(metric, "max", _MILLISECONDS),
        "p": _Aggregation(metric, "percentile", _MILLISECONDS),
    }


def _counted(count: Metric, rate: Metric) -> dict[str, _Aggregation]:
    return {"count": _Aggregation(count, "count"), "rate": _Aggregation(rate, "rate")}


_METRICS: dict[str, dict[str, _Aggregation]] = {
    "http_req_duration": _times("response_time"),
    "http_req_failed": {"rate": _Aggregation("failure_rate", "rate")},
    "http_reqs": _counted("requests", "request_rate"),
    "iterations": _counted("requests", "request_rate"),
    "dropped_iterations": _counted("dropped_requests", "dropped_rate"),
    "service_time": _times("service_time"),
}
_OF_THE_WHOLE_LOAD = ("dropped_iterations",)
_UNSUPPORTED_FLAGS = ("abortOnFail", "delayAbortEval")


def thresholds(value: Any) -> tuple[Limit, ...]:
    """The limits in the order they were written."""
    if not isinstance(value, Mapping):
        raise RefusedValueError('it must be an object such as {"http_req_duration": ["p(95)<500"]}')
    return tuple(
        _limit(str(selector), written)
        for selector, expressions in value.items()
        for written in (expressions if isinstance(expressions, list | tuple) else [expressions])
    )


def _limit(selector: str, written: Any) -> Limit:
    try:
        metric, endpoint = _read_selector(selector)
        expression = _read_entry(written)
        return _read_expression(expression, metric, endpoint, f"{selector}: {expression}")
    except RefusedValueError as refused:
        raise RefusedValueError(refused.reason, place=f"[{selector}]", value=written) from refused


def _read_selector(selector: str) -> tuple[str, str | None]:
    """The metric, and the endpoint its tags name: ``GET /items`` or ``/items``."""
    match = _SELECTOR.fullmatch(selector.strip())
    if match is None or match["metric"] not in _METRICS:
        raise RefusedValueError(f"measured are {', '.join(_METRICS)}")
    if match["tags"] is None:
        return match["metric"], None
    if match["metric"] in _OF_THE_WHOLE_LOAD:
        raise RefusedValueError("it speaks of the whole load and takes no tags")
    tags: dict[str, str] = {}
    for part in match["tags"].split(","):
        name, _, content = (piece.strip() for piece in part.partition(":"))
        tags[name] = content
    named = tags.pop("name", "") or urlsplit(tags.pop("url", "")).path
    method = tags.pop("method", "").upper()
    if tags or not named:
        raise RefusedValueError("its tags must name one endpoint, like {name:/api/items}")
    return match["metric"], f"{method} {named}" if method and " " not in named else named


def _read_entry(written: Any) -> str:
    """The expression of ``"p(95)<500"`` or of ``{"threshold": "p(95)<500"}``."""
    if isinstance(written, Mapping):
        for key in written:
            if key != "threshold" and (key not in _UNSUPPORTED_FLAGS or written[key]):
                raise RefusedValueError(f"'{key}' is not supported beside threshold")
        written = written.get("threshold")
    if not isinstance(written, str):
        raise RefusedValueError('it must be a text such as "p(95)<500"')
    return written.strip()


def _read_expression(expression: str, metric: str, endpoint: str | None, source: str) -> Limit:
    match = _EXPRESSION.fullmatch(expression)
    if match is None:
        raise RefusedValueError(
            'it must be an aggregation, a comparison and a plain number, like "p(95)<500"'
        )
    aggregation = _METRICS[metric].get(match["aggregation"])
    if aggregation is None or (match["percentile"] is not None) != (match["aggregation"] == "p"):
        known = ", ".join("p(N)" if name == "p" else name for name in _METRICS[metric])
        raise RefusedValueError(f"{metric} has {known}")
    return Limit(
        source=source,
        metric=aggregation.metric,
        statistic=aggregation.statistic,
        operator=_OPERATORS[match["operator"]],
        value=_read_value(match["value"], aggregation),
        percentile=None if match["percentile"] is None else _read_percentile(match["percentile"]),
        endpoint=endpoint,
    )


def _read_percentile(text: str) -> float:
    try:
        percentile = float(text)
    except ValueError:
        percentile = -1.0
    if not 0 <= percentile <= 100:
        raise RefusedValueError("the N of p(N) must be a number from 0 to 100")
    return percentile


def _read_value(text: str, aggregation: _Aggregation) -> float:
    value = float(text) / aggregation.per_unit
    if value < 0:
        raise RefusedValueError("its number must not be negative")
    if aggregation.metric == "failure_rate" and value > 1:
        raise RefusedValueError("its number must be a ratio from 0 to 1, so 1 % is 0.01")
    return value
