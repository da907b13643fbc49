"""The documentation names everything there is, its links resolve, and its commands are accepted."""

import ast
import re
import shlex
from pathlib import Path
from typing import get_args

import pytest

from codeoptix_performance.cli.check import check
from codeoptix_performance.cli.exit_codes import ExitCode
from codeoptix_performance.cli.main import program
from codeoptix_performance.errors import FailureKind
from codeoptix_performance.report import as_json, json_trust
from codeoptix_performance.settings import sources
from codeoptix_performance.target.sandbox.isolation import PROMISES

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
PACKAGE = ROOT / "codeoptix_performance"


def name(path):
    return path.relative_to(ROOT).as_posix()


def page(path):
    return (ROOT / path).read_text()


def first_arguments(record):
    """The text each call of ``record`` in the package has as its first argument."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and ast.unparse(node.func) == record
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                yield node.args[0].value


def json_keys():
    """Every key that is written anywhere in the JSON result."""
    for room in (as_json, json_trust):
        for node in ast.walk(ast.parse(Path(room.__file__).read_text())):
            if isinstance(node, ast.Dict):
                yield from (key.value for key in node.keys if isinstance(key, ast.Constant))


def commands():
    """Every ``codeoptix-performance`` command line of the pages, with the page it stands on."""
    for path in PAGES:
        for line in path.read_text().splitlines():
            words = shlex.split(line, comments=True) if _is_command(line) else []
            if words and not re.search(r"[A-Z]{4}", line):
                yield pytest.param(words[1:], id=f"{name(path)}: {' '.join(words[1:])}")


def _is_command(line):
    return re.match(r"\s*codeoptix-performance [a-z]", line) is not None


@pytest.mark.parametrize("key", sorted(sources._READERS))
def test_every_setting_is_documented(key):
    """With its name as it is written."""
    assert f"`{key}`" in page("docs/settings.md")


@pytest.mark.parametrize("option", [flag for each in check.params for flag in each.opts])
def test_every_option_is_documented(option):
    """In both spellings, where it has two; TARGET with what it may be."""
    wanted = rf"`{option}[` ]" if option.startswith("-") else r"\| TARGET \|"

    assert re.search(wanted, page("docs/cli.md"))


@pytest.mark.parametrize("verb", sorted(program.commands))
def test_every_verb_is_documented(verb):
    """It has a heading of its own."""
    assert f"\n## {verb}\n" in page("docs/cli.md")


@pytest.mark.parametrize("code", list(ExitCode), ids=lambda code: code.name)
def test_every_exit_code_is_documented(code):
    """With the sentence that stands in the list of codes."""
    assert f"| {int(code)} | {code.name} | {code.sentence} |" in page("docs/cli.md")


@pytest.mark.parametrize("finding", sorted({*first_arguments("Finding"), *get_args(FailureKind)}))
def test_every_finding_is_documented(finding):
    """Programs rely on the ids."""
    assert f"| `{finding}` |" in page("docs/verdict.md")


@pytest.mark.parametrize("doubt", sorted(set(first_arguments("Doubt"))))
def test_every_doubt_is_documented(doubt):
    """A reader can look up what a reason to distrust the figures means."""
    assert f"| `{doubt}` |" in page("docs/metrics.md")


@pytest.mark.parametrize("key", sorted(set(json_keys()) | set(as_json._QUANTILES)))
def test_every_key_of_the_result_is_documented(key):
    """Units of limits stand in the same dictionary form and are documented as well."""
    assert f"`{key}`" in page("docs/metrics.md")


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_relative_links_lead_to_a_file(path):
    """A page that moved is noticed."""
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text())
    relative = [link for link in links if "://" not in link and not link.startswith("mailto:")]

    assert [] == [link for link in relative if not (path.parent / link).exists()]


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_nothing_is_left_to_be_filled_in(path):
    """No marks of unfinished work."""
    assert [] == re.findall(r"@@|\bTODO\b|\bFIXME\b|\bTBD\b", path.read_text())


@pytest.mark.parametrize("words", list(commands()))
def test_commands_in_the_documentation_are_accepted(words):
    """Every option exists and has the values it needs; nothing is run."""
    kept = words[: words.index(">")] if ">" in words else words
    verb, arguments = kept[0], kept[1:]

    program.commands[verb].make_context(verb, list(arguments))


@pytest.mark.parametrize("promise", PROMISES)
def test_every_promise_of_the_sandbox_is_documented(promise):
    """With how it is kept on each rung, and a test that holds it."""
    row = next(
        line for line in page("docs/sandbox.md").splitlines() if line.startswith(f"| `{promise}`: ")
    )

    assert 5 <= row.count("|")
    assert re.search(r"`test_\w+`", row)


def test_the_self_check_on_the_sandboxs_page_says_what_the_command_says():
    """Every promise, in the command's order and words, on both rungs."""
    told = re.findall(
        r"^  (\S+) +(?:kept|open): an app (.+)$", page("docs/sandbox.md"), re.MULTILINE
    )

    assert [*PROMISES.items(), *PROMISES.items()] == told


def test_every_test_the_sandboxs_page_names_exists():
    """A promise whose test is gone is nobody's promise."""
    there = "".join(path.read_text() for path in (ROOT / "tests/target/sandbox").glob("test_*.py"))
    named = re.findall(r"`(test_\w+)`", page("docs/sandbox.md"))

    assert [] == [test for test in named if f"def {test}(" not in there]
