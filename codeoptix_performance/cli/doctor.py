"""``doctor``: what this installation found, loaded and touched in CodeOptiX."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import click

from codeoptix_performance.cli.doctor_machine import machine_page
from codeoptix_performance.cli.doctor_sandbox import sandbox_page
from codeoptix_performance.cli.exit_codes import ExitCode
from codeoptix_performance.cli.terminal import write_safely

if TYPE_CHECKING:
    from codeoptix_performance.host.doctor import DoctorLine

_TITLES = {
    "versions": "Versions",
    "autoload": "Start with CodeOptiX",
    "plugins": "Behaviors from installed packages",
    "seams": "What is added to CodeOptiX while it runs",
}


@click.command(
    short_help="Tell what was found, loaded and touched in CodeOptiX.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option("--sandbox", is_flag=True, help="Try how apps are held here, promise by promise.")
@click.option("--machine", is_flag=True, help="Measure what this machine does without an app.")
@click.pass_context
def doctor(context: click.Context, *, sandbox: bool, machine: bool) -> None:
    """Tell which behaviors were found and loaded, and what is added to CodeOptiX while it runs.

    Exits with 0 if all is well, and with 3 if a line marked with ! needs a person.
    """
    asked = [page for page, wanted in ((sandbox_page, sandbox), (machine_page, machine)) if wanted]
    if asked:
        pages = [page() for page in asked]
        write_safely("\n".join(page for page, _ in pages), sys.stdout)
        well = all(is_well for _, is_well in pages)
        context.exit(ExitCode.PASS if well else ExitCode.INCONCLUSIVE)
    # Imported here because it imports CodeOptiX, which costs seconds no other verb should pay.
    from codeoptix_performance.host.doctor import doctor_report  # noqa: PLC0415

    lines = doctor_report()
    write_safely("\n".join(_page(lines)) + "\n", sys.stdout)
    well = all(line.ok for line in lines)
    context.exit(ExitCode.PASS if well else ExitCode.INCONCLUSIVE)


def _page(lines: Sequence[DoctorLine]) -> Iterator[str]:
    widest = max(len(line.name) for line in lines)
    for number, (section, group) in enumerate(groupby(lines, key=lambda line: line.section)):
        if number:
            yield ""
        yield _TITLES[section]
        for line in group:
            mark = " " if line.ok else "!"
            detail = f": {line.detail}" if line.detail else ""
            yield f"{mark} {line.name:{widest}}  {line.state}{detail}"
