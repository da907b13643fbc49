"""Tells the SQL statements that the app gives to SQLite, while somebody listens.

What ``sqlite3.connect`` makes is an instance of a subclass of what was asked for, which looks at
one byte before each statement. SQLite's own trace would tell the same and is not used: SQLite
calls it with the connection locked, and it then waits for the interpreter, so an app whose threads
share a connection would stand still as soon as another thread wants the connection meanwhile.
"""

from __future__ import annotations

import functools
import json
import mmap
import os
from collections.abc import Callable
from types import FunctionType
from typing import Any

PAGE_BYTES = 4096
LISTENING, IN_USE = 0, 1
"""Places in the first page: set while somebody listens; set once the app has loaded SQLite."""
MOST_BYTES = 2**20
LONGEST = 4000
_FACTORY = 5
"""The position of ``factory`` among the arguments of ``sqlite3.connect``."""
_TO_ADD = os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK
_SENDING = ("execute", "executemany")
_IN_TRACEBACKS = "<sqlite3>"
"""Stands for this file there: the app's own lines are the ones to read."""


class Record:
    """The file at ``path``: a page of switches, then a JSON string a line, a statement each.

    The page is mapped, so processes forked later share it. The file is opened anew for each line:
    an app may close descriptors that it does not know.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        descriptor = os.open(path, os.O_RDWR)
        try:
            self.page = mmap.mmap(descriptor, PAGE_BYTES)
        finally:
            os.close(descriptor)
        self.page[IN_USE] = 1

    def add(self, statement: Any) -> None:
        """One more; lost where the app has spoilt the file, or said too much already."""
        words = json.dumps(str(statement)[:LONGEST], ensure_ascii=False)
        try:
            descriptor = os.open(self.path, _TO_ADD)
        except OSError:
            return
        try:
            if os.fstat(descriptor).st_size < MOST_BYTES:
                os.write(descriptor, words.encode(errors="replace") + b"\n")
        except OSError:
            return
        finally:
            os.close(descriptor)


def tell_statements(sqlite: Any, path: str) -> None:
    """Has the module ``sqlite3.dbapi2`` make connections that tell their statements."""
    try:
        record = Record(path)
    except (OSError, ValueError):
        return  # the app has spoilt the file before it loaded SQLite
    connect = sqlite.connect
    telling = _telling_connections(sqlite, record)

    @functools.wraps(connect)
    def connect_telling(*args: Any, **options: Any) -> Any:
        if len(args) > _FACTORY:
            args = (*args[:_FACTORY], telling(args[_FACTORY]), *args[_FACTORY + 1 :])
        else:
            options["factory"] = telling(options.get("factory", sqlite.Connection))
        return connect(*args, **options)

    sqlite.connect = _out_of_tracebacks(connect_telling)


def _telling_connections(sqlite: Any, record: Record) -> Callable[[Any], Any]:
    """A subclass for each class of connections; what works in its own way stays silent."""
    telling_cursor = _telling_cursors(sqlite, record)
    usual = sqlite.Connection

    @_once_for_each_class
    def telling(factory: Any) -> Any:
        if not issubclass(factory, usual):
            return factory
        if any(getattr(factory, name) != getattr(usual, name) for name in ("cursor", *_SENDING)):
            return factory
        make = factory.cursor

        def cursor(self: Any, factory: Any = sqlite.Cursor) -> Any:
            return make(self, telling_cursor(factory))

        return _named_like(factory, cursor=cursor, **_telling_methods(factory, record))

    return telling


def _telling_cursors(sqlite: Any, record: Record) -> Callable[[Any], Any]:
    """A subclass for each class of cursors, methods of the app's own included."""

    @_once_for_each_class
    def telling(factory: Any) -> Any:
        if not issubclass(factory, sqlite.Cursor):
            return factory
        return _named_like(factory, **_telling_methods(factory, record))

    return telling


def _telling_methods(base: Any, record: Record) -> dict[str, Any]:
    """``execute`` and ``executemany`` of a class, which tell before they send."""
    telling = {name: _telling(getattr(base, name), record) for name in _SENDING}
    if isinstance(base.execute, FunctionType):
        return telling
    page, add, send = record.page, record.add, base.execute

    def execute(self: Any, sql: Any, parameters: Any = (), /) -> Any:
        if page[LISTENING]:
            add(sql)
        return send(self, sql, parameters)

    return {**telling, "execute": execute}  # the same, quicker: nearly every statement goes here


def _telling(send: Any, record: Record) -> Any:
    @functools.wraps(send)
    def send_telling(self: Any, *args: Any, **named: Any) -> Any:
        if record.page[LISTENING]:
            for sql in (*args, *named.values())[:1]:
                record.add(sql)
        return send(self, *args, **named)

    return send_telling


def _once_for_each_class(make: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """What makes connections or cursors and is no class stays as it is."""
    made = functools.cache(make)
    return lambda factory: made(factory) if isinstance(factory, type) else factory


def _named_like(base: Any, **methods: Any) -> Any:
    ours = {name: _out_of_tracebacks(method) for name, method in methods.items()}
    names = {"__slots__": (), "__module__": base.__module__, "__qualname__": base.__qualname__}
    return type(base.__name__, (base,), {**names, "__doc__": base.__doc__, **ours})


def _out_of_tracebacks(function: Any) -> Any:
    function.__code__ = function.__code__.replace(co_filename=_IN_TRACEBACKS)
    return function
