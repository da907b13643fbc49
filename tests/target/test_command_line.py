"""Command lines of users and of files, taken apart."""

import pytest

from codeoptix_performance.target.command_line import (
    UnreadableCommandError,
    command_of_file,
    command_of_setting,
)

OF_FILES = {
    "plain": ("node server.js", ("node", "server.js")),
    "with the port": ("gunicorn a:b -b :$PORT", ("gunicorn", "a:b", "-b", ":{port}")),
    "with braces": ("serve ${PORT}", ("serve", "{port}")),
    "with a port of its own": ("serve --port ${PORT:-8000}", ("serve", "--port", "{port}")),
    "with a needless exec": ("exec gunicorn a:b", ("gunicorn", "a:b")),
    "with quotation marks": ("python -c 'x = 1'", ("python", "-c", "x = 1")),
    "for a shell": ("npm run build && node .", ("sh", "-c", "npm run build && node .")),
    "in another folder": ("cd api; serve", ("sh", "-c", "cd api; serve")),
    "with another variable": ("serve $HOME", ("sh", "-c", "serve $HOME")),
}


@pytest.mark.parametrize(("text", "words"), OF_FILES.values(), ids=OF_FILES)
def test_a_files_command_is_run_without_a_shell_where_none_is_needed(text, words):
    """The port stands where the file has its variable."""
    command = command_of_file(text, "Procfile")

    assert words == command.words
    assert f"Procfile: {text}" == command.description


def test_a_users_command_is_taken_word_by_word():
    """Signs for a shell mean nothing; variables before the program are set."""
    command = command_of_setting("A=1 B='x y' python app.py --port {port} && $PORT")

    assert (("A", "1"), ("B", "x y")) == command.variables
    assert ("python", "app.py", "--port", "80", "&&", "$PORT") == command.on_port(80)
    assert command.knows_port


@pytest.mark.parametrize(
    ("text", "words"),
    [("python 'app.py", "No closing quotation"), ("A=1", "names no program"), ("", "no program")],
)
def test_what_is_no_command_is_refused(text, words):
    """With a clause for the sentence of whoever asked."""
    with pytest.raises(UnreadableCommandError, match=words):
        command_of_setting(text)
