"""Files and environment → words that remember their origin."""

from __future__ import annotations

import pytest

from codeoptix_performance.errors import SettingsError
from codeoptix_performance.settings.words import Words, environment_words, file_words


def test_locusts_variables_are_read_under_our_names():
    """Only the four that mean something here, and no empty ones."""
    environ = {
        "LOCUST_HOST": "http://localhost:1",
        "LOCUST_USERS": "5",
        "LOCUST_SPAWN_RATE": "1",
        "LOCUST_RUN_TIME": "",
        "LOCUST_TAGS": "x",
    }
    words = environment_words(environ)
    assert {"url": "http://localhost:1", "users": "5", "spawn_rate": "1"} == dict(words)
    assert "LOCUST_USERS" == words.origin("users")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.yaml", "users: 3\nrun_time: 8s\n"),
        ("a.yml", "{users: 3, run_time: 8s}"),
        ("a.json", '{"users": 3, "run_time": "8s"}'),
        ("a.toml", 'users = 3\nrun_time = "8s"\n'),
        ("pyproject.toml", '[tool.codeoptix-performance]\nusers = 3\nrun_time = "8s"\n'),
    ],
)
def test_each_file_format_gives_the_same_words(tmp_path, name, content):
    """YAML, JSON, TOML and our table of a pyproject are one language."""
    path = tmp_path / name
    path.write_text(content)
    words = file_words(path)
    assert {"users": 3, "run_time": "8s"} == dict(words)
    assert str(path) == words.origin("users")
    assert words.must_be_ours("users")


@pytest.mark.parametrize("name", ["pyproject.toml", "empty.yaml"])
def test_a_file_that_says_nothing_gives_no_words(tmp_path, name):
    """A pyproject without our table and an empty YAML file are fine."""
    path = tmp_path / name
    path.write_text("")
    assert {} == dict(file_words(path))


def test_a_workspace_is_taken_from_the_files_own_folder(tmp_path):
    """A config file means the same from every working directory."""
    path = tmp_path / "a.yaml"
    path.write_text("workspace: app\n")
    assert tmp_path / "app" == file_words(path)["workspace"]


@pytest.mark.parametrize(
    ("sentence", "name", "content"),
    [
        (r"a\.json: it cannot be parsed \(.*line 1.*\)\.$", "a.json", "{users"),
        (r"a\.yaml: it cannot be parsed \(.*line 1.*\)\.$", "a.yaml", "users: [1"),
        (r"a\.toml: it cannot be parsed \(.*line 1.*\)\.$", "a.toml", "users 3"),
        (r"a\.json: it cannot be parsed \(.*utf-8.*\)\.$", "a.json", b"\xff\xfe"),
        (r"a\.json: settings must be an object of keys and values\.$", "a.json", "[1]"),
        (r"a\.ini: its name must end in \.yaml, \.yml, \.toml or \.json\.$", "a.ini", "x"),
        (r"gone\.yaml: it cannot be read \(No such file or directory\)\.$", "gone.yaml", None),
    ],
)
def test_a_file_that_cannot_be_used_is_named_in_one_line(tmp_path, sentence, name, content):
    """Parsers' messages of several lines become one."""
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(SettingsError, match=sentence) as caught:
        file_words(path)
    assert "\n" not in str(caught.value)


def test_the_stronger_layer_keeps_its_origin():
    """What is overruled leaves no trace, what is not keeps its own place."""
    strong = Words.of({"users": 1}, "context")
    both = strong.over(Words.of({"users": 2, "seed": 3}, "load.yaml", strict=True))
    assert {"users": 1, "seed": 3} == dict(both)
    assert ("context", False) == (both.origin("users"), both.must_be_ours("users"))
    assert ("load.yaml", True) == (both.origin("seed"), both.must_be_ours("seed"))


def test_a_word_can_be_taken_out():
    """The rest stays as it was."""
    assert {"seed": 3} == dict(Words.of({"users": 2, "seed": 3}, "context").without("users"))
