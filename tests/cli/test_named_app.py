"""What TARGET may be."""

import pytest

from codeoptix_performance.cli.named_app import app_words
from codeoptix_performance.errors import UsageError


@pytest.mark.parametrize(
    ("target", "host", "expected"),
    [
        pytest.param(None, None, {}, id="nothing"),
        pytest.param("http://127.0.0.1:1", None, {"url": "http://127.0.0.1:1"}, id="URL"),
        pytest.param(None, "http://[::1]:1/x", {"url": "http://[::1]:1/x"}, id="--host"),
        pytest.param("localhost:80", None, {"url": "localhost:80"}, id="for settings to refuse"),
    ],
)
def test_an_address_is_the_url(target, host, expected):
    """Whether it may be loaded is decided by settings."""
    assert expected == app_words(target, host, None)


def test_a_folder_and_a_python_file_are_workspaces(tmp_path):
    """A Python file runs beside the files it imports."""
    app = tmp_path / "app.py"
    app.write_text("import http\n")

    assert {"workspace": str(tmp_path)} == app_words(str(tmp_path), None, None)
    assert {"workspace": str(app)} == app_words(str(app), None, None)


def test_any_other_file_is_an_answer_that_holds_code(tmp_path):
    """A byte order mark is no part of it."""
    answer = tmp_path / "answer.md"
    answer.write_bytes(b"\xef\xbb\xbf```python\nx = 1\n```\n")

    assert {"code": "```python\nx = 1\n```\n"} == app_words(str(answer), None, None)


def test_a_file_that_is_no_text_is_refused(tmp_path):
    """The sentence says what was expected."""
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"\x89PNG\xff")

    with pytest.raises(UsageError, match="no text in UTF-8"):
        app_words(str(picture), None, None)


def test_a_file_that_may_not_be_read_is_refused(tmp_path, monkeypatch):
    """The system's reason is passed on."""
    answer = tmp_path / "answer.md"
    answer.write_text("x")

    def refuse(*_args, **_kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.read_text", refuse)
    with pytest.raises(UsageError, match="cannot be read: Permission denied"):
        app_words(str(answer), None, None)


def test_a_command_runs_in_a_folder(tmp_path):
    """A file beside a command is a misunderstanding worth a sentence."""
    app = tmp_path / "app.py"
    app.write_text("import http\n")

    assert {"workspace": str(tmp_path)} == app_words(str(tmp_path), None, "python app.py")
    with pytest.raises(UsageError, match="TARGET is the folder it runs in"):
        app_words(str(app), None, "python app.py")
