"""The options that carry settings, from one table: option and setting cannot drift apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import click

from codeoptix_performance.errors import SettingsError

Kind = Literal["value", "limit", "flag", "pair", "many", "thresholds", "variables"]

OFF = "off"
"""Switches a limit off that would hold by default."""


@dataclass(frozen=True, slots=True)
class SettingOption:
    """One option: the setting it carries, its flags, and how its text becomes the setting's words.

    ``limit`` is a value that may be ``off``; ``pair`` is one value or two with a comma between;
    ``many`` may be repeated; so may ``thresholds``, which reads ``METRIC: EXPRESSION``, and
    ``variables``, which reads ``NAME=VALUE``.
    """

    key: str
    flags: tuple[str, ...]
    metavar: str
    help: str
    kind: Kind = "value"

    def declare(self) -> click.Option:
        """The option as click knows it; values stay text, since settings read and refuse them."""
        names = (*self.flags, self.key)
        if self.kind == "flag":
            return click.Option(names, is_flag=True, default=None, help=self.help)
        many = self.kind in ("many", "thresholds", "variables")
        return click.Option(names, metavar=self.metavar, help=self.help, multiple=many)

    def read(self, given: Any) -> Any:
        """The words for settings of what click was ``given``."""
        match self.kind:
            case "limit":
                return None if given.strip().lower() == OFF else given
            case "pair":
                return [part.strip() for part in given.split(",")] if "," in given else given
            case "many":
                return list(given)
            case "thresholds":
                return _thresholds(given)
            case "variables":
                return _variables(given)
            case _:
                return given


def _grade_options(
    figure: str, metavar: str, words: str, target: str, acceptable: str
) -> tuple[SettingOption, SettingOption]:
    """The two rows of a figure that is graded, with their defaults."""
    flag = figure.replace("_", "-")
    return (
        SettingOption(
            f"target_{figure}",
            (f"--target-{flag}",),
            metavar,
            f"{words} that is graded target. [{target}]",
        ),
        SettingOption(
            f"acceptable_{figure}",
            (f"--acceptable-{flag}",),
            metavar,
            f"{words} that is graded acceptable. [{acceptable}]",
        ),
    )


SETTING_OPTIONS = (
    SettingOption("users", ("-u", "--users"), "N", "Users active at once. [20; website: 10]"),
    SettingOption(
        "spawn_rate",
        ("-r", "--spawn-rate"),
        "N",
        "Users started per second. [2, or more where the run is short]",
    ),
    SettingOption(
        "run_time",
        ("-t", "--run-time"),
        "TIME",
        "How long the load lasts: 30s, 2m, 1h30m. [30s]",
    ),
    SettingOption(
        "wait_time",
        ("--wait-time",),
        "TIME[,TIME]",
        "Pause of a user between two requests, least and greatest. [0.5,2; website: 1,3]",
        "pair",
    ),
    SettingOption(
        "shape",
        ("--shape",),
        "SHAPE",
        "How the load goes: steady, ramp, steps, spike, soak, or FILE.py:CLASS of a LoadTestShape. "
        "[steady]",
    ),
    SettingOption(
        "stages",
        ("--stage",),
        "TIME:TARGET",
        "Go to TARGET users (or requests per second) within TIME, as in k6. May be repeated.",
        "many",
    ),
    SettingOption(
        "arrival_rate",
        ("--arrival-rate",),
        "N",
        "Requests that arrive per second, answered or not (open load).",
    ),
    SettingOption(
        "arrival_pattern",
        ("--arrival-pattern",),
        "NAME",
        "Their spacing: constant or poisson. [constant]",
    ),
    SettingOption(
        "endpoints",
        ("--endpoint",),
        "ENDPOINT",
        'Load this and nothing else: "GET /items". May be repeated. [discovered]',
        "many",
    ),
    SettingOption(
        "openapi",
        ("--openapi",),
        "PATH_OR_URL",
        "Where the app's OpenAPI document is. [/openapi.json is tried]",
    ),
    SettingOption(
        "command",
        ("--command",),
        "COMMAND",
        'How the app is started, in the folder TARGET: "node server.js".',
    ),
    SettingOption(
        "app",
        ("--app",),
        "MODULE:APP",
        "The app object that is served: shop.main:app, or shop:create_app(). [found]",
    ),
    SettingOption(
        "environment",
        ("--environment",),
        "NAME",
        "Where the app's packages are: current, uv (made for it), or auto. [auto]",
    ),
    SettingOption(
        "env",
        ("--env",),
        "NAME=VALUE",
        "A variable of the app's environment, which is empty otherwise. May be repeated.",
        "variables",
    ),
    SettingOption(
        "setup",
        ("--setup",),
        "COMMAND",
        'Run before the start: "python manage.py migrate". May be repeated.',
        "many",
    ),
    SettingOption(
        "ready_path",
        ("--ready-path",),
        "PATH",
        "The app is up when this path answers below 400. [any answer of /]",
    ),
    SettingOption(
        "startup_timeout",
        ("--startup-timeout",),
        "TIME",
        "How long the app may take until it answers. [30s]",
    ),
    SettingOption(
        "memory_limit", ("--memory-limit",), "SIZE", "How much memory the app may use. [1GiB]"
    ),
    SettingOption(
        "sandbox",
        ("--sandbox",),
        "RUNG",
        "How the app is held: auto, bwrap, limits or none. [auto]",
    ),
    SettingOption(
        "allow_network",
        ("--allow-network",),
        "",
        "Let the app reach other machines and ports; its sandbox is open there.",
        "flag",
    ),
    SettingOption(
        "request_timeout",
        ("--request-timeout",),
        "TIME",
        "After how long a request without an answer has failed. [10s]",
    ),
    SettingOption(
        "early_stop",
        ("--early-stop",),
        "",
        "End as soon as every limit is decided, also where --run-time is given.",
        "flag",
    ),
    SettingOption("seed", ("--seed",), "N", "Makes requests and their order repeatable. [0]"),
    SettingOption(
        "allow_remote",
        ("--allow-remote",),
        "",
        "Allow a URL that is not on this machine. Load only what is yours.",
        "flag",
    ),
    SettingOption(
        "verify_tls",
        ("--verify-tls",),
        "YES_OR_NO",
        "Take no certificate that the system does not trust. [true]",
    ),
    SettingOption("engine", ("--engine",), "NAME", "The load generator: auto or locust. [auto]"),
    SettingOption(
        "max_avg_response_time",
        ("--max-avg-response-time",),
        "MS",
        "Greatest mean response time of each endpoint. [500; website: 1000]",
        "limit",
    ),
    SettingOption(
        "max_median_response_time",
        ("--max-median-response-time",),
        "MS",
        "Greatest median response time of each endpoint.",
        "limit",
    ),
    SettingOption(
        "max_p90_response_time",
        ("--max-p90-response-time",),
        "MS",
        "Greatest 90th percentile of each endpoint's response times.",
        "limit",
    ),
    SettingOption(
        "max_p95_response_time",
        ("--max-p95-response-time",),
        "MS",
        "Greatest 95th percentile of each endpoint's response times. [1000; website: none]",
        "limit",
    ),
    SettingOption(
        "max_p99_response_time",
        ("--max-p99-response-time",),
        "MS",
        "Greatest 99th percentile of each endpoint's response times.",
        "limit",
    ),
    SettingOption(
        "max_response_time",
        ("--max-response-time",),
        "MS",
        "Greatest response time of any request. [none; website: 5000]",
        "limit",
    ),
    SettingOption(
        "max_failure_rate",
        ("--max-failure-rate",),
        "RATIO",
        "Greatest share of failed requests of each endpoint: 0.01 or 1%. [1%]",
        "limit",
    ),
    SettingOption(
        "min_rps",
        ("--min-rps",),
        "N",
        "Least requests per second, all endpoints together.",
        "limit",
    ),
    SettingOption(
        "min_requests",
        ("--min-requests",),
        "N",
        "Fewer requests than this are too few for a pass. [100]",
    ),
    SettingOption(
        "examine",
        ("--examine",),
        "YES_OR_NO",
        "Look, after the load, for what light load does not show. [true]",
    ),
    SettingOption(
        "fail_on",
        ("--fail-on",),
        "GRADE",
        "What fails beside broken limits: poor, acceptable, target or limits (nothing). [poor]",
    ),
    *_grade_options("rps", "N", "Capacity", "100", "50"),
    *_grade_options("median_response_time", "MS", "Median response time", "100", "200"),
    *_grade_options("p95_response_time", "MS", "95th percentile", "500", "1000"),
    *_grade_options("p99_response_time", "MS", "99th percentile", "1000", "2000"),
    *_grade_options("failure_rate", "RATIO", "Share of failed requests", "0.1%", "1%"),
    SettingOption(
        "thresholds",
        ("--threshold",),
        "THRESHOLD",
        'A limit in k6\'s grammar: "http_req_duration: p(95)<500". May be repeated.',
        "thresholds",
    ),
)


def with_setting_options(command: click.Command) -> click.Command:
    """A decorator that gives ``command`` every option of the table, in its order."""
    command.params.extend(option.declare() for option in SETTING_OPTIONS)
    return command


def words_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """The settings' words of those options that were ``given`` on the command line."""
    return {
        option.key: option.read(given[option.key])
        for option in SETTING_OPTIONS
        if given.get(option.key) not in (None, ())
    }


def _thresholds(given: tuple[str, ...]) -> dict[str, list[str]]:
    """``http_req_duration{name:/items}: p(95)<500``, … as k6 writes them: expressions by metric."""
    by_metric: dict[str, list[str]] = {}
    for threshold in given:
        metric, colon, expression = threshold.rpartition(":")
        if not colon or not metric.strip():
            raise SettingsError(
                "thresholds",
                f"--threshold '{threshold}' must be a metric, a colon and an expression, like "
                "'http_req_duration: p(95)<500'.",
            )
        by_metric.setdefault(metric.strip(), []).append(expression.strip())
    return by_metric


def _variables(given: tuple[str, ...]) -> dict[str, str]:
    """``NAME=VALUE``, … as a table; what a name may be is for settings to say."""
    table = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not equals:
            raise SettingsError("env", f"--env '{pair}' must be a name, '=' and a value.")
        table[name.strip()] = value
    return table
