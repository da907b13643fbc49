"""What an app needs from outside, read from its files."""

import pytest

from codeoptix_performance.target.environment.imports import modules_needed, not_found_here
from codeoptix_performance.target.source import SourceFile


def needed(text, root=".", **others):
    """What ``app.py`` needs beside ``others``, by path with ``__`` for a slash."""
    files = [SourceFile("app.py", text)]
    files += [SourceFile(f"{name.replace('__', '/')}.py", body) for name, body in others.items()]
    return set(modules_needed(tuple(files[:1]), tuple(files), root))


NEEDED = {
    "a module": ("import flask", {"flask"}),
    "a part of it": ("import google.cloud.storage", {"google.cloud.storage"}),
    "a name in it": ("from fastapi import Form", {"fastapi", "fastapi.Form"}),
    "inside a function": ("def f():\n    import numpy", {"numpy"}),
    "in the main block": ('if __name__ == "__main__":\n    import uvicorn', {"uvicorn"}),
    "the standard library": ("import os, json\nfrom http import server", set()),
    "itself, relatively": ("from . import x\nfrom .y import z", set()),
    "one it can do without": ("try:\n    import ujson\nexcept ImportError:\n    pass", set()),
    "its substitute": (
        "try:\n    import ujson\nexcept (ImportError, OSError):\n    import simplejson",
        set(),
    ),
    "one it cannot do without": (
        "try:\n    import ujson\nexcept ValueError:\n    pass",
        {"ujson"},
    ),
    "for type checkers": (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import x",
        set(),
    ),
    "beside a long chain": (
        "if x: import flask\n" + "elif x: pass\n" * 1100 + "else: import rich",
        {"flask", "rich"},
    ),
    "beside a long sum": ("import flask\nx = 1" + " + 1" * 1500, {"flask"}),
    "for type checkers, by a long sum": ("if 1" + " + 1" * 1500 + ":\n    import x", {"x"}),
    "in what no parser can follow": ("import flask\nx = " + "-" * 20_000 + "1", set()),
    "in Django's lists": (
        'INSTALLED_APPS = ["rest_framework", "shop"]',
        {"rest_framework", "shop"},
    ),
    "no Python": ("def", set()),
}


@pytest.mark.parametrize(("text", "expected"), NEEDED.values(), ids=NEEDED)
def test_modules_from_outside_are_found(text, expected):
    """With the dots they have."""
    assert expected == needed(text)


def test_the_apps_own_modules_are_not_from_outside():
    """Beside the entry, and packages."""
    assert {"flask"} == needed(
        "import db, flask\nfrom shop.models import x", db="", shop__models=""
    )


def test_what_lies_outside_the_root_is_no_module():
    """A file elsewhere in the workspace does not hide a package of the same name."""
    assert {"redis"} == needed("import redis", tools__redis="")
    assert set() == needed("import redis", None, tools__redis="")


def test_what_this_interpreter_has_is_told_from_what_it_has_not():
    """By first parts, each once."""
    modules = frozenset({"pydantic", "pydantic.BaseModel", "zzz_nowhere", "zzz_nowhere.part"})

    assert ("zzz_nowhere",) == not_found_here(modules)


def test_the_working_directory_is_no_place_of_this_interpreter(tmp_path, monkeypatch):
    """Neither is PYTHONPATH: the app will not have them."""
    (tmp_path / "zzz_here.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)

    assert ("zzz_here",) == not_found_here(frozenset({"zzz_here"}))
