"""From settings to an app that answers: find its code, start it, wait, read its routes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from codeoptix_performance.errors import PreparationError, StartFailure, TargetError
from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.target.command_line import CommandLine
from codeoptix_performance.target.delivery import Delivery, find_delivery
from codeoptix_performance.target.environment.environment import environment_for
from codeoptix_performance.target.failure import failure_of, failure_of_step, is_port_in_use
from codeoptix_performance.target.launch import (
    Given,
    after_steps,
    begun_path,
    check_program,
    free_port,
    is_free,
    launch_command,
    launch_recipe,
    progress_path,
    report_path,
    routes_step,
    setup_step,
    statements_path,
)
from codeoptix_performance.target.process import Launch, Listener, WardenedApp
from codeoptix_performance.target.readiness import Readiness, wait_until_ready
from codeoptix_performance.target.recipe import Recipe
from codeoptix_performance.target.sandbox.bubblewrap import OWN_FOLDERS
from codeoptix_performance.target.sandbox.doorway import Doorway
from codeoptix_performance.target.sandbox.isolation import Isolation
from codeoptix_performance.target.sandbox.ladder import choose_hold
from codeoptix_performance.target.statements import StatementRecord, keep_statements
from codeoptix_performance.target.target import AppExit
from codeoptix_performance.target.told import read_told, routes_told
from codeoptix_performance.target.waits import longest_wait
from codeoptix_performance.target.workspace import not_followed

_SERVE_THEIR_SCHEMA = ("FastAPI", "Litestar")
_ATTEMPTS = 3
_LONGEST_PLACE = 200


@dataclass(frozen=True, slots=True)
class StartedApp:
    """An app of ours that answers at ``base_url``; a ``RunningApp``.

    ``routes`` are methods and OpenAPI-style paths from the framework's own table, ``()`` when
    that is not known. With a ``doorway``, ``base_url`` is a name that nobody can dial. Its SQL
    ``statements`` can be seen where our runner started it. ``start_seconds`` are those from the
    start of its process to its first answer, without the steps before it and without the time it
    had no processor.
    """

    base_url: str
    description: str
    routes: tuple[tuple[str, str], ...]
    process: WardenedApp
    doorway: Doorway | None = None
    statements: StatementRecord | None = None
    start_seconds: float = 0.0

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


@contextmanager
def start_app(settings: Settings) -> Iterator[StartedApp]:
    """The app that ``command``, ``workspace`` or ``code`` describe, answering; ended afterwards.

    Raises ``TargetError`` with the reason when it does not come up, and ``SettingsError`` for a
    command, a set-up command or an app object that is not there.
    """
    delivery = find_delivery(settings)
    environment = environment_for(
        delivery.start,
        delivery.files_there,
        wanted=settings.environment,
        has_node_modules=delivery.has_node_modules,
    )
    given = Given(environment, settings.env, delivery.folder)
    for attempt in range(1, _ATTEMPTS + 1):
        with free_port() as port, WardenedApp(choose_hold(settings)) as process:
            given = replace(given, links_out=_prepare(process, delivery, given))
            with _statements(process.folder, delivery) as statements:
                readiness = _start(process, delivery, given, port, settings)
                if readiness.state == "ready" and readiness.listener is not None:
                    seconds = _seconds_to_answer(process, delivery, time.monotonic())
                    app = _started(process, delivery, given, readiness.listener)
                    yield replace(app, start_seconds=seconds, statements=statements)
                    return
            log_tail = process.log_tail()
            if attempt == _ATTEMPTS or not _port_was_taken(log_tail, port):
                raise _refusal(process.folder, readiness, log_tail, given, settings)


def _statements(folder: Path, delivery: Delivery) -> AbstractContextManager[StatementRecord | None]:
    """What the runner inside writes statements to; it does not start commands."""
    is_ours = isinstance(delivery.start, Recipe)
    return keep_statements(statements_path(folder)) if is_ours else nullcontext()


def _start(
    process: WardenedApp, delivery: Delivery, given: Given, port: int, settings: Settings
) -> Readiness:
    """The app started, and what waiting for it came to."""
    launch = _launch(process.folder, delivery, given, port)
    process.run(launch, settings.memory_limit)
    knows_port = isinstance(delivery.start, Recipe) or delivery.start.knows_port
    told = port if knows_port else None
    readiness = wait_until_ready(process, told, settings.startup_timeout, settings.ready_path)
    problem = read_told(report_path(process.folder)).get("problem")
    if problem == "no-app" and isinstance(delivery.start, Recipe) and readiness.state != "ready":
        raise TargetError(_no_app(delivery.start, readiness, process.log_tail()))
    return readiness


def _prepare(process: WardenedApp, delivery: Delivery, given: Given) -> str:
    """Fills the app's own folder, ``app``, ``home`` and ``tmp``; links that were left behind."""
    folder = process.folder
    for name in OWN_FOLDERS:
        (folder / name).mkdir()
    try:
        links_out = delivery.put_into(folder / "app", process.hold.limits)
        if given.environment.node_modules is not None:
            place = folder / "app" / given.folder / "node_modules"
            place.symlink_to(given.environment.node_modules)
    except OSError as error:
        where = ascii(str(error.filename))[-_LONGEST_PLACE:]
        sentence = f"its files could not be copied ({error.strerror}: {where})."
        raise TargetError(
            StartFailure("did-not-start", f"The app did not start: {sentence}")
        ) from error
    return links_out


def _launch(folder: Path, delivery: Delivery, given: Given, port: int) -> Launch:
    """What to execute; the place where a sandbox wraps itself around the app."""
    steps = [setup_step(step, port) for step in delivery.steps]
    if isinstance(delivery.start, Recipe):
        launch = launch_recipe(delivery.start, folder, port, given)
    else:
        launch = launch_command(delivery.start, folder, port, given)
        served = delivery.served_object
        if served is not None and not served.label.startswith(_SERVE_THEIR_SCHEMA):
            steps.append(routes_step(served, folder, port, given))
    _check_programs(delivery, launch, folder / "app" / given.folder)
    return after_steps(launch, tuple(steps), folder, given)


def _check_programs(delivery: Delivery, launch: Launch, folder: Path) -> None:
    """Refuses a first command whose program is nowhere; it may bring the programs of the others."""
    required = [step.command for step in delivery.steps if step.required]
    commands = [*required, *([delivery.start] if isinstance(delivery.start, CommandLine) else [])]
    for command in commands[:1]:
        check_program(command, launch, folder)


def _seconds_to_answer(process: WardenedApp, delivery: Delivery, answered_at: float) -> float:
    """See ``StartedApp``. What the app's folder says is believed where it can be true."""
    told = read_told(begun_path(process.folder)).get("begun_at") if delivery.steps else None
    begun_at = process.begun_at
    if isinstance(told, float) and begun_at <= told <= answered_at:
        begun_at = told
    return max(0.0, answered_at - begun_at - longest_wait(process.pid))


def _started(
    process: WardenedApp, delivery: Delivery, given: Given, listener: Listener
) -> StartedApp:
    origin = given.environment.origin
    packages = f", with the packages of {origin}" if origin else ""
    links = f", without its links to elsewhere ({given.links_out})" if given.links_out else ""
    told = read_told(report_path(process.folder))
    return StartedApp(
        base_url=f"http://{listener.host}:{listener.port}",
        description=f"{delivery.start.description}{packages}{links}",
        routes=routes_told(told),
        process=process,
        doorway=process.doorway(listener),
    )


def _refusal(
    folder: Path, readiness: Readiness, log_tail: str, given: Given, settings: Settings
) -> TargetError:
    """Why the app is not up: what its set-up says, what waiting came to, what it was not given."""
    step = read_told(progress_path(folder))
    failure = (
        failure_of_step(step, readiness, log_tail, settings.memory_limit)
        if step
        else failure_of(readiness, log_tail, settings.memory_limit)
    )
    sentence = f"{failure.sentence}{not_followed(given.links_out)}"
    if given.environment.caveat:
        return PreparationError(f"{sentence} {given.environment.caveat}")
    return TargetError(replace(failure, sentence=sentence))


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
