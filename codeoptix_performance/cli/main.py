"""The command ``codeoptix-performance``: words in, pages out, and the only exit there is."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from typing import NoReturn

import click

from codeoptix_performance.cli.check import check
from codeoptix_performance.cli.doctor import doctor
from codeoptix_performance.cli.exit_codes import ExitCode
from codeoptix_performance.cli.interrupts import clean_interrupts
from codeoptix_performance.cli.terminal import tolerate_any_encoding, write_safely
from codeoptix_performance.errors import PerformanceError, UsageError

PROGRAM = "codeoptix-performance"


def main() -> NoReturn:
    """Runs the command line this process was started with, and exits."""
    tolerate_any_encoding()
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """The exit code of ``codeoptix-performance ARGUMENTS``; what is to be said is written."""
    try:
        with clean_interrupts():
            code: int | None = program.main(
                list(arguments), prog_name=PROGRAM, standalone_mode=False
            )
    except (click.Abort, KeyboardInterrupt):
        return _refuse("Interrupted before anything was measured.", ExitCode.INTERRUPTED)
    except click.ClickException as error:
        return _refuse(_with_hint(error), ExitCode.USAGE)
    except UsageError as error:
        return _refuse(str(error), ExitCode.USAGE)
    except PerformanceError as error:
        return _refuse(str(error), ExitCode.INCONCLUSIVE)
    except Exception:  # noqa: BLE001  a fault of ours must not look like a failed verdict, which is 1
        write_safely(traceback.format_exc(), sys.stderr)
        sentence = f"{PROGRAM} itself failed; this says nothing about the app. Please report it."
        return _refuse(sentence, ExitCode.INCONCLUSIVE)
    return ExitCode.PASS if code is None else code


def _with_hint(error: click.ClickException) -> str:
    asked = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else PROGRAM
    return f"{error.format_message()} ({asked} -h tells more.)"


def _refuse(sentence: str, code: ExitCode) -> ExitCode:
    write_safely(f"Error: {sentence}\n", sys.stderr)
    return code


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(None, "-V", "--version", package_name=PROGRAM, prog_name=PROGRAM)
@click.pass_context
def program(context: click.Context) -> None:
    """Performance verdicts on web apps: started, put under load, judged, and why."""
    if context.invoked_subcommand is None:
        write_safely(f"{context.get_help()}\n", sys.stderr)
        context.exit(ExitCode.USAGE)


program.add_command(check)
program.add_command(doctor)
