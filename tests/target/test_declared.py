"""How an app is started in the words of its own files."""

import json

import pytest

from codeoptix_performance.target.declared import (
    dockerfile_start,
    javascript_start,
    package_start,
    package_start_below,
    procfile_start,
)
from codeoptix_performance.target.source import SourceFile


def files(**texts):
    return tuple(SourceFile(path, text) for path, text in texts.items())


def words_of(declared):
    return declared and declared.command.words


PROCFILES = {
    "the web line": ("release: x\nweb: gunicorn a:b\nworker: y\n", ("gunicorn", "a:b")),
    "with other line ends": ("web: gunicorn a:b\r\nworker: y\r\n", ("gunicorn", "a:b")),
    "without a web line": ("worker: y\n", None),
    "that cannot be read": ("web: python 'a\n", None),
}


@pytest.mark.parametrize(("text", "words"), PROCFILES.values(), ids=PROCFILES)
def test_a_procfiles_web_line_is_the_start(text, words):
    """In the outermost folder only."""
    assert words == words_of(procfile_start(files(Procfile=text)))
    assert procfile_start(files(**{"old/Procfile": text})) is None


def package(**facts):
    return {"package.json": json.dumps(facts)}


PACKAGES = {
    "a start script": (package(scripts={"start": "node a.js"}), ("node", "a.js")),
    "a main file": ({**package(main="./lib/a.js"), "lib/a.js": ""}, ("node", "lib/a.js")),
    "a main file's stem": ({**package(main="lib"), "lib.js": ""}, ("node", "lib.js")),
    "a main folder": ({**package(main="lib"), "lib/index.js": ""}, ("node", "lib/index.js")),
    "a main file that is not there": (package(main="a.js"), None),
    "nothing of the kind": (package(name="x"), None),
    "no JSON": ({"package.json": "{"}, None),
    "another JSON": ({"package.json": "[]"}, None),
}


@pytest.mark.parametrize(("texts", "words"), PACKAGES.values(), ids=PACKAGES)
def test_a_package_says_how_it_starts(texts, words):
    """By its script, else by its main file."""
    assert words == words_of(package_start(files(**texts)))


def test_what_a_start_script_needs_is_run_before():
    """``prestart`` always, ``build`` where what it makes is not there."""
    scripts = {"start": "node dist/a.js", "build": "tsc", "prestart": "node check.js"}

    fresh = package_start(files(**package(scripts=scripts)))
    built = package_start(files(**package(scripts=scripts), **{"dist/a.js": ""}))

    assert [("tsc",), ("node", "check.js")] == [step.words for step in fresh.setup]
    assert [("node", "check.js")] == [step.words for step in built.setup]


DOCKERFILES = {
    "a list of words": ('FROM a\nCMD ["node", "a.js"]\n', ("node", "a.js")),
    "a shell's line": (
        "FROM a\nCMD gunicorn a:b -b :$PORT\n",
        ("gunicorn", "a:b", "-b", ":{port}"),
    ),
    "an entry point with words": (
        'FROM a\nENTRYPOINT ["uvicorn"]\ncmd ["a:b"]\n',
        ("uvicorn", "a:b"),
    ),
    "the last of several": ('FROM a\nCMD ["x"]\nCMD ["y"]\n', ("y",)),
    "the last stage": ('FROM a AS b\nCMD ["x"]\nFROM c\nCMD ["y"]\n', ("y",)),
    "a line that goes on": ('FROM a\nCMD ["node", \\\n  "a.js"]\n', ("node", "a.js")),
    "no command": ("FROM a\nRUN x\n", None),
}


@pytest.mark.parametrize(("text", "words"), DOCKERFILES.values(), ids=DOCKERFILES)
def test_a_dockerfiles_command_is_a_hint(text, words):
    """What its image would run, run here."""
    assert words == words_of(dockerfile_start(files(Dockerfile=text)))


def test_of_several_folders_the_one_with_a_server_is_started():
    """A page beside it has a start script as well."""
    texts = {
        **{f"client/{path}": text for path, text in package(scripts={"start": "vite"}).items()},
        "client/src/main.js": "mount()",
        **{f"server/{path}": text for path, text in package(main="a.js").items()},
        "server/a.js": "app.listen(1)",
    }

    found = package_start_below(files(**texts))

    assert ("server", ("node", "a.js")) == (found.folder, found.command.words)
    assert package_start_below(files(**{"client/package.json": '{"main": "a.js"}'})) is None


def test_a_server_among_javascript_files_is_found():
    """The outermost with the most usual name; a file that serves nothing is none."""
    serving = "require('http').createServer().listen(1)"
    texts = {
        "lib/server.js": serving,
        "z.js": serving,
        "app.js": serving,
        "index.js": "exports.x = 1",
    }

    assert ("node", "app.js") == words_of(javascript_start(files(**texts)))
    assert javascript_start(files(**{"index.js": "exports.x = 1"})) is None
