"""``check TARGET``: an app started, loaded and judged, without any agent."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from codeoptix_performance.assessment import Assessment, assess
from codeoptix_performance.cli.asked import PROFILES, asked_settings
from codeoptix_performance.cli.exit_codes import exit_code_of
from codeoptix_performance.cli.live import Watcher
from codeoptix_performance.cli.setting_options import with_setting_options
from codeoptix_performance.cli.terminal import page_width, wants_colour, write_safely
from codeoptix_performance.errors import PerformanceError, UsageError
from codeoptix_performance.report.as_csv import write_csv
from codeoptix_performance.report.as_json import as_json
from codeoptix_performance.report.as_text import as_text
from codeoptix_performance.settings.settings import Settings


@dataclass(frozen=True, slots=True)
class Outputs:
    """What is written beside the page: CSV files under a prefix, JSON on standard output."""

    csv_prefix: str | None
    json: bool


@with_setting_options
@click.command(
    short_help="Start an app, load it, and say pass, fail or inconclusive.",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 pass, 1 fail, 2 usage, 3 inconclusive or untestable, 130 interrupted.",
)
@click.argument("target", required=False)
@click.option("-H", "--host", metavar="URL", help="The app's URL; another way to give TARGET.")
@click.option("--config", metavar="FILE", help="Settings from a YAML, TOML or JSON file.")
@click.option("--profile", type=click.Choice(PROFILES), help="Whose guide limits hold. [api]")
@click.option("--csv", metavar="PREFIX", help="Write PREFIX_stats.csv and Locust's other three.")
@click.option("--json", is_flag=True, help="The result as JSON on stdout; the page on stderr.")
@click.option("--headless", is_flag=True, help="As in Locust; there is no web page to do without.")
@click.pass_context
def check(
    context: click.Context,
    /,
    *,
    target: str | None,
    host: str | None,
    config: str | None,
    profile: str | None,
    csv: str | None,
    json: bool,
    headless: bool,  # noqa: ARG001  Locust's command lines have it; it changes nothing here
    **given: Any,
) -> None:
    """Start an app, put it under load, and say pass, fail or inconclusive, and why.

    TARGET is the URL of an app that runs, a Python file, a folder, any other file that holds an
    agent's answer, or - for such an answer on standard input. Settings come, strongest first,
    from these options, from --config, and from LOCUST_HOST, LOCUST_USERS, LOCUST_SPAWN_RATE and
    LOCUST_RUN_TIME. A limit given as "off" does not hold. Brackets show what holds otherwise.
    """
    settings = asked_settings(target, given, host=host, config=config, profile=profile)
    outputs = Outputs(csv_prefix=csv, json=json)
    _refuse_unwritable(outputs)
    with Watcher.on_terminal(settings.run_time, about=_about(settings)) as watcher:
        assessment = assess(settings, on_progress=watcher)
    _hand_out(assessment, outputs, started_at=watcher.started_at)
    context.exit(exit_code_of(assessment))


def _about(settings: Settings) -> str:
    if settings.url:
        return settings.url
    return settings.command or str(settings.workspace or "the app in the text given")


def _refuse_unwritable(outputs: Outputs) -> None:
    """Tells before the run, not after it, that a file cannot be written."""
    if outputs.csv_prefix is None:
        return
    folder = Path(f"{outputs.csv_prefix}_stats.csv").parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--csv: {folder} cannot be made ({error.strerror}).") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UsageError(f"--csv: {folder} cannot be written to.")


def _hand_out(assessment: Assessment, outputs: Outputs, *, started_at: float) -> None:
    page_stream = sys.stderr if outputs.json else sys.stdout
    page = as_text(assessment, width=page_width(page_stream), colour=wants_colour(page_stream))
    write_safely(page, page_stream)
    if outputs.json:
        write_safely(as_json(assessment), sys.stdout)
    if outputs.csv_prefix is not None:
        try:
            write_csv(assessment, outputs.csv_prefix, started_at=started_at)
        except OSError as error:
            raise PerformanceError(f"--csv: {error.filename}: {error.strerror}.") from error
