"""What was delivered, and how it is started: found before anything runs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from codeoptix_performance.errors import SettingsError, StartFailure, TargetError
from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.target.command_line import (
    CommandLine,
    Step,
    UnreadableCommandError,
    command_of_setting,
)
from codeoptix_performance.target.declared import (
    Declared,
    dockerfile_start,
    files_below,
    javascript_start,
    package_start,
    package_start_below,
    procfile_start,
)
from codeoptix_performance.target.recipe import (
    Recipe,
    find_recipe,
    recipe_of_object,
    refuse_syntax_errors,
)
from codeoptix_performance.target.regular_file import place_within
from codeoptix_performance.target.sandbox.limits import Limits
from codeoptix_performance.target.signs import read_signs
from codeoptix_performance.target.single_file import SingleFile, single_file
from codeoptix_performance.target.source import SourceFile, read_answer
from codeoptix_performance.target.workspace import names_of, read_workspace, write_files
from codeoptix_performance.target.workspace_copy import copy_workspace

_OBJECT = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*(?:\(\))?")
_MIGRATE = ("migrate", "--run-syncdb", "--noinput")


@dataclass(frozen=True, slots=True)
class Delivery:
    """The files of an app as far as they were read, where the rest is, and how it is started.

    ``origin`` is the folder or file that is copied; None when ``files`` are all there is.
    ``folder`` is the part of it that a command runs in.
    """

    files: tuple[SourceFile, ...]
    origin: Path | SingleFile | None
    start: Recipe | CommandLine
    steps: tuple[Step, ...] = ()
    folder: str = "."

    @property
    def files_there(self) -> tuple[SourceFile, ...]:
        """The files of ``folder``, under their paths from there."""
        return files_below(self.files, self.folder)

    @property
    def has_node_modules(self) -> bool:
        """Whether the packages of a Node app came along."""
        if not isinstance(self.origin, Path):
            return False
        place = place_within(self.origin / self.folder / "node_modules", self.origin)
        return place is not None and place.is_dir()

    @property
    def served_object(self) -> Recipe | None:
        """The app object that a command's own server will serve; None if the command names none."""
        if not isinstance(self.start, CommandLine):
            return None
        named = (word for word in self.start.words[1:] if _OBJECT.fullmatch(word))
        recipes = (recipe_of_object(self.files, word) for word in named)
        return next((recipe for recipe in recipes if recipe), None)

    def put_into(self, folder: Path, limits: Limits) -> str:
        """Fills the app's own folder; the place all this came from is only read.

        The answer names the links that were left behind because they lead out of it.
        """
        if isinstance(self.origin, SingleFile):
            return names_of(self.origin.copy(folder, limits), self.origin.root)
        if self.origin is not None:
            return names_of(copy_workspace(self.origin, folder, limits), self.origin)
        write_files(self.files, folder)
        return ""


def find_delivery(settings: Settings) -> Delivery:
    """What ``command``, ``workspace``, ``app`` and ``code`` describe.

    Raises ``TargetError`` when there is nothing to start, and ``SettingsError`` for a command
    that cannot be read and an ``app`` that is not there.
    """
    files, origin = _delivered(settings)
    if settings.command is not None:
        return Delivery(files, origin, _command(settings.command, "command"), _steps(settings))
    if settings.app is not None:
        return _of_recipe(settings, files, origin, _object(settings.app, files))
    if isinstance(origin, SingleFile):
        return _of_recipe(settings, files, origin, find_recipe(files, named=origin.path))
    declared = procfile_start(files)
    if declared is None and not _has_web_python(files):
        declared = (
            package_start(files)
            or dockerfile_start(files)
            or package_start_below(files)
            or javascript_start(files)
        )
    if declared is None:
        return _of_recipe(settings, files, origin, find_recipe(files))
    return _of_declared(settings, files, origin, declared)


def _delivered(settings: Settings) -> tuple[tuple[SourceFile, ...], Path | SingleFile | None]:
    workspace = settings.workspace
    if workspace is not None and workspace.is_file() and settings.command is None:
        one = single_file(workspace)
        return _written(one.files()), one
    if workspace is not None:
        return _read_folder(workspace, settings), workspace
    if settings.command is not None:
        return _files_if_any(settings.code), None
    return _written(read_answer(settings.code or "")), None


def _read_folder(workspace: Path, settings: Settings) -> tuple[SourceFile, ...]:
    """A command may start what nothing in the folder tells about."""
    try:
        files = read_workspace(workspace)
    except TargetError:
        if settings.command is None or not workspace.is_dir():
            raise
        return ()
    return files if settings.command else _written(files)


def _of_recipe(
    settings: Settings,
    files: tuple[SourceFile, ...],
    origin: Path | SingleFile | None,
    recipe: Recipe,
) -> Delivery:
    runs_commands = bool(recipe.arguments)
    migrations = () if settings.setup or runs_commands else _migrations(files)
    return Delivery(files, origin, recipe, (*migrations, *_steps(settings)))


def _of_declared(
    settings: Settings,
    files: tuple[SourceFile, ...],
    origin: Path | SingleFile | None,
    declared: Declared,
) -> Delivery:
    own = tuple(Step(command) for command in declared.setup)
    migrations = () if settings.setup else _migrations(files)
    steps = (*own, *migrations, *_steps(settings))
    return Delivery(files, origin, declared.command, steps, declared.folder)


def _steps(settings: Settings) -> tuple[Step, ...]:
    return tuple(Step(_command(text, "setup")) for text in settings.setup)


def _migrations(files: tuple[SourceFile, ...]) -> tuple[Step, ...]:
    """What an author of a Django project does by hand; an app may well run without its tables."""
    manage = next(
        (
            file.path
            for file in files
            if PurePosixPath(file.path).name == "manage.py"
            and read_signs(file).runs_django_commands
        ),
        None,
    )
    if manage is None:
        return ()
    words = ("python", manage, *_MIGRATE)
    return (Step(CommandLine(" ".join(words), words), required=False),)


def _command(text: str, key: str) -> CommandLine:
    try:
        return command_of_setting(text, key)
    except UnreadableCommandError as error:
        raise SettingsError(key, f"{key} is {text!r}; {error}.") from error


def _object(app: str, files: tuple[SourceFile, ...]) -> Recipe:
    recipe = recipe_of_object(files, app)
    if recipe is None:
        path = app.partition(":")[0].replace(".", "/")
        sentence = f"app is {app!r}; there is no {path}.py and no {path}/__init__.py."
        raise SettingsError("app", sentence)
    refuse_syntax_errors(recipe, files)
    return recipe


def _has_web_python(files: tuple[SourceFile, ...]) -> bool:
    try:
        find_recipe(files)
    except TargetError as error:
        return error.failure.kind != "no-app"
    return True


def _written(files: tuple[SourceFile, ...]) -> tuple[SourceFile, ...]:
    """The files; refused where nobody has written anything into them."""
    if any(file.text.strip() for file in files):
        return files
    if not files:
        raise TargetError(StartFailure("no-code", "There is no code: the file cannot be read."))
    names = " and ".join(file.path for file in files[:3])
    verb = "is" if len(files) == 1 else "are"
    raise TargetError(StartFailure("no-code", f"There is no code: {names} {verb} empty."))


def _files_if_any(code: str | None) -> tuple[SourceFile, ...]:
    """The files a command may find beside it; it need not use them, so none is no fault."""
    try:
        return read_answer(code or "")
    except TargetError:
        return ()
