from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from codeoptix_performance.host.context_option import context_type


@click.command()
@click.option("--context", type=context_type(click.Path))
def reading(context: str) -> None:
    """Reads the context as the host does: the file must exist, then it is loaded."""
    assert Path(context).exists()
    with Path(context).open() as file:
        click.echo(json.dumps({"path": context, "content": json.load(file)}))


def run(value: str) -> Result:
    return CliRunner().invoke(reading, ["--context", value])


@pytest.mark.parametrize(
    "value",
    ['{"users": 20, "run_time": "30s"}', '  {"users": 20, "run_time": "30s"}\n'],
    ids=["plain", "with white space around"],
)
def test_inline_json_is_read_like_a_file(value: str) -> None:
    """The host opens a path, and finds the object that was typed."""
    assert json.loads(run(value).output)["content"] == {"users": 20, "run_time": "30s"}


def test_inline_json_of_any_size_is_read_whole() -> None:
    """A context with whole files in it does not fit into a pipe."""
    context = {"files": {"app.py": "x" * 300_000}}
    assert json.loads(run(json.dumps(context)).output)["content"] == context


def test_inline_json_leaves_no_file_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even while the command runs is there a name that could linger."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    path = json.loads(run('{"users": 1}').output)["path"]
    assert list(tmp_path.iterdir()) == []
    assert not Path(path).exists()


@pytest.mark.parametrize("prefix", ["", "@"], ids=["path", "@path"])
def test_a_file_is_named_with_or_without_an_at_sign(prefix: str, tmp_path: Path) -> None:
    """``@FILE`` as in curl, or the path as the host always took it."""
    file = tmp_path / "context.json"
    file.write_text('{"users": 3}')
    answer = json.loads(run(f"{prefix}{file}").output)
    assert answer == {"path": str(file), "content": {"users": 3}}


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ('{"users": 20', "is not valid JSON"),
        ("{users: 20}", "is not valid JSON"),
        ("[1]", "must be a JSON object"),
        ('"users"', "must be a JSON object"),
        ("no-such-file.json", "does not exist"),
        ("@no-such-file.json", "does not exist"),
    ],
)
def test_a_bad_context_is_one_clear_usage_error(value: str, reason: str) -> None:
    """Exit code 2 and a sentence that names the option, before anything is started."""
    result = run(value)
    assert result.exit_code == 2
    assert "Invalid value for '--context'" in result.output
    assert reason in result.output


def test_a_file_that_holds_no_object_is_refused(tmp_path: Path) -> None:
    """The host would fail with an AttributeError much later."""
    file = tmp_path / "list.json"
    file.write_text("[1, 2]")
    result = run(str(file))
    assert result.exit_code == 2
    assert "must hold a JSON object" in result.output
