"""Words → Settings: names checked, values read, limits put together, before anything starts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, get_args

from codeoptix_performance.errors import SettingsError
from codeoptix_performance.settings import readers
from codeoptix_performance.settings.address import address, check_loopback
from codeoptix_performance.settings.asked_limits import (
    LIMIT_WORDS,
    are_of_guide_kinds,
    limits_in_force,
)
from codeoptix_performance.settings.defaults import DEFAULTS
from codeoptix_performance.settings.endpoints import endpoints
from codeoptix_performance.settings.grade_table import (
    GRADE_READERS,
    FailOn,
    check_grades,
    graded_figures,
    limits_of_grades,
)
from codeoptix_performance.settings.load_shapes import stages
from codeoptix_performance.settings.load_words import check_load, shape, stages_from
from codeoptix_performance.settings.own_start import (
    app_object,
    commands,
    path_to_ask,
    variables,
)
from codeoptix_performance.settings.refusal import RefusedValueError, refuse
from codeoptix_performance.settings.settings import Profile, Settings
from codeoptix_performance.settings.stages import duration_of, greatest_of
from codeoptix_performance.settings.thresholds import thresholds
from codeoptix_performance.settings.words import Words, environment_words, file_words

__all__ = ["environment_words", "file_words", "settings_from"]

_READERS: dict[str, readers.Reader] = {
    "url": address,
    "command": readers.command,
    "workspace": readers.folder,
    "code": readers.code,
    "app": app_object,
    "environment": readers.one_of("auto", "current", "uv"),
    "env": variables,
    "setup": commands,
    "ready_path": path_to_ask,
    "openapi": readers.text,
    "endpoints": endpoints,
    "startup_timeout": readers.duration,
    "memory_limit": readers.memory,
    "sandbox": readers.one_of("auto", "bwrap", "limits", "none"),
    "allow_network": readers.yes_or_no,
    "allow_remote": readers.yes_or_no,
    "verify_tls": readers.yes_or_no,
    "engine": readers.one_of("auto", "locust"),
    "users": readers.whole_number(1),
    "spawn_rate": readers.above_zero("a number of users per second"),
    "run_time": readers.duration,
    "wait_time": readers.pause,
    "stages": stages,
    "shape": shape,
    "arrival_rate": readers.above_zero("a number of requests per second"),
    "arrival_pattern": readers.one_of("constant", "poisson"),
    "request_timeout": readers.duration,
    "seed": readers.whole_number(0),
    "examine": readers.yes_or_no,
    "fail_on": readers.one_of(*get_args(FailOn)),
    **GRADE_READERS,
    "early_stop": readers.yes_or_no,
    "min_requests": readers.whole_number(0),
    "thresholds": thresholds,
    "min_rps": readers.above_zero("a number of requests per second"),
    "max_failure_rate": readers.ratio,
} | {key: readers.milliseconds for key in LIMIT_WORDS if key.endswith("response_time")}

_HOST_KEYS = frozenset(
    {
        *("plan", "requirements", "files", "api_spec", "existing_code", "artifacts", "prompt"),
        *("preferred_agent", "source", "code_block", "judgment", "severity", "enabled"),
    }
)


def settings_from(
    words: Mapping[str, Any],
    *,
    profile: Profile,
    origin: str = "context",
    base: Mapping[str, Any] | None = None,
) -> Settings:
    """Complete settings from ``words``, over the weaker ``base``, over the guide's defaults.

    ``None`` means "not given", and for a limit "switched off". Raises ``SettingsError`` with one
    sentence that names the origin, the key, the value and what is accepted.
    """
    merged = Words.of(words, origin).over(Words.of(base or {}, "config"))
    _check_names(merged)
    merged = _without_overruled_host(merged)
    values = {key: _read(merged, key) for key in _READERS if key in merged}
    _check_app(merged, values)
    check_load(merged, values)
    settings = _complete({**values, "stages": stages_from(merged, values)}, profile)
    check_grades(merged, values, (settings.target_rps, settings.acceptable_rps))
    return settings


def _check_names(words: Words) -> None:
    for key in words:
        if key in _READERS or (key in _HOST_KEYS and not words.must_be_ours(key)):
            continue
        near = get_close_matches(str(key), _READERS, n=1, cutoff=0.8)
        if near:
            hint = f"did you mean '{near[0]}'?"
        elif words.must_be_ours(key):
            hint = f"known are {', '.join(_READERS)}."
        else:
            continue
        raise SettingsError(str(key), f"{words.origin(key)}: unknown setting '{key}'; {hint}")


def _without_overruled_host(words: Words) -> Words:
    """LOCUST_HOST names the app only where nothing else does."""
    named = any(words.get(key) is not None for key in ("command", "workspace", "code"))
    overruled = named and "url" in words and words.origin("url") == "LOCUST_HOST"
    return words.without("url") if overruled else words


def _read(words: Words, key: str) -> Any:
    value = words[key]
    if value is None:
        return None
    try:
        return _READERS[key](value)
    except RefusedValueError as refused:
        refuse(words.origin(key), key, value, refused)


def _check_app(words: Words, values: Mapping[str, Any]) -> None:
    """Refuses what cannot be: a foreign address, no such workspace, two ways to start one app."""
    url, workspace = values.get("url"), values.get("workspace")
    try:
        if url is not None and not values.get("allow_remote"):
            check_loopback(url)
    except RefusedValueError as refused:
        refuse(words.origin("url"), "url", url, refused)
    if url is None and workspace is not None and not workspace.exists():
        absent = RefusedValueError("it must be a folder or a file that exists")
        refuse(words.origin("workspace"), "workspace", str(workspace), absent)
    if url is None and values.get("app") is not None and values.get("command") is not None:
        second = RefusedValueError("the command already says what is started, so give one of them")
        refuse(words.origin("app"), "app", values["app"], second)


def _complete(values: Mapping[str, Any], profile: Profile) -> Settings:
    defaults = DEFAULTS[profile]
    asked = {key: values[key] for key in LIMIT_WORDS if key in values}
    figures = graded_figures(values)
    graded = limits_of_grades(values.get("fail_on") or "poor", figures)
    limits = limits_in_force(asked, values.get("thresholds") or (), defaults.limits, graded)
    given = {
        key: value
        for key, value in values.items()
        if value is not None and key in Settings.model_fields
    }
    if given["stages"]:
        given["run_time"] = duration_of(given["stages"])
        if "arrival_rate" not in given:
            given["users"] = math.ceil(greatest_of(given["stages"]))
    if "min_requests" in values:
        given["min_requests"] = values["min_requests"] or 0
    return Settings(
        **{
            "users": defaults.users,
            "spawn_rate": defaults.spawn_rate,
            "run_time": defaults.run_time,
            "wait_time": defaults.wait_time,
            "min_requests": defaults.min_requests,
            **given,
        },
        profile=profile,
        users_given="users" in given,
        spawn_rate_given="spawn_rate" in given,
        run_time_given="run_time" in given,
        wait_time_given="wait_time" in given,
        limits=limits,
        graded_figures=figures,
        guide_limits_only=are_of_guide_kinds(limits, defaults.limits),
    )
