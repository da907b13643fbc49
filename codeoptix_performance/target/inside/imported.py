"""Changes a module right after the app has imported it, and only then."""

from __future__ import annotations

import functools
import importlib.util
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from . import statements
from .ports import Port

Change = Callable[[Any], None]


class AfterImport(MetaPathFinder):
    """A finder that finds nothing itself; it lets ``changes`` follow a module's own loading."""

    def __init__(self, changes: Mapping[str, Change]) -> None:
        self.waiting = dict(changes)

    def find_spec(
        self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec the other finders give, with the change behind its ``exec_module``."""
        change = self.waiting.pop(name, None)
        if change is None:
            return None
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            self._follow(spec.loader, change)
        return spec

    @staticmethod
    def _follow(loader: Any, change: Change) -> None:
        load = loader.exec_module

        def load_and_change(module: ModuleType) -> None:
            load(module)
            change(module)

        loader.exec_module = load_and_change


def install(port: Port, statements_path: str) -> None:
    """Prepares the change of every server library that needs one, and of SQLite's."""
    changes: dict[str, Change] = {
        "uvloop": lambda module: port.move_servers_of(module.Loop),
        "gevent._socket3": lambda module: port.move_binds_of(module.socket),
        "uvicorn.config": lambda module: _preset(module.Config, "__init__", reload=False),
        "werkzeug.serving": lambda module: _preset(module, "run_simple", 3, use_reloader=False),
        "quart.app": lambda module: _preset(module.Quart, "run", 4, use_reloader=False),
        "sanic.mixins.startup": _without_auto_reload,
        "bottle": lambda module: _preset(module, "run", 5, reloader=False),
        "tornado.autoreload": _without_start,
        "django.core.management.commands.runserver": _prepare_runserver,
        "sqlite3.dbapi2": lambda module: statements.tell_statements(module, statements_path),
    }
    sys.meta_path.insert(0, AfterImport(changes))


def _preset(owner: Any, name: str, position: int | None = None, **fixed: Any) -> None:
    """Fixes one option of a function, whether it is given by name or at ``position``."""
    function = getattr(owner, name)
    ((option, value),) = fixed.items()

    @functools.wraps(function)
    def with_fixed_option(*args: Any, **options: Any) -> Any:
        if position is not None and len(args) > position:
            args = (*args[:position], value, *args[position + 1 :])
        elif option in options or value is not _usual(function, option):
            options[option] = value
        return function(*args, **options)

    setattr(owner, name, with_fixed_option)


def _usual(function: Any, option: str) -> Any:
    """The option's own default."""
    defaults = function.__kwdefaults__ or {}
    if option in defaults:
        return defaults[option]
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    return (function.__defaults__ or ())[names.index(option) - len(names)]


def _without_auto_reload(module: Any) -> None:
    """Sanic's ``dev`` means debugging and reloading; only the debugging is kept."""
    prepare = module.StartupMixin.prepare

    @functools.wraps(prepare)
    def prepare_without_auto_reload(self: Any, *args: Any, **options: Any) -> Any:
        options["debug"] = bool(options.pop("dev", False) or options.get("debug", False))
        return prepare(self, *args, **{**options, "auto_reload": False})

    module.StartupMixin.prepare = prepare_without_auto_reload


def _without_start(module: Any) -> None:
    module.start = lambda *_args, **_options: None


def _prepare_runserver(module: Any) -> None:
    """``runserver`` without its reloader, on a database that has the app's tables."""
    handle = module.Command.handle

    def prepared_handle(self: Any, *args: Any, **options: Any) -> Any:
        _create_tables()
        return handle(self, *args, **{**options, "use_reloader": False})

    module.Command.handle = prepared_handle


def _create_tables() -> None:
    """What every author does once by hand before the first ``runserver``: ``migrate``."""
    from django.conf import settings  # type: ignore[import-untyped,unused-ignore]  # noqa: PLC0415
    from django.core.management import (  # type: ignore[import-untyped,unused-ignore]  # noqa: PLC0415
        call_command,
    )

    database = settings.DATABASES.get("default") or {}
    if "sqlite3" not in str(database.get("ENGINE")) or ":memory:" in str(database.get("NAME")):
        return
    try:
        call_command("migrate", run_syncdb=True, interactive=False, verbosity=0)
    except Exception as error:  # noqa: BLE001 - whatever an app's migrations raise, it may still run
        sys.stderr.write(f"migrate: {error}\n")
