"""From settings to an app that answers: find its code, start it, wait, read its routes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from codeoptix_performance.errors import StartFailure, TargetError
from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.target.failure import failure_of, is_port_in_use
from codeoptix_performance.target.launch import (
    free_port,
    is_free,
    launch_command,
    launch_recipe,
    report_path,
)
from codeoptix_performance.target.process import Launch, Listener, WardenedApp
from codeoptix_performance.target.readiness import Readiness, wait_until_ready
from codeoptix_performance.target.recipe import Recipe, find_recipe
from codeoptix_performance.target.sandbox.bubblewrap import OWN_FOLDERS
from codeoptix_performance.target.sandbox.doorway import Doorway
from codeoptix_performance.target.sandbox.isolation import Isolation
from codeoptix_performance.target.sandbox.ladder import choose_hold
from codeoptix_performance.target.source import SourceFile, read_answer
from codeoptix_performance.target.target import AppExit
from codeoptix_performance.target.told import read_told, routes_told
from codeoptix_performance.target.workspace import copy_workspace, read_workspace, write_files

_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class StartedApp:
    """An app of ours that answers at ``base_url``; a ``RunningApp``.

    ``routes`` are methods and OpenAPI-style paths from the framework's own table, ``()`` when
    that is not known. With a ``doorway``, ``base_url`` is a name that nobody can dial.
    """

    base_url: str
    description: str
    routes: tuple[tuple[str, str], ...]
    process: WardenedApp
    doorway: Doorway | None = None

    @property
    def isolation(self) -> Isolation:
        """How the app is held."""
        return self.process.hold.isolation

    @property
    def pid(self) -> int:
        """The process at the root of the app's own tree."""
        return self.process.pid

    def exit(self) -> AppExit | None:
        """How it ended, or None while it runs."""
        return self.process.exit()

    def log_tail(self) -> str:
        """At most the last 20 lines of standard output and error so far."""
        return self.process.log_tail()


@dataclass(frozen=True, slots=True)
class _Source:
    """What to put into the app's folder, and how to run it: by ``recipe`` or by ``command``."""

    files: tuple[SourceFile, ...] = ()
    workspace: Path | None = None
    recipe: Recipe | None = None
    command: str = ""

    @property
    def description(self) -> str:
        """For people, in a few words."""
        return self.recipe.description if self.recipe else f"command {self.command}"

    @property
    def knows_port(self) -> bool:
        """Whether the app is told which port to use."""
        return self.recipe is not None or "{port}" in self.command

    def prepare(self, folder: Path) -> None:
        """Fills the app's own folder: ``app``, ``home`` and ``tmp``."""
        for name in OWN_FOLDERS:
            (folder / name).mkdir()
        try:
            if self.workspace is not None:
                copy_workspace(self.workspace, folder / "app")
            write_files(self.files, folder / "app")
        except OSError as error:
            sentence = f"The app did not start: its files could not be copied: {error}."
            raise TargetError(StartFailure("did-not-start", sentence)) from error

    def launch(self, folder: Path, port: int) -> Launch:
        """What to execute; a sandbox is wrapped around it later."""
        if self.recipe is not None:
            return launch_recipe(self.recipe, folder, port)
        return launch_command(self.command, folder, port)


@contextmanager
def start_app(settings: Settings) -> Iterator[StartedApp]:
    """The app that ``command``, ``workspace`` or ``code`` describe, answering; ended afterwards.

    Raises ``TargetError`` with the reason when it does not come up.
    """
    source = _find_source(settings)
    for attempt in range(1, _ATTEMPTS + 1):
        with free_port() as port, WardenedApp(choose_hold(settings)) as process:
            readiness = _start(process, source, port, settings)
            if readiness.state == "ready" and readiness.listener is not None:
                yield _started(process, source, readiness.listener)
                return
            log_tail = process.log_tail()
            if attempt == _ATTEMPTS or not _port_was_taken(log_tail, port):
                raise TargetError(failure_of(readiness, log_tail, settings.memory_limit))


def _find_source(settings: Settings) -> _Source:
    """Where the code is and how it runs; everything that can be refused before it is started."""
    if settings.command is not None:
        files = () if settings.workspace else _files_if_any(settings.code)
        return _Source(files=files, command=settings.command, workspace=settings.workspace)
    if settings.workspace is not None:
        files = _written(read_workspace(settings.workspace))
        return _Source(workspace=settings.workspace, recipe=find_recipe(files))
    files = _written(read_answer(settings.code or ""))
    return _Source(files=files, recipe=find_recipe(files))


def _written(files: tuple[SourceFile, ...]) -> tuple[SourceFile, ...]:
    """The files; refused where nobody has written anything into them."""
    if any(file.text.strip() for file in files):
        return files
    names = " and ".join(file.path for file in files[:3])
    verb = "is" if len(files) == 1 else "are"
    raise TargetError(StartFailure("no-code", f"There is no code: {names} {verb} empty."))


def _files_if_any(code: str | None) -> tuple[SourceFile, ...]:
    """The files a command may find beside it; it need not use them, so none is no fault."""
    try:
        return read_answer(code or "")
    except TargetError:
        return ()


def _start(process: WardenedApp, source: _Source, port: int, settings: Settings) -> Readiness:
    """The app started, and what waiting for it came to."""
    source.prepare(process.folder)
    process.run(source.launch(process.folder, port), settings.memory_limit)
    told = port if source.knows_port else None
    readiness = wait_until_ready(process, told, settings.startup_timeout)
    problem = read_told(report_path(process.folder)).get("problem")
    if problem == "no-app" and source.recipe is not None and readiness.state != "ready":
        raise TargetError(_no_app(source.recipe, readiness, process.log_tail()))
    return readiness


def _started(process: WardenedApp, source: _Source, listener: Listener) -> StartedApp:
    told = read_told(report_path(process.folder))
    return StartedApp(
        base_url=f"http://{listener.host}:{listener.port}",
        description=source.description,
        routes=routes_told(told),
        process=process,
        doorway=process.doorway(listener),
    )


def _no_app(recipe: Recipe, readiness: Readiness, log_tail: str) -> StartFailure:
    sentence = (
        f"No web app was found in the agent's code: {recipe.entry} ran to its end, started no "
        "server, and defines no app object or app factory."
    )
    code = readiness.exit.code if readiness.exit else None
    return StartFailure("no-app", sentence, code, log_tail)


def _port_was_taken(log: str, port: int) -> bool:
    """Whether another program took our port between the choice and the app's ``bind``."""
    return is_port_in_use(log) and not is_free(port)
