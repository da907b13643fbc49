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
from typing import Any

PAGE_BYTES = 4096
LISTENING, IN_USE = 0, 1
"""Places in the first page: set while somebody listens; set once the app has loaded SQLite."""
MOST_BYTES = 2**20
LONGEST = 4000
_FACTORY = 5
"""The position of ``factory`` among the arguments of ``sqlite3.connect``."""


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
            descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW)
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

    sqlite.connect = connect_telling


def _telling_connections(sqlite: Any, record: Record) -> Callable[[Any], Any]:
    """A subclass for each class of connections; what makes cursors in its own way stays silent."""
    telling_cursors = _telling_cursors(sqlite, record)
    usual = telling_cursors(sqlite.Cursor)
    methods = ("cursor", "execute", "executemany")

    @functools.cache
    def subclass(base: Any) -> Any:
        def cursor(self: Any, factory: Any = None) -> Any:
            made_by = usual if factory is None else telling_cursors(factory)
            return base.cursor(self, made_by)

        def execute(self: Any, sql: Any, /, *parameters: Any) -> Any:
            return self.cursor().execute(sql, *parameters)

        def executemany(self: Any, sql: Any, parameters: Any, /) -> Any:
            return self.cursor().executemany(sql, parameters)

        return _named_like(base, cursor=cursor, execute=execute, executemany=executemany)

    def telling(factory: Any) -> Any:
        if not isinstance(factory, type) or not issubclass(factory, sqlite.Connection):
            return factory
        own = [name for name in methods if getattr(factory, name) != getattr(sqlite.Connection, name)]
        return factory if own else subclass(factory)

    return telling


def _telling_cursors(sqlite: Any, record: Record) -> Callable[[Any], Any]:
    page, add = record.page, record.add

    @functools.cache
    def subclass(base: Any) -> Any:
        base_execute, base_executemany = base.execute, base.executemany

        def execute(self: Any, sql: Any, /, *args: Any, **options: Any) -> Any:
            if page[LISTENING]:
                add(sql)
            return base_execute(self, sql, *args, **options)

        def executemany(self: Any, sql: Any, /, *args: Any, **options: Any) -> Any:
            if page[LISTENING]:
                add(sql)
            return base_executemany(self, sql, *args, **options)

        return _named_like(base, execute=execute, executemany=executemany)

    def telling(factory: Any) -> Any:
        is_cursor = isinstance(factory, type) and issubclass(factory, sqlite.Cursor)
        return subclass(factory) if is_cursor else factory

    return telling


def _named_like(base: Any, **methods: Any) -> Any:
    names = {"__slots__": (), "__module__": base.__module__, "__qualname__": base.__qualname__}
    return type(base.__name__, (base,), {**names, "__doc__": base.__doc__, **methods})
