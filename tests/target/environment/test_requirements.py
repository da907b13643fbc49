"""What an app's files say it needs."""

import pytest

from codeoptix_performance.errors import PreparationError, TargetError
from codeoptix_performance.target.environment.requirements import declared_requirements
from codeoptix_performance.target.source import SourceFile

HEADER = """\
#!/usr/bin/env python
# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "flask>=3",
#   "rich",
# ]
# ///
import flask
"""
POETRY = """\
[tool.poetry.dependencies]
python = "^3.11"
fastapi = "^0.110.2"
uvicorn = {version = "~1.2", extras = ["standard"]}
httpx = "*"
redis = {version = "^5", optional = true}
pinned = "1.4"
ranged = ">=1, <3"
"""


def declared(entry="app.py", **texts):
    """Origin and lines for files by path, with ``__`` for a slash and ``_`` for the last dot."""
    found = declared_requirements(
        tuple(SourceFile(path, text) for path, text in texts.items()), entry
    )
    return found and (found.origin, *found.lines)


def test_an_app_that_says_nothing_declares_nothing():
    """Its imports have to tell."""
    assert declared(**{"app.py": "import flask"}) is None


def test_a_scripts_own_header_comes_first():
    """PEP 723."""
    files = {"app.py": HEADER, "requirements.txt": "django"}

    assert ("app.py", "flask>=3", "rich") == declared(**files)


def test_a_requirements_file_is_read_with_what_it_names():
    """Comments, lines that go on, markers, hashes, options and other files."""
    base = "# base\nuvicorn[standard]>=0.20  # server\n\n-r sub/more.txt\n"
    text = (
        "--index-url http://somewhere/simple\n-r base.txt\nflask==3.0.0 \\\n"
        "    --hash=sha256:aa \\\n    --hash=sha256:bb\nrich; python_version > '3.8'\n"
    )
    files = {"requirements.txt": text, "base.txt": base, "sub/more.txt": "PyYAML\n"}

    expected = ("uvicorn[standard]>=0.20", "PyYAML", "flask==3.0.0", "rich; python_version > '3.8'")
    assert ("requirements.txt", *expected) == declared(**files)


def test_constraints_are_kept_apart():
    """They install nothing."""
    files = (
        SourceFile("requirements.txt", "-c limits.txt\nflask\n"),
        SourceFile("limits.txt", "x<2"),
    )

    found = declared_requirements(files, "app.py")

    assert (("flask",), ("x<2",)) == (found.lines, found.constraints)


def test_the_file_nearest_to_the_entry_counts():
    """A repository may hold several apps."""
    files = {"requirements.txt": "django", "api/requirements.txt": "flask"}

    assert ("api/requirements.txt", "flask") == declared("api/src/app.py", **files)
    assert ("requirements.txt", "django") == declared("web/app.py", **files)


@pytest.mark.parametrize("line", [".", "-e .", "-e .[dev]"])
def test_the_project_itself_stands_for_its_dependencies(line):
    """Its code is there already."""
    files = {
        "requirements.txt": f"{line}\nrich\n",
        "pyproject.toml": '[project]\nname = "x"\ndependencies = ["flask>=2"]\n',
    }

    assert ("requirements.txt", "flask>=2", "rich") == declared(**files)


def test_a_projects_dependencies_are_read():
    """As the standard has them; a file without them says nothing."""
    text = '[project]\nname = "x"\ndependencies = ["flask>=2"]\n'

    assert ("pyproject.toml", "flask>=2") == declared(**{"pyproject.toml": text})
    assert declared(**{"pyproject.toml": "[tool.ruff]\n"}) is None


def test_poetrys_table_is_understood():
    """Its signs for ranges are its own."""
    expected = (
        "fastapi>=0.110.2,<0.111",
        "uvicorn[standard]>=1.2,<1.3",
        "httpx",
        "pinned==1.4",
        "ranged>=1,<3",
    )

    assert ("pyproject.toml", *expected) == declared(**{"pyproject.toml": POETRY})


UNREADABLE = {
    "nonsense": ({"requirements.txt": "flask\nrich >> 3\n"}, "requirements.txt line 2"),
    "a file that is not there": ({"requirements.txt": "-r no.txt"}, "names no.txt, which is not"),
    "broken TOML": ({"pyproject.toml": "[project\n"}, "pyproject.toml is no TOML"),
    "a circle": ({"requirements.txt": "-r requirements.txt"}, "requirements.txt line 1"),
}


@pytest.mark.parametrize(("files", "words"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_is_the_apps_fault(files, words):
    """With file and line."""
    with pytest.raises(TargetError) as caught:
        declared(**files)

    assert "requirements" == caught.value.failure.kind
    assert words in str(caught.value)


FOREIGN = [
    "git+https://example.org/x.git",
    "-e git+https://example.org/x.git#egg=x",
    "-e ../neighbour",
    "./wheels/x-1.0-py3-none-any.whl",
    "x @ file:///etc",
    "https://example.org/x-1.0-py3-none-any.whl",
]


@pytest.mark.parametrize("line", FOREIGN)
def test_what_comes_from_elsewhere_is_not_fetched(line):
    """No path of this machine and no address of the app's choice; that is no fault of the app."""
    with pytest.raises(PreparationError) as caught:
        declared(**{"requirements.txt": f"{line}\n"})

    assert "not-prepared" == caught.value.failure.kind
    assert "only packages of the index" in str(caught.value)
